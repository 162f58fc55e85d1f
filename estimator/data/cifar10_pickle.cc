#include "estimator/data/cifar10_pickle.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/data/pickle.h"

namespace vigil {
namespace {

constexpr std::uintmax_t kLargestFile = 64u << 20;
constexpr std::size_t kPixels = kCifarRecordBytes - 1;

using Value = PickleDocument::Value;
using Kind = PickleDocument::Kind;

class BatchReader {
 public:
  BatchReader(const PickleDocument& document, std::string name)
      : document_(document), name_(std::move(name)) {}

  std::vector<std::byte> Records() const {
    const Value& data = Entry("data", Kind::kArray);
    const Value& labels = Entry("labels", Kind::kList);
    std::string shape;
    for (const std::size_t extent : data.items)
      shape += Text(shape.empty() ? "" : "x", document_.at(extent).number);
    const std::size_t rows = labels.items.size();
    if (data.items.size() != 2 || document_.at(data.items[1]).number != kPixels ||
        data.bytes.size() != rows * kPixels) {
      Refuse(ErrorCode::kInvalidShape, Text("'data' is ", shape.empty() ? "empty" : shape, " for ",
                                            rows, " labels, expected ", rows, "x", kPixels));
    }
    std::vector<std::byte> records(rows * kCifarRecordBytes);
    for (std::size_t row = 0; row < rows; ++row) {
      const Value& label = document_.at(labels.items[row]);
      if (label.kind != Kind::kInt || label.number < 0 || label.number > 9) {
        Refuse(ErrorCode::kInvalidValue,
               Text("row ", row, " has label ",
                    label.kind == Kind::kInt ? std::to_string(label.number)
                                             : std::string(PickleDocument::KindName(label.kind)),
                    ", expected 0 to 9"));
      }
      std::byte* record = records.data() + row * kCifarRecordBytes;
      record[0] = static_cast<std::byte>(label.number);
      std::ranges::copy(data.bytes.subspan(row * kPixels, kPixels), record + 1);
    }
    return records;
  }

 private:
  const Value& Entry(std::string_view key, Kind kind) const {
    const Value* found = document_.Find(document_.root(), key);
    if (found == nullptr) {
      Refuse(ErrorCode::kMalformed,
             Text(PickleDocument::KindName(document_.root().kind), " without '", key,
                  "', expected a dictionary with 'data' and 'labels'"));
    }
    if (found->kind != kind) {
      Refuse(ErrorCode::kInvalidType, Text("'", key, "' is ", PickleDocument::KindName(found->kind),
                                           ", expected ", PickleDocument::KindName(kind)));
    }
    return *found;
  }

  [[noreturn]] void Refuse(ErrorCode code, const std::string& what) const {
    throw Error(Fault::kInput, code, Text("CIFAR-10 pickle '", name_, "': ", what));
  }

  const PickleDocument& document_;
  std::string name_;
};

}  // namespace

std::vector<std::byte> ReadCifarPickle(const std::filesystem::path& file) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(file, failure);
  if (!failure && size > kLargestFile) {
    throw Error(Fault::kInput, ErrorCode::kUnsupported,
                Text("CIFAR-10 pickle '", file.string(), "': ", size, " bytes, expected at most ",
                     kLargestFile));
  }
  const std::vector<std::byte> bytes = ReadFileBytes(file);
  const PickleDocument document(bytes, file.string());
  return BatchReader(document, file.string()).Records();
}

}  // namespace vigil
