// Holds the shape of the house: who may include whom, and how large a file may grow.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

const fs::path kRoot = VIGIL_SOURCE_DIR;

// What a room may include directly besides itself and the rooms that those may include.
const std::map<std::string, Rooms>& AllowedEdges() {
  static const std::map<std::string, Rooms> edges = {
      {"engine/base", {}},
      {"engine/tensor", {"engine/base"}},
      {"engine/ops", {"engine/tensor"}},
      {"engine/graph", {"engine/ops"}},
      {"engine/onnx", {"engine/graph"}},
      {"engine/backend", {"engine/graph"}},
      {"engine/reference", {"engine/backend"}},
      {"engine/cpu", {"engine/backend"}},
      {"engine/vulkan", {"engine/backend"}},
      {"engine/session", {"engine/onnx", "engine/reference", "engine/cpu", "engine/vulkan"}},
      {"engine/verify", {"engine/session"}},
      {"estimator/models", {"engine/session"}},
      {"estimator/data", {"estimator/models"}},
      {"estimator/training", {"estimator/data", "estimator/taps"}},
      {"estimator/taps", {"engine/session"}},
      {"estimator/detect", {"estimator/data", "estimator/taps"}},
      {"estimator/store", {"estimator/taps", "estimator/models"}},
      {"estimator/idle", {"engine/base"}},
      {"estimator/verdict", {"estimator/store"}},
      {"estimator/monitor", {"estimator/verdict"}},
      {"estimator/report", {"estimator/verdict", "estimator/monitor"}},
      {"estimator/evaluation", {"estimator/data", "estimator/monitor"}},
      {"estimator/service", {"estimator/idle", "estimator/report"}},
      {"estimator/api", {"estimator/service"}},
      {"estimator/daemon", {"estimator/service"}},
  };
  return edges;
}

Rooms Reachable(const std::string& room) {
  Rooms seen{room};
  std::vector<std::string> open{room};
  while (!open.empty()) {
    const std::string current = open.back();
    open.pop_back();
    for (const std::string& next : AllowedEdges().at(current)) {
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return seen;
}

struct Source {
  fs::path path;
  std::string room;  // "engine/graph"
  std::vector<std::string> lines;
};

std::vector<Source> Sources(const std::string& top) {
  std::vector<Source> sources;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
    const std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    const fs::path relative = fs::relative(entry.path(), kRoot);
    auto part = relative.begin();
    const std::string first = *part++;
    Source source{relative, first + "/" + part->string(), {}};
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) source.lines.push_back(line);
    sources.push_back(std::move(source));
  }
  return sources;
}

TEST(Architecture, Includes_FollowTheAllowedEdges) {
  const std::regex include("^#include \"((engine|estimator)/[a-z]+)/.*");
  int checked = 0;
  for (const std::string top : {"engine", "estimator"}) {
    for (const Source& source : Sources(top)) {
      ASSERT_TRUE(AllowedEdges().contains(source.room))
          << source.path << " stands in no known room";
      const Rooms allowed = Reachable(source.room);
      for (const std::string& line : source.lines) {
        std::smatch match;
        if (!std::regex_match(line, match, include)) continue;
        ++checked;
        EXPECT_TRUE(allowed.contains(match[1])) << source.path << ": " << line;
      }
    }
  }
  EXPECT_GT(checked, 100);
}

TEST(Architecture, VulkanHeaders_StayInTheirRoom) {
  for (const std::string top : {"engine", "estimator"}) {
    for (const Source& source : Sources(top)) {
      if (source.room == "engine/vulkan") continue;
      for (const std::string& line : source.lines) {
        EXPECT_FALSE(line.starts_with("#include <vulkan")) << source.path << ": " << line;
      }
    }
  }
}

TEST(Architecture, TorchHeaders_StayInTheTrainingRoom) {
  for (const Source& source : Sources("estimator")) {
    if (source.room == "estimator/training") continue;
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(line.starts_with("#include <torch")) << source.path << ": " << line;
    }
  }
}

// What CMake leaves out with VIGIL_OPENCV and VIGIL_HDF5 is all that sees these libraries.
TEST(Architecture, ImageAndHdf5Headers_StayInTheFilesThatABuildCanLeaveOut) {
  const std::map<std::string, Rooms> allowed = {
      {"#include <opencv2/", {"estimator/data/image_io.cc", "estimator/data/sheet.cc"}},
      {"#include <hdf5", {"estimator/data/faces/xgaze_file.cc"}}};
  for (const std::string top : {"engine", "estimator", "tools"}) {
    for (const Source& source : Sources(top)) {
      for (const std::string& line : source.lines) {
        for (const auto& [include, files] : allowed) {
          EXPECT_TRUE(!line.starts_with(include) || files.contains(source.path.string()))
              << source.path << ": " << line;
        }
      }
    }
  }
}

TEST(Architecture, Files_StayUnderFourHundredLines) {
  for (const std::string top : {"engine", "estimator", "tools", "tests", "bench"}) {
    for (const Source& source : Sources(top)) {
      EXPECT_LE(source.lines.size(), 400u)
          << source.path << " has " << source.lines.size() << " lines";
    }
  }
}

}  // namespace
