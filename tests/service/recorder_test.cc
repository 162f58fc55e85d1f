// A T that runs elsewhere: what it pushes becomes the record that our own engine would have kept.
#include "estimator/service/recorder.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/graph/builder.h"
#include "estimator/service/input_statistics.h"
#include "estimator/service/target_runtime.h"
#include "tests/monitor/picture_fixture.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

// Three channels of 4 x 2 from an image, then their means.
Graph ThreeChannels() {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 1, 4, 2}});
  const ValueId weights =
      builder.Constant("weights", Tensor({3, 1, 1, 1}, std::vector<float>{1.0f, -0.5f, 2.0f}));
  const ValueId y = builder.Add("features", ConvAttrs{}, {x, weights});
  const ValueId mean = builder.Add("mean", GlobalPoolAttrs{}, {y});
  builder.Output(builder.Add("output", FlattenAttrs{.axis = 1}, {mean}));
  return std::move(builder).Build().WithTaps(std::vector<std::string>{"features"});
}

class RecorderTest : public testing::StoreTest {
 protected:
  std::unique_ptr<Recorder> Make(Encoding encoding = Encoding::kFloat32,
                                 std::optional<InputSchema> schema = {},
                                 std::int64_t capacity = 1024) {
    RecorderOptions options;
    options.schema = std::move(schema);
    options.keeper.sampler.capacity = capacity;
    options.keeper.slots = 64;
    options.features = {{"features", {1, 3, 4, 2}, encoding}};
    options.outputs = 3;
    options.keeper.model_hash = 77;
    options.activity = &activity_;
    return std::make_unique<Recorder>(store_, options);
  }
  static FeatureMap Output(const std::vector<float>& values) {
    return {.dtype = DType::kFloat32,
            .shape = {1, static_cast<std::int64_t>(values.size())},
            .data = std::as_bytes(std::span<const float>(values))};
  }

  const std::shared_ptr<Store> store_ = std::make_shared<Store>(path_);
  ActivityPage activity_;
};

TEST_F(RecorderTest, PushedNhwc_IsTheRecordOfOurOwnEngine) {
  const std::vector<float> image = {1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<float> answer(3);
  for (const Encoding encoding : {Encoding::kFloat32, Encoding::kFloat16, Encoding::kInt8}) {
    TargetRuntime runtime(ThreeChannels(), MakeCpuBackend(), store_,
                          {.tap_encodings = {encoding}, .keeper = {.model_hash = 77}});
    runtime.Infer(Tensor({1, 1, 4, 2}, image).view(), answer);
    runtime.Flush();
    const Record own = store_->ReadUnjudged(1).at(0);
    store_->Judge(std::vector<Verdict>{{.record_id = own.id}});

    // What another runtime holds of the same features: interleaved.
    std::vector<float> interleaved;
    for (const float x : image) interleaved.insert(interleaved.end(), {x, -0.5f * x, 2.0f * x});
    auto recorder = Make(encoding);
    ASSERT_TRUE(recorder->Begin());
    recorder->Push("features", {.dtype = DType::kFloat32,
                                .shape = {1, 4, 2, 3},
                                .layout = Layout::kNhwc,
                                .data = std::as_bytes(std::span<const float>(interleaved))});
    EXPECT_EQ(recorder->Finish(Output(answer), {{"camera", "front"}}), 0);
    recorder->keeper().Flush();
    const Record pushed = store_->ReadUnjudged(1).at(0);
    store_->Judge(std::vector<Verdict>{{.record_id = pushed.id}});
    EXPECT_EQ(pushed.taps.at(0).bytes, own.taps.at(0).bytes) << EncodingName(encoding);
    EXPECT_EQ(pushed.taps[0].shape, own.taps[0].shape);
    EXPECT_EQ(pushed.output, own.output);
    EXPECT_EQ(pushed.model_hash, own.model_hash);
    EXPECT_EQ(pushed.tags.at("camera"), "front");
  }
}

FeatureMap MapOf(const Tensor& picture) {
  return {.dtype = DType::kFloat32,
          .shape = picture.shape(),
          .data = std::as_bytes(picture.as<float>())};
}

TEST_F(RecorderTest, ShownInput_GivesTheStatisticsAndViolationsOfOurOwnEngine) {
  auto recorder = Make(Encoding::kFloat32, testing::PictureSchema());
  const std::vector<float> features(24, 1.0f);
  const auto infer = [&](const FeatureMap& input) {
    EXPECT_TRUE(recorder->Begin());
    recorder->Input(input);
    recorder->Push("features", {.dtype = DType::kFloat32,
                                .shape = {1, 3, 4, 2},
                                .data = std::as_bytes(std::span<const float>(features))});
    recorder->Finish(Output({1, 2, 3}));
  };
  const Tensor fine = testing::Picture(1),
               odd = testing::Changed(testing::Picture(2), 127.5, 127.5);
  infer(MapOf(fine));
  EXPECT_EQ(recorder->violations(), 0u);
  infer(MapOf(odd));
  EXPECT_EQ(NamesOf(recorder->violations()), "out-of-range, normalisation");
  // The same picture as a quantised runtime has it: interleaved bytes, value = (stored - 128) / 64.
  std::vector<std::uint8_t> bytes;
  const std::size_t plane = fine.as<float>().size() / 3;
  for (std::size_t i = 0; i < fine.as<float>().size(); ++i)
    bytes.push_back(static_cast<std::uint8_t>(
        std::lround(fine.as<float>()[i % 3 * plane + i / 3] * 64.0f) + 128));
  infer({.dtype = DType::kUInt8,
         .shape = {1, testing::kPictureSide, testing::kPictureSide, 3},
         .layout = Layout::kNhwc,
         .scale = 1.0f / 64.0f,
         .zero_point = 128,
         .data = std::as_bytes(std::span<const std::uint8_t>(bytes))});
  EXPECT_EQ(recorder->violations(), 0u);
  recorder->keeper().Flush();
  std::vector<Record> records = store_->ReadUnjudged(10);
  std::ranges::sort(records, {}, &Record::id);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].statistics, InputStatistics(fine.view()));
  EXPECT_EQ(records[1].statistics, InputStatistics(odd.view()));
  EXPECT_EQ(NamesOf(records[1].violations), "out-of-range, normalisation");
  ASSERT_EQ(records[2].statistics.size(), records[0].statistics.size());
  for (std::size_t i = 0; i < records[2].statistics.size(); ++i)
    EXPECT_NEAR(records[2].statistics[i], records[0].statistics[i], 0.5f / 64.0f) << i;
  EXPECT_EQ(records[2].violations, 0u);
  EXPECT_EQ(store_->Incidents().size(), 2u);
}

