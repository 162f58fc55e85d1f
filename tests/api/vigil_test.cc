// The C interface: what it answers, what it refuses, and that nothing but a status leaves it.
#include "estimator/api/vigil.h"

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "estimator/store/sealed_codec.h"
#include "tests/monitor/picture_fixture.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

class ApiTest : public testing::StoreTest {
 protected:
  ApiTest() {
    model_path_ = (folder_ / "target.onnx").string();
    GraphBuilder builder;
    const ValueId x = builder.Input("image", {DType::kFloat32, {1, 1, 2, 2}});
    const ValueId weights =
        builder.Constant("weights", Tensor({2, 1, 1, 1}, std::vector<float>{1.0f, 2.0f}));
    const ValueId y = builder.Add("features", ConvAttrs{}, {x, weights});
    const ValueId mean = builder.Add("mean", GlobalPoolAttrs{}, {y});
    builder.Output(builder.Add("output", FlattenAttrs{.axis = 1}, {mean}));
    SaveOnnx(std::move(builder).Build(), model_path_);
    store_.size = sizeof store_;
    store_.path = path_.c_str();
    feature_ = {"features", shape_, 4, VIGIL_ENCODING_FLOAT32};
    recorder_.size = sizeof recorder_;
    recorder_.feature_count = 1;
    recorder_.features = &feature_;
    recorder_.model = model_path_.c_str();
    recorder_.outputs = 2;
  }

  vigil_target_options TargetOptions() const {
    static const char* const kTaps[] = {"features", nullptr};
    vigil_target_options options{};
    options.size = sizeof options;
    options.model = model_path_.c_str();
    options.taps = kTaps;
    options.backend = "cpu";
    return options;
  }

  std::string model_path_;
  const std::int64_t shape_[4] = {1, 2, 2, 2};
  vigil_store_options store_{};
  vigil_feature feature_{};
  vigil_recorder_options recorder_{};
};

TEST_F(ApiTest, Target_AnswersAndKeepsItsTaps) {
  const vigil_target_options options = TargetOptions();
  vigil_target* target = nullptr;
  ASSERT_EQ(vigil_target_open(&options, &store_, &target), VIGIL_OK) << vigil_error();
  size_t inputs = 0, outputs = 0;
  EXPECT_EQ(vigil_target_sizes(target, &inputs, &outputs), VIGIL_OK);
  EXPECT_EQ(inputs, 4u);
  EXPECT_EQ(outputs, 2u);
  const float image[4] = {1, 2, 3, 6};
  float answer[2] = {};
  std::int32_t kept = 0;
  EXPECT_EQ(vigil_target_run(target, image, 4, answer, 2, &kept), VIGIL_OK) << vigil_error();
  EXPECT_EQ(kept, 1);
  EXPECT_FLOAT_EQ(answer[0], 3.0f);
  EXPECT_FLOAT_EQ(answer[1], 6.0f);
  EXPECT_EQ(vigil_target_run(target, image, 3, answer, 2, &kept), VIGIL_INPUT_FAULT);
  EXPECT_THAT(vigil_error(), HasSubstr("input of 3 values: expected 4"));
  EXPECT_EQ(vigil_target_flush(target), VIGIL_OK);
  std::int64_t id = -1, later = -1;
  EXPECT_EQ(vigil_target_record(target, 0, &id), VIGIL_OK);
  EXPECT_EQ(vigil_target_record(target, 1, &later), VIGIL_OK);
  EXPECT_EQ(later, 0) << "there is no second";
  vigil_target_close(target);
  const auto records = Store(path_).ReadUnjudged(10);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].id, id);
  EXPECT_EQ(records[0].taps.at(0).name, "features");
}

