// The input schema on real pictures: what it finds, and how often it is wrong.
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "engine/onnx/onnx.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/model_input.h"
#include "estimator/evaluation/input_learning.h"
#include "estimator/models/model_files.h"
#include "estimator/monitor/validity/input_check.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

constexpr std::uint32_t kTruths = Bit(InputViolation::kSaturated) | Bit(InputViolation::kConstant) |
                                  Bit(InputViolation::kMissingFeature);

struct Found {
  int inputs = 0, wrong = 0;  // marked with what an ordinary pipeline never does
  int truths = 0;             // too bright or too dark, which light does
  std::map<std::string, int> by_name;

  void Add(std::uint32_t violations) {
    ++inputs;
    wrong += (violations & ~kTruths) != 0;
    truths += (violations & kTruths) != 0;
    if (violations != 0) ++by_name[NamesOf(violations)];
  }
  void Print(const std::string& what) const {
    std::printf("%s: %d inputs, %d false, %d too bright or too dark", what.c_str(), inputs, wrong,
                truths);
    for (const auto& [names, count] : by_name) std::printf("; %s %d", names.c_str(), count);
    std::printf("\n");
  }
};

// Puts a set through T's input pipeline, with a mistake perhaps, and the check.
template <typename Mistake>
Found CheckSet(const Graph& target, const InputSchema& schema, const Dataset& data,
               const Mistake& mistake) {
  InputCheck check(schema);
  Found found;
  Tensor input(TensorDesc{DType::kFloat32, schema.shape});
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const Sample sample = data.Get(i);
    ToTensor(CropAndResize(sample.image, sample.box, static_cast<int>(schema.shape[2])),
             NormalisationOf(target), input.as<float>());
    found.Add(check.Check(mistake(std::as_const(input)).view()));
  }
  return found;
}

const auto kNone = [](const Tensor& input) -> const Tensor& { return input; };

Tensor Bgr(const Tensor& input) {
  Tensor swapped = input.Clone();
  const std::size_t plane = input.as<float>().size() / 3;
  std::ranges::swap_ranges(swapped.as<float>().first(plane), swapped.as<float>().last(plane));
  return swapped;
}

Tensor Nhwc(const Tensor& input) {
  Tensor interleaved = input.Clone();
  const std::size_t plane = input.as<float>().size() / 3;
  for (std::size_t i = 0; i < input.as<float>().size(); ++i)
    interleaved.as<float>()[i] = input.as<float>()[i % 3 * plane + i / 3];
  return interleaved;
}

Tensor Affine(const Tensor& input, float scale, float offset) {
  Tensor changed = input.Clone();
  for (float& v : changed.as<float>()) v = v * scale + offset;
  return changed;
}

AugmentedDataset Spoilt(std::shared_ptr<const Dataset> base, const Task& task, Cause cause,
                        int side) {
  AugmentMix mix{.untouched = 0.0, .two_operations = 0.0, .weight = {}};
  mix.weight[static_cast<std::size_t>(cause)] = 1.0;
  return {std::move(base),
          {.task = task, .mix = mix, .severity = SeverityFor(task, "moderate"), .side = side}};
}

// Bits that every one of the last inputs has, after `n` of them.
std::uint32_t After(int n, const InputSchema& schema, const Graph& target, const Dataset& data,
                    const std::function<Tensor(const Tensor&)>& mistake) {
  InputCheck check(schema);
  Tensor input(TensorDesc{DType::kFloat32, schema.shape});
  std::uint32_t found = 0;
  for (int i = 0; i < n; ++i) {
    const Sample sample = data.Get(i);
    ToTensor(CropAndResize(sample.image, sample.box, static_cast<int>(schema.shape[2])),
             NormalisationOf(target), input.as<float>());
    found = check.Check(mistake(input).view());
  }
  return found;
}

class CifarInputs : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = testing::SharedData() / "cifar10";
    if (!std::filesystem::exists(folder / "data_batch_1.first4000.bin"))
      GTEST_SKIP() << "no " << folder.string();
    train_ = OpenCifar10Files({folder / "data_batch_1.first4000.bin"}, "CIFAR-10 batch 1");
    test_ = OpenCifar10Files(
        {folder / "data_batch_2.first1017.bin", folder / "data_batch_3.first1017.bin",
         folder / "data_batch_4.first1017.bin", folder / "data_batch_5.first1017.bin"},
        "CIFAR-10 batches 2 to 5");
    schema_ = LearnInputSchema(target_, *train_, kImagesOfSchema);
  }
  const Graph target_ = LoadOnnx(FindModel("cifar10_target"));
  std::shared_ptr<const Dataset> train_, test_;
  InputSchema schema_;
};

