#include "estimator/data/description.h"

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/data/description_source.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& text) {
  const Error error = ErrorOf([&] { ParseDescription(text, "set.json"); });
  EXPECT_EQ(error.fault(), Fault::kInput);
  EXPECT_EQ(error.code(), ErrorCode::kMalformed);
  EXPECT_THAT(error.what(), HasSubstr("description 'set.json': "));
  return error.what();
}

TEST(Description, EveryKey_ComesBackFromItsText) {
  const std::string text =
      R"({"source":"headpose","directness":"printed","split":"test","fold":2,"seed":7,"count":40,)"
      R"("variant":"2-cause","severity":"paper","ranges":{"shift":[0.1,0.2],"zoom":[1.0,1.5]},)"
      R"("untouched":0.5,"side":112})";
  const DatasetDescription description = ParseDescription(text, "set.json");
  EXPECT_EQ(description.fold, 2);
  EXPECT_EQ(description.ranges.at("zoom").high, 1.5);
  EXPECT_EQ(DescriptionText(description), text);
  EXPECT_EQ(TaskOf(description).rule, DirectnessRule::kPrinted);
  const AugmentOptions options = AugmentOptionsOf(description);
  EXPECT_EQ(options.severity.name, "paper with own ranges");
  EXPECT_EQ(options.severity.shift.low, 0.1);
  EXPECT_EQ(options.severity.contrast.high, SeverityFor(DirectnessTask(), "paper").contrast.high);
  EXPECT_EQ(options.mix.untouched, 0.5);
  EXPECT_EQ(options.side, 112);
  EXPECT_EQ(options.seed, 7u);
}

TEST(Description, Defaults_AreACleanSetOfItsTask) {
  const DatasetDescription description =
      ParseDescription("{\"source\": \"cifar10\"} // a comment", "set.json");
  EXPECT_EQ(AugmentOptionsOf(description).mix.untouched, 1.0);
  EXPECT_EQ(AugmentOptionsOf(description).side, 32);
  EXPECT_EQ(AugmentOptionsOf(ParseDescription(R"({"source":"heads"})", "x")).side, 224);
  EXPECT_EQ(DescriptionText(description), R"({"source":"cifar10"})");
}

TEST(Description, UnknownKeys_AreRefusedWithTheNearest) {
  EXPECT_THAT(Refusal(R"({"source":"heads","sed":1})"),
              HasSubstr("no key 'sed'; did you mean 'seed'?"));
  EXPECT_THAT(Refusal(R"({"source":"heads","varient":"clean"})"), HasSubstr("'variant'"));
  EXPECT_THAT(Refusal(R"({"source":"heads","ranges":{"blur":[0,1]}})"),
              HasSubstr("no range 'blur'; did you mean 'blur_length'?"));
}

TEST(Description, BadValues_AreRefusedWithWhatWasExpected) {
  EXPECT_THAT(Refusal("{"), HasSubstr("no JSON"));
  EXPECT_THAT(Refusal("[1]"), HasSubstr("expected an object"));
  EXPECT_THAT(Refusal("{}"), HasSubstr("'source' is '', expected heads, cifar10, headpose, xgaze"));
  EXPECT_THAT(Refusal(R"({"source":"heads","seed":1,"seed":2})"),
              HasSubstr("'seed' stands there twice"));
  EXPECT_THAT(Refusal(R"({"source":"heads","seed":-1})"),
              HasSubstr("'seed' is -1, expected a whole number from 0"));
  EXPECT_THAT(Refusal(R"({"source":"heads","count":1.5})"), HasSubstr("'count' is 1.5"));
  EXPECT_THAT(Refusal(R"({"source":"heads","variant":"3-cause"})"),
              HasSubstr("expected clean, 1-cause or 2-cause"));
  EXPECT_THAT(Refusal(R"({"source":"heads","severity":3})"), HasSubstr("expected a string"));
  EXPECT_THAT(Refusal(R"({"source":"heads","untouched":1.5})"), HasSubstr("from 0 to 1"));
  EXPECT_THAT(Refusal(R"({"source":"heads","ranges":{"zoom":[0.5,2]}})"),
              HasSubstr("range 'zoom' is [0.5,2], expected [low, high] within 1 to 16"));
  EXPECT_THAT(Refusal(R"({"source":"heads","ranges":{"shift":[0.3,0.1]}})"),
              HasSubstr("range 'shift'"));
}