TEST_F(ApiTest, Violations_AreThoseOfTheLastRun_AndHaveNames) {
  const vigil_target_options options = TargetOptions();
  vigil_target* target = nullptr;
  ASSERT_EQ(vigil_target_open(&options, &store_, &target), VIGIL_OK) << vigil_error();
  const float image[4] = {1, 2, 3, 6}, odd[4] = {1, 2, HUGE_VALF, 6};
  float answer[2] = {};
  std::uint32_t violations = 7;
  EXPECT_EQ(vigil_target_violations(target, &violations), VIGIL_OK);
  EXPECT_EQ(violations, 0u);
  EXPECT_EQ(vigil_target_run(target, odd, 4, answer, 2, nullptr), VIGIL_INPUT_FAULT);
  EXPECT_EQ(vigil_target_violations(target, &violations), VIGIL_OK);
  EXPECT_EQ(violations, static_cast<std::uint32_t>(VIGIL_INPUT_NOT_FINITE));
  EXPECT_EQ(vigil_target_run(target, image, 4, answer, 2, nullptr), VIGIL_OK);
  EXPECT_EQ(vigil_target_violations(target, &violations), VIGIL_OK);
  EXPECT_EQ(violations, 0u);
  EXPECT_EQ(vigil_target_violations(target, nullptr), VIGIL_API_FAULT);
  vigil_target_close(target);
  EXPECT_STREQ(vigil_violation_name(VIGIL_INPUT_CHANNELS_SWAPPED), "channels-swapped");
  EXPECT_THAT(vigil_violation_text(VIGIL_INPUT_WRONG_FORM), HasSubstr("another shape"));
  EXPECT_EQ(vigil_violation_name(3), nullptr);
  EXPECT_EQ(vigil_violation_text(1u << 30), nullptr);
  // What the store has of it.
  const std::vector<Incident> incidents = Store(path_).Incidents();
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_EQ(incidents[0].place, "input: not-finite");
}

TEST_F(ApiTest, Recorder_SealsWhatIsPushed) {
  const KeyRing ring = ReadOrMakeKeys(folder_ / "s.key", folder_ / "p.key");
  const std::string public_key = (folder_ / "p.key").string();
  const std::string activity = (folder_ / "activity").string();
  store_.public_key = public_key.c_str();
  store_.activity = activity.c_str();
  vigil_recorder* recorder = nullptr;
  ASSERT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_OK) << vigil_error();
  // Interleaved bytes of a quantised runtime: 2 x 2 places of two channels.
  const std::uint8_t bytes[8] = {10, 20, 11, 21, 12, 22, 13, 23};
  const std::int64_t nhwc[4] = {1, 2, 2, 2};
  const float output[2] = {0.25f, 0.75f};
  std::int32_t keep = 0;
  EXPECT_EQ(vigil_record_begin(recorder, &keep), VIGIL_OK);
  EXPECT_EQ(keep, 1);
  EXPECT_EQ(
      vigil_record_push(recorder, "features", VIGIL_UINT8, nhwc, 4, VIGIL_NHWC, 0.5f, 10, bytes),
      VIGIL_OK)
      << vigil_error();
  EXPECT_EQ(vigil_record_tag(recorder, "camera", "front"), VIGIL_OK);
  EXPECT_EQ(vigil_record_finish(recorder, VIGIL_FLOAT32, 1.0f, 0, output), VIGIL_OK)
      << vigil_error();
  EXPECT_EQ(vigil_recorder_flush(recorder), VIGIL_OK);
  std::uint64_t dropped = 9;
  EXPECT_EQ(vigil_recorder_dropped(recorder, &dropped), VIGIL_OK);
  EXPECT_EQ(dropped, 0u);
  vigil_recorder_close(recorder);

  StoreOptions options;
  options.codec = OpeningCodec(ring);
  const auto records = Store(path_, std::move(options)).ReadUnjudged(10);
  ASSERT_EQ(records.size(), 1u);
  const Tensor tap = DecodeTap(records[0].taps.at(0));
  const std::vector<float> expected = {0, 0.5f, 1, 1.5f, 5, 5.5f, 6, 6.5f};
  EXPECT_EQ(std::vector<float>(tap.as<float>().begin(), tap.as<float>().end()), expected);
  EXPECT_EQ(records[0].output, (std::vector<float>{0.25f, 0.75f}));
  EXPECT_EQ(records[0].tags.at("camera"), "front");
}

