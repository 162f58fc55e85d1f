// Small files and images for the tests of estimator/data.
#ifndef VIGIL_TESTS_DATA_FIXTURES_H_
#define VIGIL_TESTS_DATA_FIXTURES_H_

#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "estimator/data/dataset.h"

namespace vigil {

// A folder of the running test's own, removed with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("vigil_") + test->test_suite_name() + "_" + test->name());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path Write(const std::string& name, std::span<const std::byte> bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    return path_ / name;
  }
  std::filesystem::path WriteText(const std::string& name, const std::string& text) const {
    return Write(name, std::as_bytes(std::span(text)));
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The error that `action` throws; fails the test where it throws none.
template <typename Action>
Error ErrorOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "expected an Error, nothing was thrown";
  return {Fault::kApi, ErrorCode::kMisuse, ""};
}

// Every pixel different, in all three channels.
inline Image Pattern(int width, int height) {
  Image image = Image::Make(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = static_cast<std::uint8_t>((i * 37 + 11) % 251);
  return image;
}

inline Image Uniform(int width, int height, std::uint8_t value) {
  Image image = Image::Make(width, height);
  image.rgb.assign(image.rgb.size(), value);
  return image;
}

}  // namespace vigil

#endif  // VIGIL_TESTS_DATA_FIXTURES_H_
