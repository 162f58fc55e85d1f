#include "estimator/monitor/validity/input_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/graph/builder.h"
#include "tests/monitor/picture_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

Error ErrorOf(const std::string& text) {
  try {
    ParseInputSchema(text);
  } catch (const Error& error) {
    return error;
  }
  return Error(Fault::kApi, ErrorCode::kMisuse, "no error");
}

TEST(InputSchema, ReadBack_SaysTheSameOfEveryInput) {
  const InputSchema schema = testing::PictureSchema();
  const InputSchema read = ParseInputSchema(ToJsonText(schema));
  EXPECT_EQ(read.shape, schema.shape);
  EXPECT_EQ(read.channel_order, "RGB");
  EXPECT_EQ(read.learned_on, "waves");
  EXPECT_EQ(read.images, 300);
  EXPECT_EQ(ToJsonText(read), ToJsonText(schema));
  ASSERT_EQ(read.mistakes.size(), 5u);
  for (const KnownMistake& mistake : read.mistakes) EXPECT_GT(mistake.inputs_to_recognise, 0);
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Tensor picture = testing::Picture(i);
    const InputFeatures features(*SampleInput(picture.view(), schema.limits), schema.Span());
    EXPECT_NEAR(read.ordinary.Log(features.values()), schema.ordinary.Log(features.values()), 1e-2);
  }
  EXPECT_LT(ToJsonText(schema).size(), 6000u);  // it travels in every model file
}

TEST(InputSchema, InAModel_IsFoundAgain_AndRefusedForAnotherInput) {
  const InputSchema schema = testing::PictureSchema();
  const auto model = [&](std::int64_t side) {
    GraphBuilder builder;
    const ValueId x = builder.Input("image", {DType::kFloat32, {1, 3, side, side}});
    builder.Output(builder.Add("y", UnaryAttrs{.kind = UnaryKind::kRelu}, {x}));
    return WithInputSchema(std::move(builder).Build(), schema);
  };
  EXPECT_EQ(InputSchemaOf(model(testing::kPictureSide))->images, 300);
  EXPECT_EQ(InputSchemaOf(model(testing::kPictureSide).WithBatch(4))->images, 300);
  EXPECT_FALSE(InputSchemaOf(model(24).WithMetadata({})));
  try {
    InputSchemaOf(model(32));
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
    EXPECT_THAT(error.what(), HasSubstr("input 'image'"));
  }
}

TEST(InputSchema, BrokenText_IsRefusedNamingTheKey) {
  EXPECT_THAT(ErrorOf("{").what(), HasSubstr("vigil.input_schema: not a JSON object"));
  EXPECT_EQ(ErrorOf("{").code(), ErrorCode::kMalformed);
  auto object = nlohmann::json::parse(ToJsonText(testing::PictureSchema()));
  const auto with = [&](const char* key, nlohmann::json value) {
    auto changed = object;
    changed[key] = std::move(value);
    return ErrorOf(changed.dump());
  };
  EXPECT_EQ(with("version", 2).code(), ErrorCode::kUnsupported);
  EXPECT_THAT(with("shape", {1, 0, 3}).what(), HasSubstr("shape of 3 dimensions"));
  EXPECT_THAT(with("dtype", "float8").what(), HasSubstr("element type 'float8'"));
  EXPECT_THAT(with("limits", {{1.0, -1.0}}).what(), HasSubstr("expected the lower one first"));
  EXPECT_THAT(with("limits", {{-1.0, 1.0}}).what(), HasSubstr("features"));
  EXPECT_THAT(with("saturated_above", 2.0).what(), HasSubstr("saturated_above is 2"));
  auto density = object["ordinary"];
  density["whitening"][0] = -1.0;
  EXPECT_THAT(with("ordinary", density).what(), HasSubstr("expected more than 0"));
  auto mistakes = object["mistakes"];
  while (mistakes.size() < 9) mistakes.push_back(mistakes[0]);
  EXPECT_THAT(with("mistakes", mistakes).what(), HasSubstr("9 mistakes: expected at most 8"));
  mistakes[0]["violation"] = "haunted";
  EXPECT_THAT(with("mistakes", mistakes).what(), HasSubstr("violation 'haunted' is unknown"));
}

TEST(SchemaLearner, TooFewInputs_AreRefused) {
  SchemaLearner learner(testing::PictureForm());
  for (std::uint32_t i = 0; i < 5; ++i) learner.Add(testing::Picture(i));
  EXPECT_THROW(learner.Learn("five"), Error);
}

// Channels that agree leave nothing to tell their order by, and that is said.
TEST(SchemaLearner, GreyPictures_HaveNoOrderOfChannels) {
  SchemaLearner learner(testing::PictureForm());
  for (std::uint32_t i = 0; i < 300; ++i) {
    Tensor picture = testing::Picture(i);
    const std::size_t plane = picture.as<float>().size() / 3;
    for (std::size_t c = 1; c < 3; ++c) {
      std::ranges::copy(picture.as<float>().first(plane),
                        picture.as<float>().subspan(c * plane).begin());
    }
    learner.Add(picture);
  }
  for (const KnownMistake& mistake : learner.Learn("grey").mistakes) {
    EXPECT_EQ(mistake.inputs_to_recognise == 0,
              mistake.violation == InputViolation::kChannelsSwapped)
        << mistake.name;
  }
}

TEST(InputViolation, Names_AreUniqueAndFoundAgain) {
  for (const InputViolation violation : AllInputViolations()) {
    EXPECT_EQ(InputViolationFromName(NameOf(violation)), violation);
    EXPECT_TRUE(SentenceOf(violation).ends_with('.')) << SentenceOf(violation);
  }
  EXPECT_EQ(NamesOf(Bit(InputViolation::kRepeated) | Bit(InputViolation::kConstant)),
            "constant, repeated");
  EXPECT_EQ(NamesOf(1u << 31), "");
}

}  // namespace
}  // namespace vigil