TEST_F(ApiTest, RecordersInput_IsCheckedAgainstASchemaInEitherFile) {
  const std::string json = (folder_ / "schema.json").string();
  std::ofstream(json) << ToJsonText(testing::PictureSchema());
  const std::string onnx = (folder_ / "t.onnx").string();
  GraphBuilder builder;
  const std::int64_t side = testing::kPictureSide;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 3, side, side}});
  builder.Output(builder.Add("y", UnaryAttrs{.kind = UnaryKind::kRelu}, {x}));
  SaveOnnx(WithInputSchema(std::move(builder).Build(), testing::PictureSchema()), onnx);
  const std::int64_t shape[4] = {1, 3, side, side};
  const Tensor fine = testing::Picture(1),
               odd = testing::Changed(testing::Picture(1), 127.5, 127.5);
  for (const std::string& file : {json, onnx}) {
    recorder_.input_schema = file.c_str();
    vigil_recorder* recorder = nullptr;
    ASSERT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_OK) << vigil_error();
    const auto show = [&](const Tensor& picture) {
      EXPECT_EQ(vigil_record_begin(recorder, nullptr), VIGIL_OK);
      EXPECT_EQ(vigil_record_input(recorder, VIGIL_FLOAT32, shape, 4, VIGIL_NCHW, 1.0f, 0,
                                   picture.as<float>().data()),
                VIGIL_OK)
          << vigil_error();
      std::uint32_t violations = 99;
      EXPECT_EQ(vigil_recorder_violations(recorder, &violations), VIGIL_OK);
      return violations;
    };
    EXPECT_EQ(show(fine), 0u);
    EXPECT_EQ(show(odd), std::uint32_t{VIGIL_INPUT_OUT_OF_RANGE | VIGIL_INPUT_NORMALISATION});
    EXPECT_EQ(vigil_record_input(recorder, VIGIL_FLOAT32, shape_, 4, VIGIL_NCHW, 1.0f, 0,
                                 fine.as<float>().data()),
              VIGIL_INPUT_FAULT);
    EXPECT_THAT(vigil_error(), HasSubstr("input 'image' is 1x2x2x2: expected 1x3x24x24"));
    vigil_recorder_close(recorder);
  }
  vigil_recorder* recorder = nullptr;
  recorder_.input_schema = model_path_.c_str();
  EXPECT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_INPUT_FAULT);
  EXPECT_THAT(vigil_error(), HasSubstr("holds no input schema"));
  recorder_.input_schema = "/nowhere.json";
  EXPECT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_INPUT_FAULT);
  // Of the structure's first version, which had no such field.
  recorder_.size = offsetof(vigil_recorder_options, input_schema);
  ASSERT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_OK) << vigil_error();
  EXPECT_EQ(vigil_record_input(recorder, VIGIL_FLOAT32, shape, 4, VIGIL_NCHW, 1.0f, 0,
                               fine.as<float>().data()),
            VIGIL_API_FAULT)
      << "nothing has begun";
  vigil_recorder_close(recorder);
}

