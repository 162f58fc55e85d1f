#include "estimator/data/image_folder.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/image_io.h"
#include "estimator/data/label_file.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

class FolderDataset final : public Dataset {
 public:
  FolderDataset(fs::path root, std::vector<LabelRow> rows)
      : root_(std::move(root)), rows_(std::move(rows)) {}

  std::string name() const override { return Text("images of ", root_.filename().string()); }
  std::int64_t size() const override { return static_cast<std::int64_t>(rows_.size()); }

  Sample Get(std::int64_t index) const override {
    VIGIL_CHECK(index >= 0 && index < size());
    const LabelRow& row = rows_[static_cast<std::size_t>(index)];
    Sample sample{.image = LoadImage(root_ / row.file), .truth = row.truth, .group = row.group};
    const float width = static_cast<float>(sample.image.width);
    const float height = static_cast<float>(sample.image.height);
    sample.box = {width / 2, height / 2, std::min(width, height)};
    return sample;
  }

 private:
  fs::path root_;
  std::vector<LabelRow> rows_;
};

bool HasImageExtension(const fs::path& path) {
  constexpr std::array<std::string_view, 6> kExtensions = {".jpg", ".jpeg", ".png",
                                                           ".bmp", ".ppm",  ".webp"};
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

std::vector<LabelRow> ListImages(const fs::path& root) {
  std::vector<LabelRow> rows;
  std::error_code failure;
  for (fs::recursive_directory_iterator it(root, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (!it->is_regular_file() || !HasImageExtension(it->path())) continue;
    rows.push_back({.file = fs::relative(it->path(), root).string()});
  }
  if (failure) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("images '", root.string(), "': cannot be listed: ", failure.message()));
  }
  std::ranges::sort(rows, {}, &LabelRow::file);
  return rows;
}

}  // namespace

ImageFolder OpenImageFolder(const fs::path& root, const Task& task, OnBadSample on_bad) {
  if (!fs::is_directory(root)) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("images '", root.string(), "': no such folder"));
  }
  const fs::path labels = root / "labels.csv";
  ImageFolder folder{.labelled = fs::exists(labels)};
  std::vector<LabelRow> usable;
  for (LabelRow& row : folder.labelled ? ReadLabelFile(labels, task) : ListImages(root)) {
    try {
      if (!row.problem.empty()) throw Error(Fault::kInput, ErrorCode::kInvalidValue, row.problem);
      LoadImage(root / row.file);
      usable.push_back(std::move(row));
    } catch (const Error& error) {
      if (on_bad == OnBadSample::kFail) throw;
      folder.skipped.push_back({row.file, error.what()});
    }
  }
  if (usable.empty()) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("images '", root.string(), "': no usable image, ", folder.skipped.size(),
                     " left out", folder.skipped.empty() ? "" : ", first: ",
                     folder.skipped.empty() ? "" : folder.skipped.front().reason));
  }
  folder.images = std::make_shared<FolderDataset>(root, std::move(usable));
  return folder;
}

}  // namespace vigil
