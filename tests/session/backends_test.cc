#include "engine/session/backends.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "tests/support/backends.h"

namespace vigil {
namespace {

TEST(Backends, List_NamesAllThree_AndSaysWhyWhereUnavailable) {
  const std::vector<BackendOffer> offers = ListBackends();
  for (const std::string_view name : {"vulkan", "cpu", "reference"}) {
    EXPECT_TRUE(std::ranges::any_of(offers, [&](const BackendOffer& offer) {
      return offer.backend == name;
    })) << name;
  }
  for (const BackendOffer& offer : offers) {
    EXPECT_TRUE(offer.available ? !offer.device.empty() : !offer.reason.empty()) << offer.backend;
  }
}

TEST(Backends, List_PutsCpuBeforeReferenceAndSoftwareVulkan_AndAfterGpus) {
  const std::vector<BackendOffer> offers = ListBackends();
  const auto cpu = std::ranges::find(offers, "cpu", &BackendOffer::backend);
  for (auto offer = offers.begin(); offer != offers.end(); ++offer) {
    if (offer == cpu || !offer->available) continue;
    EXPECT_EQ(offer < cpu, offer->is_gpu) << offer->device;
  }
}

TEST(Backends, Open_Auto_IsTheFirstAvailable) {
  const std::vector<BackendOffer> offers = ListBackends();
  const auto first = std::ranges::find(offers, true, &BackendOffer::available);
  ASSERT_NE(first, offers.end());
  EXPECT_EQ(OpenBackend("auto")->name(), first->backend);
}

TEST(Backends, Open_UnknownName_ListsTheNames) {
  try {
    OpenBackend("cuda");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kApi);
    EXPECT_NE(std::string(error.what()).find("vulkan, cpu or reference"), std::string::npos);
  }
}

namespace fs = std::filesystem;

// Sets an environment variable (null: unsets it) as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    value ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(PipelineCache, StandsInTheUsersCacheFolder) {
  const Variable home("HOME", "/tmp");
  {
    const Variable none("XDG_CACHE_HOME", nullptr);
    EXPECT_EQ(DefaultPipelineCache(), "/tmp/.cache/vigil");
  }
  {
    const Variable relative("XDG_CACHE_HOME", "caches");  // which the specification ignores
    EXPECT_EQ(DefaultPipelineCache(), "/tmp/.cache/vigil");
  }
  const Variable given("XDG_CACHE_HOME", "/tmp/caches");
  EXPECT_EQ(DefaultPipelineCache(), "/tmp/caches/vigil");
}

TEST(PipelineCache, WithoutAFolderThatCanBeWritten_NoneIsKept) {
  const Variable none("XDG_CACHE_HOME", nullptr);
  {
    const Variable home("HOME", nullptr);
    EXPECT_EQ(DefaultPipelineCache(), "");
  }
  const Variable home("HOME", "/proc/self");
  EXPECT_EQ(DefaultPipelineCache(), "");
  const Variable file("XDG_CACHE_HOME", "/proc/self/status");
  EXPECT_EQ(DefaultPipelineCache(), "");
}

TEST(PipelineCache, IsWrittenByACompilation_AndLeftAloneByTheNext) {
  const testing::OpenedBackend opened = testing::OpenForTest("vulkan");
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  const fs::path folder = fs::path(::testing::TempDir()) / "vigil-pipeline-cache-test";
  fs::remove_all(folder);
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 8}});
  builder.Output(builder.Add("y", UnaryAttrs{UnaryKind::kRelu}, {x}));
  const Graph graph = std::move(builder).Build();

  OpenBackend("vulkan", -1, folder)->Compile(graph, {});
  ASSERT_FALSE(fs::is_empty(folder));
  const fs::path file = fs::directory_iterator(folder)->path();
  const auto long_ago = fs::last_write_time(file) - std::chrono::hours(1);
  fs::last_write_time(file, long_ago);
  OpenBackend("vulkan", -1, folder)->Compile(graph, {});
  EXPECT_EQ(fs::last_write_time(file), long_ago);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace vigil
