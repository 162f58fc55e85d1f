#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/data/prepared.h"
#include "estimator/data/prepared_format.h"

namespace vigil {
namespace {

using prepared::Head;
using prepared::kHeadBytes;
using prepared::kMagic;
using prepared::SampleBytes;
using prepared::SampleHead;

// A file beside the one that is wanted, until it is whole.
class WholeFile {
 public:
  explicit WholeFile(std::filesystem::path path)
      : path_(std::move(path)),
        temporary_(path_.string() + ".part"),
        out_(temporary_, std::ios::binary) {
    Check();
  }
  ~WholeFile() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove(temporary_, ignored);
  }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  void Write(std::span<const std::byte> bytes) {
    hash_.Add(bytes);
    out_.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    Check();
  }

  void Keep() {
    const std::uint64_t hash = hash_.value();
    Write(std::as_bytes(std::span(&hash, 1)));
    out_.close();
    Check();
    std::error_code failure;
    std::filesystem::rename(temporary_, path_, failure);
    if (failure) Refuse(failure.message());
    kept_ = true;
  }

 private:
  void Check() const {
    if (!out_) Refuse("no room, or no permission");
  }
  [[noreturn]] void Refuse(const std::string& why) const {
    throw Error(Fault::kApi, ErrorCode::kIo,
                Text("data set '", path_.string(), "' cannot be written: ", why));
  }

  std::filesystem::path path_, temporary_;
  std::ofstream out_;
  Hasher hash_;
  bool kept_ = false;
};

std::vector<std::byte> Encode(const Sample& sample, int side) {
  VIGIL_CHECK(sample.image.width == side && sample.image.height == side);
  const SampleHead head{.label = sample.truth.label,
                        .pitch = sample.truth.pitch,
                        .yaw = sample.truth.yaw,
                        .roll = sample.truth.roll,
                        .group = sample.group,
                        .applied = sample.applied.bits(),
                        .zeros = {}};
  std::vector<std::byte> bytes(SampleBytes(static_cast<std::uint64_t>(side)));
  std::memcpy(bytes.data(), &head, sizeof(head));
  std::memcpy(bytes.data() + sizeof(head), sample.image.rgb.data(), sample.image.rgb.size());
  return bytes;
}

// Samples first to first + encoded.size(), by some threads; the first failure is thrown.
void EncodeRow(const Dataset& data, std::int64_t first, int side, int threads,
               std::vector<std::vector<std::byte>>& encoded) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
  const auto work = [&](std::size_t worker) {
    try {
      for (std::size_t i; (i = next++) < encoded.size();)
        encoded[i] = Encode(data.Get(first + static_cast<std::int64_t>(i)), side);
    } catch (...) {
      failures[worker] = std::current_exception();
      next = encoded.size();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < failures.size(); ++t) others.emplace_back(work, t);
  work(0);
  for (std::thread& thread : others) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace

void WritePrepared(const std::filesystem::path& path, const Dataset& data,
                   const DatasetDescription& description, int threads,
                   const std::function<void(std::int64_t)>& on_sample) {
  constexpr std::int64_t kRow = 256;  // samples in memory at a time
  const int workers =
      threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int side = AugmentOptionsOf(description).side;
  const nlohmann::ordered_json header{
      {"name", data.name()},
      {"description", nlohmann::ordered_json::parse(DescriptionText(description))}};
  const std::string text = header.dump();

  WholeFile file(path);
  Head head{.version = kPreparedVersion,
            .side = static_cast<std::uint32_t>(side),
            .samples = static_cast<std::uint64_t>(data.size()),
            .header_bytes = static_cast<std::uint32_t>(text.size())};
  kMagic.copy(head.magic, sizeof(head.magic));
  file.Write(std::as_bytes(std::span(&head, 1)).first(kHeadBytes));
  file.Write(std::as_bytes(std::span(text)));
  for (std::int64_t first = 0; first < data.size(); first += kRow) {
    std::vector<std::vector<std::byte>> encoded(
        static_cast<std::size_t>(std::min(kRow, data.size() - first)));
    EncodeRow(data, first, side, workers, encoded);
    for (const auto& sample : encoded) file.Write(sample);
    if (on_sample) on_sample(first + static_cast<std::int64_t>(encoded.size()));
  }
  file.Keep();
}

}  // namespace vigil