TEST_F(ApiTest, WhatIsWrong_HasAStatusAndOneLine) {
  vigil_recorder* recorder = nullptr;
  const auto expect = [](vigil_status status, vigil_status wanted, const char* words) {
    EXPECT_EQ(status, wanted) << vigil_error();
    EXPECT_THAT(vigil_error(), HasSubstr(words));
    EXPECT_EQ(std::string(vigil_error()).find('\n'), std::string::npos);
  };
  expect(vigil_recorder_open(nullptr, &store_, &recorder), VIGIL_API_FAULT,
         "vigil_recorder_options is null");
  recorder_.size = 0;
  expect(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_API_FAULT, ".size is 0");
  recorder_.size = sizeof recorder_;
  store_.public_key = "/nowhere/p.key";
  expect(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_INPUT_FAULT, "p.key");
  store_.public_key = nullptr;
  recorder_.model = "/nowhere/t.onnx";
  expect(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_INPUT_FAULT, "t.onnx");
  EXPECT_EQ(recorder, nullptr);
  recorder_.model = model_path_.c_str();
  ASSERT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_OK) << vigil_error();
  const float output[2] = {};
  expect(vigil_record_finish(recorder, VIGIL_FLOAT32, 1.0f, 0, output), VIGIL_API_FAULT,
         "had not begun");
  vigil_record_begin(recorder, nullptr);
  expect(vigil_record_push(recorder, "features", 17, shape_, 4, VIGIL_NCHW, 1, 0, output),
         VIGIL_API_FAULT, "element type 17");
  expect(
      vigil_record_push(recorder, "features", VIGIL_FLOAT32, shape_, 9, VIGIL_NCHW, 1, 0, output),
      VIGIL_INPUT_FAULT, "rank 9");
  expect(vigil_record_push(nullptr, "features", VIGIL_FLOAT32, shape_, 4, VIGIL_NCHW, 1, 0, output),
         VIGIL_API_FAULT, "recorder is null");
  vigil_recorder_close(recorder);
  vigil_recorder_close(nullptr);
  // Another thread has an error of its own.
  std::string other = "unset";
  std::thread([&] { other = vigil_error(); }).join();
  EXPECT_EQ(other, "");
}

TEST_F(ApiTest, Store_KeepsToItsBoundsOfWear) {
  store_.records_an_hour = 3;
  const vigil_target_options options = TargetOptions();
  vigil_target* target = nullptr;
  ASSERT_EQ(vigil_target_open(&options, &store_, &target), VIGIL_OK) << vigil_error();
  const float image[4] = {1, 2, 3, 6};
  float answer[2] = {};
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(vigil_target_run(target, image, 4, answer, 2, nullptr), VIGIL_OK) << vigil_error();
  }
  EXPECT_EQ(vigil_target_flush(target), VIGIL_OK);
  vigil_target_close(target);
  const StoreStats stats = Store(path_).Stats();
  EXPECT_EQ(stats.totals.seen, 40);
  EXPECT_GE(stats.records_this_hour, 1);
  EXPECT_LE(stats.records_this_hour, 3);
}

TEST_F(ApiTest, AGroupThatThereIsNot_IsAnApiFaultThatNamesIt) {
  store_.group = "no-such-group";
  vigil_recorder* recorder = nullptr;
  EXPECT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_API_FAULT);
  EXPECT_THAT(vigil_error(), HasSubstr("group 'no-such-group'"));
}

// A caller built against an older header, whose structure ended after `path`.
TEST_F(ApiTest, ShorterStructure_HasDefaultsForTheRest) {
  store_.size = offsetof(vigil_store_options, public_key);
  store_.public_key = "/must/not/be/read";
  vigil_recorder* recorder = nullptr;
  EXPECT_EQ(vigil_recorder_open(&recorder_, &store_, &recorder), VIGIL_OK) << vigil_error();
  vigil_recorder_close(recorder);
}

TEST_F(ApiTest, ATargetOfAModelThatIsNone_IsAModelOrInputFault) {
  std::ofstream(model_path_) << "no model";
  const vigil_target_options options = TargetOptions();
  vigil_target* target = nullptr;
  const vigil_status status = vigil_target_open(&options, &store_, &target);
  EXPECT_TRUE(status == VIGIL_MODEL_FAULT || status == VIGIL_INPUT_FAULT) << status;
  EXPECT_THAT(vigil_error(), HasSubstr("target.onnx"));
  EXPECT_EQ(target, nullptr);
}

}  // namespace
}  // namespace vigil
