// Each violation is found where it is, and none where it is not.
#include "estimator/monitor/validity/input_check.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/monitor/picture_fixture.h"

namespace vigil {
namespace {

using testing::Changed;
using testing::InterleavedChannels;
using testing::Picture;
using testing::SwappedChannels;

const InputSchema& Schema() {
  static const InputSchema schema = testing::PictureSchema();
  return schema;
}

// What the n-th of these inputs comes to, as names.
template <typename Make>
std::string AfterInputs(InputCheck& check, int n, const Make& make) {
  std::uint32_t found = 0;
  for (int i = 0; i < n; ++i)
    found = check.Check(make(5000u + static_cast<std::uint32_t>(i)).view());
  return NamesOf(found);
}

template <typename Make>
std::string AfterInputs(int n, const Make& make) {
  InputCheck check(Schema());
  return AfterInputs(check, n, make);
}

TEST(InputCheck, OrdinaryInputs_AreNotMarked) {
  InputCheck check(Schema());
  int marked = 0;
  for (std::uint32_t i = 0; i < 3000; ++i) marked += check.Check(Picture(9000 + i).view()) != 0;
  EXPECT_EQ(marked, 0);
}

TEST(InputCheck, BytesInPlaceOfNormalisedValues_AreToldFromOneInput_ByName) {
  InputCheck check(Schema());
  const auto bytes = [](std::uint32_t i) { return Changed(Picture(i), 127.5, 127.5); };
  EXPECT_EQ(AfterInputs(check, 1, bytes), "out-of-range, normalisation");
  EXPECT_NE(check.Message(InputViolation::kNormalisation).find("bytes 0 to 255"),
            std::string::npos);
}

TEST(InputCheck, NormalisedTwice_IsToldFromOneInput) {
  EXPECT_EQ(AfterInputs(1, [](std::uint32_t i) { return Changed(Picture(i), 2.0, -1.0); }),
            "out-of-range, normalisation");
}

// Within the range: one picture may well be as bright as that.
TEST(InputCheck, NotNormalised_IsToldFromAFewInputs_AndForgottenWhenItIsMended) {
  const auto unit = [](std::uint32_t i) { return Changed(Picture(i), 0.5, 0.5); };
  InputCheck check(Schema());
  EXPECT_EQ(AfterInputs(check, 1, unit), "");
  EXPECT_EQ(AfterInputs(check, 14, unit), "normalisation");
  EXPECT_EQ(AfterInputs(check, 20, Picture), "");
}

TEST(InputCheck, SwappedChannels_AreToldFromSomeInputs) {
  const auto swapped = [](std::uint32_t i) { return SwappedChannels(Picture(i)); };
  EXPECT_EQ(AfterInputs(2, swapped), "");
  EXPECT_EQ(AfterInputs(40, swapped), "channels-swapped");
}

// Of a camera that looks at one thing: colder than pictures are, but one thing.
TEST(InputCheck, OneColdScene_IsNotTakenForSwappedChannels) {
  const Tensor cold = SwappedChannels(Picture(1));
  std::mt19937 generator(3);
  std::normal_distribution<float> noise(0.0f, 0.01f);
  InputCheck check(Schema());
  for (int i = 0; i < 500; ++i) {
    Tensor frame = cold.Clone();
    for (float& v : frame.as<float>()) v = std::clamp(v + noise(generator), -1.0f, 1.0f);
    ASSERT_EQ(NamesOf(check.Check(std::as_const(frame).view())), "") << i;
  }
}

TEST(InputCheck, InterleavedChannels_AreToldFromOneInput) {
  InputCheck check(Schema());
  int found = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    found += (check.Check(InterleavedChannels(Picture(7000 + i)).view()) &
              Bit(InputViolation::kTransposed)) != 0;
  }
  EXPECT_EQ(found, 200);
}

TEST(InputCheck, ConstantInput_AndAMissingChannel_AreTold) {
  EXPECT_EQ(AfterInputs(1, [](std::uint32_t i) { return Changed(Picture(i), 0.0, 0.2); }),
            "constant");
  EXPECT_EQ(AfterInputs(1,
                        [](std::uint32_t i) {
                          Tensor picture = Picture(i);
                          std::ranges::fill(picture.as<float>().first(24 * 24), 0.0f);
                          return picture;
                        }),
            "missing-feature");
}

TEST(InputCheck, OverexposedInput_IsSaturated) {
  EXPECT_EQ(AfterInputs(1,
                        [](std::uint32_t i) {
                          Tensor picture = Picture(i);
                          for (float& v : picture.as<float>()) v = std::min(v + 1.9f, 1.0f);
                          return picture;
                        }),
            "saturated");
}

TEST(InputCheck, FrozenSource_IsToldAtTheFourthEqualInput_AndACycleOfFour) {
  const auto frozen = [](std::uint32_t) { return Picture(4); };
  EXPECT_EQ(AfterInputs(3, frozen), "");
  EXPECT_EQ(AfterInputs(4, frozen), "repeated");
  const auto cycle = [](std::uint32_t i) { return Picture(i % 4); };
  EXPECT_EQ(AfterInputs(12, cycle), "");
  EXPECT_EQ(AfterInputs(13, cycle), "repeated");
  InputCheck check(Schema());
  EXPECT_EQ(AfterInputs(check, 5, frozen), "repeated");
  EXPECT_EQ(AfterInputs(check, 1, [](std::uint32_t) { return Picture(5); }), "");
}

TEST(InputCheck, NanAndInfinity_AreOutOfRange_AndAnotherShapeIsAWrongForm) {
  InputCheck check(Schema());
  Tensor picture = Picture(1);
  for (float& v : picture.as<float>()) v = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(check.Check(std::as_const(picture).view()) & Bit(InputViolation::kOutOfRange), 0u);
  EXPECT_EQ(NamesOf(check.Check(Tensor(TensorDesc{DType::kFloat32, {1, 3, 24, 25}}).view())),
            "wrong-form");
  EXPECT_EQ(NamesOf(check.Check(Tensor(TensorDesc{DType::kUInt8, {1, 3, 24, 24}}).view())),
            "wrong-form");
}

TEST(InputSample, OfAPlane_HasItsMeanDeviationRangeAndDifferences) {
  Tensor ramp(TensorDesc{DType::kFloat32, {1, 2, 37, 19}});  // 19: no multiple of a vector
  for (std::size_t i = 0; i < 37 * 19; ++i) {
    ramp.as<float>()[i] = static_cast<float>(i % 19);
    ramp.as<float>()[37 * 19 + i] = i % 2 == 0 ? 1.0f : -1.0f;
  }
  const std::vector<ChannelLimits> limits = {{0.0f, 17.5f}, {-1.0f, 1.0f}};
  const auto sample = SampleInput(std::as_const(ramp).view(), limits);
  ASSERT_TRUE(sample);
  EXPECT_DOUBLE_EQ(sample->Mean(0), 9.0);
  EXPECT_NEAR(sample->Deviation(0), std::sqrt(30.0), 1e-9);
  EXPECT_EQ(sample->channels[0].low, 0.0f);
  EXPECT_EQ(sample->channels[0].high, 18.0f);
  EXPECT_EQ(sample->values_a_channel, 35 * 19);    // but for the rows that have no second neighbour
  EXPECT_EQ(sample->channels[0].at_ends, 35 * 2);  // 0 and 18 of each row
  EXPECT_EQ(sample->channels[1].at_ends, 35 * 19);
  // Down, every other row of the second plane is its opposite; two down it is the same again.
  EXPECT_GT(sample->near, sample->far);
}

TEST(InputSample, OfOtherTypesAndEmptyOnes_IsNone) {
  EXPECT_FALSE(SampleInput(Tensor(TensorDesc{DType::kInt32, {1, 3, 4, 4}}).view(), {}));
  EXPECT_TRUE(SampleInput(Tensor(TensorDesc{DType::kFloat32, {1, 7}}).view(), {}));
  EXPECT_TRUE(SampleInput(Tensor(TensorDesc{DType::kFloat32, {1, 3, 2, 2}}).view(), {}));
}

}  // namespace
}  // namespace vigil