TEST_F(RecorderTest, InputsOfInferencesThatAreNotKept_AreCheckedAllTheSame) {
  auto recorder = Make(Encoding::kFloat32, testing::PictureSchema(), 1);
  for (std::uint32_t i = 0; i < 30; ++i) {
    recorder->Begin();
    recorder->Input(MapOf(testing::Changed(testing::Picture(i), 0.0, 0.1)));
    recorder->Abandon();
  }
  recorder->keeper().Flush();
  std::int64_t constant = 0;
  for (const Incident& incident : store_->Incidents())
    constant += incident.place == "input: constant" ? incident.count : 0;
  EXPECT_EQ(constant, 30);
}

TEST_F(RecorderTest, InputThatIsRefused_IsCounted_AndTheInferenceGoesOn) {
  auto recorder = Make(Encoding::kFloat32, testing::PictureSchema());
  EXPECT_THROW(recorder->Input(MapOf(testing::Picture(1))), Error) << "nothing has begun";
  Tensor infinite = testing::Picture(1);
  infinite.as<float>()[5] = std::numeric_limits<float>::infinity();
  const Tensor small(TensorDesc{DType::kFloat32, {1, 3, 5, 5}});
  const std::vector<float> features(24, 1.0f);
  const std::vector<std::pair<const Tensor*, std::string>> wrong = {{&infinite, "not-finite"},
                                                                    {&small, "wrong-form"}};
  for (const auto& [input, name] : wrong) {
    ASSERT_TRUE(recorder->Begin());
    try {
      recorder->Input(MapOf(*input));
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kInput);
      EXPECT_THAT(error.what(), HasSubstr("input 'image'"));
    }
    EXPECT_EQ(NamesOf(recorder->violations()), name);
    recorder->Push("features", {.dtype = DType::kFloat32,
                                .shape = {1, 3, 4, 2},
                                .data = std::as_bytes(std::span<const float>(features))});
    EXPECT_TRUE(recorder->Finish(Output({1, 2, 3})).has_value());
  }
  recorder->keeper().Flush();
  for (const Record& record : store_->ReadUnjudged(10)) {
    EXPECT_NE(record.violations, 0u);
    EXPECT_TRUE(record.statistics.empty());
  }
  EXPECT_EQ(store_->Incidents().size(), 2u);
}

