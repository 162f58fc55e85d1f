#include "estimator/training/checkpoint.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace vigil::training {
namespace {

constexpr std::string_view kMagic = "VIGILCKP";
constexpr std::uint32_t kVersion = 2;

[[noreturn]] void Refuse(const std::filesystem::path& path, ErrorCode code,
                         const std::string& reason) {
  throw Error(Fault::kTraining, code, Text("checkpoint '", path.string(), "': ", reason));
}

template <typename T>
void Put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::filesystem::path& path) : bytes_(bytes), path_(path) {}

  std::string_view Take(std::size_t size) {
    if (size > bytes_.size() - at_) {
      Refuse(path_, ErrorCode::kMalformed,
             Text("ends at byte ", bytes_.size(), ": expected ", size, " more at ", at_));
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  template <typename T>
  T Get() {
    T value;
    std::memcpy(&value, Take(sizeof value).data(), sizeof value);
    return value;
  }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  const std::filesystem::path& path_;
  std::size_t at_ = 0;
};

}  // namespace

void SaveCheckpoint(const Checkpoint& checkpoint, const std::filesystem::path& path) {
  std::string bytes(kMagic);
  Put(bytes, kVersion);
  Put(bytes, checkpoint.fingerprint);
  Put(bytes, checkpoint.epochs_done);
  Put(bytes, checkpoint.optimizer_steps);
  Put(bytes, checkpoint.last_loss);
  Put(bytes, static_cast<std::uint32_t>(checkpoint.curve.size()));
  for (const CurvePoint& point : checkpoint.curve) {
    Put(bytes, point.epoch);
    Put(bytes, point.loss);
  }
  Put(bytes, static_cast<std::uint32_t>(checkpoint.tensors.size()));
  for (const std::vector<float>& tensor : checkpoint.tensors) {
    Put(bytes, static_cast<std::uint64_t>(tensor.size()));
    bytes.append(reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(float));
  }
  Put(bytes, Hasher().Add(bytes).value());

  if (const std::error_code failure = ReplaceFile(path, bytes)) {
    Refuse(path, ErrorCode::kIo,
           Text("cannot write ", bytes.size(), " bytes: ", failure.message()));
  }
}

std::optional<Checkpoint> LoadCheckpoint(const std::filesystem::path& path,
                                         std::uint64_t fingerprint) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) Refuse(path, ErrorCode::kIo, "cannot be read");
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + sizeof(std::uint64_t))
    Refuse(path, ErrorCode::kMalformed, Text("expected a file that begins with ", kMagic));
  const std::string_view body(bytes.data(), bytes.size() - sizeof(std::uint64_t));
  Reader tail(std::string_view(bytes).substr(body.size()), path);
  if (tail.Get<std::uint64_t>() != Hasher().Add(body).value()) {
    Refuse(path, ErrorCode::kMalformed,
           Text("the hash of its ", bytes.size(), " bytes does not fit: cut short or altered"));
  }
  Reader reader(body, path);
  reader.Take(kMagic.size());
  if (const auto version = reader.Get<std::uint32_t>(); version != kVersion)
    Refuse(path, ErrorCode::kMalformed, Text("version ", version, ": expected ", kVersion));
  Checkpoint checkpoint;
  checkpoint.fingerprint = reader.Get<std::uint64_t>();
  if (checkpoint.fingerprint != fingerprint) {
    Refuse(path, ErrorCode::kMalformed,
           "belongs to another network or other options: remove it or name another file");
  }
  checkpoint.epochs_done = reader.Get<std::int32_t>();
  checkpoint.optimizer_steps = reader.Get<std::int64_t>();
  checkpoint.last_loss = reader.Get<double>();
  const auto points = reader.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < points; ++i) {
    const auto epoch = reader.Get<double>();
    checkpoint.curve.push_back({epoch, reader.Get<double>()});
  }
  const auto count = reader.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto elements = reader.Get<std::uint64_t>();
    if (elements > reader.left() / sizeof(float)) {
      Refuse(path, ErrorCode::kMalformed,
             Text("tensor ", i, " has ", elements, " elements in ", reader.left(), " bytes"));
    }
    std::vector<float> tensor(elements);
    std::memcpy(tensor.data(), reader.Take(elements * sizeof(float)).data(),
                elements * sizeof(float));
    checkpoint.tensors.push_back(std::move(tensor));
  }
  return checkpoint;
}

}  // namespace vigil::training