TEST_F(CifarInputs, OrdinaryAndSpoiltPictures_AreHardlyEverMarked) {
  const Found clean = CheckSet(target_, schema_, *test_, kNone);
  clean.Print("untouched");
  EXPECT_GE(clean.inputs, 4000);
  EXPECT_EQ(clean.wrong + clean.truths, 0);
  const Task task = CifarTask();
  for (const Cause cause : {Cause::kLocalization, Cause::kBlur, Cause::kLighting}) {
    const Found found = CheckSet(target_, schema_, Spoilt(test_, task, cause, 32), kNone);
    found.Print(std::string(CauseName(cause)));
    EXPECT_LE(found.wrong, found.inputs / 1000) << CauseName(cause);
    if (cause != Cause::kLighting) {
      EXPECT_LE(found.truths, found.inputs / 1000);
    }
  }
}

TEST_F(CifarInputs, EveryMistake_IsToldAfterAsManyInputsAsTheSchemaSays) {
  const auto has = [&](int inputs, const std::function<Tensor(const Tensor&)>& mistake,
                       InputViolation violation) {
    return (After(inputs, schema_, target_, *test_, mistake) & Bit(violation)) != 0;
  };
  const auto bytes = [](const Tensor& x) { return Affine(x, 127.5f, 127.5f); };
  const auto unit = [](const Tensor& x) { return Affine(x, 0.5f, 0.5f); };
  const auto twice = [](const Tensor& x) { return Affine(x, 2.0f, -1.0f); };
  EXPECT_TRUE(has(1, bytes, InputViolation::kNormalisation));
  EXPECT_TRUE(has(20, twice, InputViolation::kNormalisation));
  EXPECT_TRUE(has(20, unit, InputViolation::kNormalisation));
  EXPECT_FALSE(has(1, unit, InputViolation::kNormalisation));
  EXPECT_TRUE(has(20, Nhwc, InputViolation::kTransposed));
  EXPECT_TRUE(has(120, Bgr, InputViolation::kChannelsSwapped));
  const Found transposed = CheckSet(target_, schema_, *test_, Nhwc);
  transposed.Print("NHWC for NCHW");
  EXPECT_GE(transposed.wrong, transposed.inputs * 99 / 100);
  const Found swapped = CheckSet(target_, schema_, *test_, Bgr);
  swapped.Print("BGR for RGB");
  EXPECT_GE(swapped.wrong, swapped.inputs * 95 / 100);
}

// Rendered once, looked at many times.
class KeptDataset final : public Dataset {
 public:
  explicit KeptDataset(const Dataset& data) : name_(data.name()) {
    for (std::int64_t i = 0; i < data.size(); ++i) samples_.push_back(data.Get(i));
  }
  std::string name() const override { return name_; }
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  Sample Get(std::int64_t index) const override {
    return samples_[static_cast<std::size_t>(index)];
  }

 private:
  std::string name_;
  std::vector<Sample> samples_;
};

TEST(HeadInputs, RenderedHeads_OrdinaryOnesAreNotMarked_AndMistakesAre) {
  const Graph target = LoadOnnx(FindModel("directness_target"));
  const InputSchema schema = *InputSchemaOf(target);
  const auto test = std::make_shared<KeptDataset>(*OpenRenderedHeads(77, 40));
  const Found clean = CheckSet(target, schema, *test, kNone);
  EXPECT_EQ(clean.wrong + clean.truths, 0);
  const Task task = DirectnessTask();
  const Found occluded =
      CheckSet(target, schema, Spoilt(test, task, Cause::kOcclusion, 112), kNone);
  occluded.Print("occlusion");
  EXPECT_EQ(occluded.wrong, 0);
  const Found transposed = CheckSet(target, schema, *test, Nhwc);
  EXPECT_EQ(transposed.by_name.size(), 1u);
  EXPECT_EQ(transposed.by_name.at("transposed"), 40);
  const Found swapped = CheckSet(target, schema, *test, Bgr);
  swapped.Print("BGR for RGB");
  EXPECT_GE(swapped.by_name.at("channels-swapped"), 30);
}

// What ships knows its inputs.
TEST(ShippedTargets, HaveTheSchemaOfTheirInput) {
  for (const char* name : {"cifar10_target", "directness_target"}) {
    const auto schema = InputSchemaOf(LoadOnnx(FindModel(name)));
    ASSERT_TRUE(schema) << name;
    EXPECT_EQ(schema->images, kImagesOfSchema);
    EXPECT_EQ(schema->channel_order, "RGB");
    for (const KnownMistake& mistake : schema->mistakes)
      EXPECT_GT(mistake.inputs_to_recognise, 0) << name << ", " << mistake.name;
  }
}

}  // namespace
}  // namespace vigil