TEST_F(RecorderTest, PushedBytes_AreWithinHalfAStepOfOurOwn) {
  const std::vector<float> image = {1, 2, 3, 4, 5, 6, 7, 8};
  const float scale = 0.15f;  // of the other runtime's quantisation
  std::vector<std::int8_t> stored;
  for (const float weight : {1.0f, -0.5f, 2.0f}) {
    for (const float x : image)
      stored.push_back(static_cast<std::int8_t>(std::lround(weight * x / scale) - 30));
  }
  auto recorder = Make();
  ASSERT_TRUE(recorder->Begin());
  recorder->Push("features", {.dtype = DType::kInt8,
                              .shape = {1, 3, 4, 2},
                              .scale = scale,
                              .zero_point = -30,
                              .data = std::as_bytes(std::span<const std::int8_t>(stored))});
  recorder->Finish(Output({1, 2, 3}));
  recorder->keeper().Flush();
  const Tensor tap = DecodeTap(store_->ReadUnjudged(1).at(0).taps.at(0));
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 8; ++i) {
      const float truth = std::array{1.0f, -0.5f, 2.0f}[c] * image[i];
      EXPECT_NEAR(tap.as<float>()[c * 8 + i], truth, 0.5f * scale + 1e-5f);
    }
  }
}

TEST_F(RecorderTest, Activity_ShowsWhileAnInferenceRuns) {
  auto recorder = Make();
  recorder->Begin();
  EXPECT_TRUE(activity_.Read().running);
  recorder->Abandon();
  EXPECT_FALSE(activity_.Read().running);
  EXPECT_EQ(recorder->keeper().dropped(), 1);
  recorder->Begin();
  recorder->Begin();  // the one before was neither finished nor abandoned
  EXPECT_EQ(activity_.Read().inferences, 3u);
  EXPECT_TRUE(activity_.Read().running);
}

TEST_F(RecorderTest, Misuse_IsToldByName_AndLosesNoOtherRecord) {
  auto recorder = Make();
  const std::vector<float> values(24, 1.0f);
  const FeatureMap map{.dtype = DType::kFloat32,
                       .shape = {1, 3, 4, 2},
                       .data = std::as_bytes(std::span<const float>(values))};
  const auto message = [](const auto& act) -> std::string {
    try {
      act();
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message([&] { recorder->Push("features", map); }), HasSubstr("before the inference"));
  EXPECT_THAT(message([&] { recorder->Finish(Output({1, 2, 3})); }), HasSubstr("had not begun"));
  recorder->Begin();
  EXPECT_THAT(message([&] { recorder->Push("feature", map); }),
              HasSubstr("'feature' was not declared: expected one of features"));
  EXPECT_THAT(message([&] {
                recorder->Finish(Output({1, 2, 3}));
              }),
              HasSubstr("'features' was not pushed"));
  recorder->Begin();
  recorder->Push("features", map);
  EXPECT_THAT(message([&] { recorder->Finish(Output({1, 2})); }), HasSubstr("'output'"));
  recorder->Begin();
  recorder->Push("features", map);
  EXPECT_TRUE(recorder->Finish(Output({1, 2, 3})));
  recorder->keeper().Flush();
  EXPECT_EQ(store_->Stats().records, 1);
  EXPECT_EQ(recorder->keeper().dropped(), 2);
  EXPECT_TRUE(store_->Verify().empty());
}

TEST_F(RecorderTest, WhatCannotBeDeclared_IsRefused) {
  const auto refused = [&](std::vector<RecordedFeature> features, std::int64_t outputs) {
    try {
      Recorder(store_, {.features = std::move(features), .outputs = outputs});
    } catch (const Error& error) {
      return error.code() == ErrorCode::kInvalidValue;
    }
    return false;
  };
  EXPECT_TRUE(refused({{"", {1, 3}}}, 3));
  EXPECT_TRUE(refused({{"a", {2, 3}}}, 3));
  EXPECT_TRUE(refused({{"a", {1, 3}}, {"a", {1, 4}}}, 3));
  EXPECT_TRUE(refused({{"a", {1, 3}}}, 0));
  EXPECT_TRUE(refused({}, 3));
}

}  // namespace
}  // namespace vigil