TEST(Description, KeysOfOtherSources_AreRefused) {
  EXPECT_THAT(Refusal(R"({"source":"heads","batches":[1]})"),
              HasSubstr("'batches' is for source cifar10 alone"));
  EXPECT_THAT(Refusal(R"({"source":"cifar10","fold":1})"), HasSubstr("source headpose alone"));
  EXPECT_THAT(Refusal(R"({"source":"cifar10","directness":"angle"})"),
              HasSubstr("task directness alone"));
  EXPECT_THAT(Refusal(R"({"source":"cifar10","split":"train"})"),
              HasSubstr("expected target, estimator, validate, test or all"));
  EXPECT_THAT(Refusal(R"({"source":"headpose","split":"test","persons":[1]})"),
              HasSubstr("without batches or persons"));
}

TEST(Description, TheReadmesExample_IsRead) {
  const std::vector<std::byte> bytes =
      ReadFileBytes(std::filesystem::path(VIGIL_SOURCE_DIR) / "README.md");
  const std::string readme(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t begin = readme.find("{\n  \"source\": ");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = readme.find("\n}\n", begin);
  const DatasetDescription example =
      ParseDescription(readme.substr(begin, end + 2 - begin), "README.md");
  EXPECT_EQ(example.source, "headpose");
  EXPECT_EQ(example.seed, 7u);
}

// One label a batch file, so that a sample tells its batch.
void WriteBatches(const TemporaryFolder& folder) {
  for (int batch = 0; batch <= 5; ++batch) {
    std::vector<std::byte> records(3073 * 20, std::byte{50});
    for (std::size_t row = 0; row < 20; ++row) records[row * 3073] = static_cast<std::byte>(batch);
    folder.Write(batch == 0 ? "test_batch.bin" : "data_batch_" + std::to_string(batch) + ".bin",
                 records);
  }
}

TEST(OpenDescribed, CifarSplits_AreTheDocumentedBatches) {
  const TemporaryFolder folder;
  WriteBatches(folder);
  const auto labels = [&](const std::string& split) {
    const DatasetDescription description =
        ParseDescription(Text(R"({"source":"cifar10","split":")", split, "\"}"), "x");
    const DescribedDataset opened = OpenDescribed(description, folder.path());
    return std::pair(opened.data->Get(0).truth.label, opened.data->size());
  };
  EXPECT_EQ(labels("target"), std::pair(1, std::int64_t{60}));
  EXPECT_EQ(labels("estimator"), std::pair(4, std::int64_t{20}));
  EXPECT_EQ(labels("validate"), std::pair(5, std::int64_t{20}));
  EXPECT_EQ(labels("test"), std::pair(0, std::int64_t{20}));
  EXPECT_EQ(labels("all"), std::pair(1, std::int64_t{100}));
}

TEST(OpenDescribed, Count_IsChosenByTheSeed) {
  const TemporaryFolder folder;
  WriteBatches(folder);
  const auto groups = [&](int seed) {
    const DescribedDataset opened = OpenDescribed(
        ParseDescription(Text(R"({"source":"cifar10","count":7,"seed":)", seed, "}"), "x"),
        folder.path());
    std::vector<int> all;
    for (std::int64_t i = 0; i < opened.data->size(); ++i) all.push_back(opened.data->Get(i).group);
    return all;
  };
  EXPECT_EQ(groups(1).size(), 7u);
  EXPECT_EQ(groups(1), groups(1));
  EXPECT_NE(groups(1), groups(2));
  EXPECT_TRUE(std::ranges::is_sorted(groups(1)));
}

TEST(OpenDescribed, SourceWithoutRoot_IsSaid) {
  const Error error =
      ErrorOf([] { OpenDescribed(ParseDescription(R"({"source":"xgaze"})", "x"), ""); });
  EXPECT_EQ(error.code(), ErrorCode::kMisuse);
  EXPECT_THAT(error.what(), HasSubstr("expected --root"));
}

}  // namespace
}  // namespace vigil
