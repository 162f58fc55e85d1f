// What the record store sustains, beside a plain copy of the same bytes into a file, which no store
// can beat: records of the shipped models on rendered heads, as `vigil demo` keeps them.
//   store_bench [--json] [RECORDS] [FOLDER]
// Each way is timed five times, in turns; the figures are medians. Durable: until all is in the
// file and synchronised.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bench/figures.h"
#include "bench/tapped_targets.h"
#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/model_input.h"
#include "estimator/service/target_runtime.h"
#include "estimator/store/payload.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::bench {
namespace {

constexpr int kRounds = 5;
constexpr std::size_t kImages = 64;

StoreOptions Options(std::shared_ptr<const PayloadCodec> codec) {
  StoreOptions options;
  options.max_bytes = std::int64_t{16} << 30;
  options.max_records = options.max_verdicts = 1 << 30;
  options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
  options.codec = std::move(codec);
  return options;
}

// T's taps of rendered heads, int8 a channel.
std::vector<Record> RealRecords(const std::string& task, const std::filesystem::path& folder) {
  const Graph target = TappedTargetOf(task);
  const auto store =
      std::make_shared<Store>((folder / (task + ".db")).string(), Options(PlainCodec()));
  TargetRuntimeOptions options;
  options.tap_encodings = {Encoding::kInt8};
  options.keeper.slots = 64;
  TargetRuntime runtime(target, MakeCpuBackend(), store, options);
  const Shape& shape = target.value(target.inputs()[0]).desc.shape;
  Tensor input(TensorDesc{DType::kFloat32, shape});
  std::vector<float> output(static_cast<std::size_t>(runtime.target().output().elements()));
  const RenderedHeads heads({.seed = 11, .count = static_cast<std::int64_t>(kImages)});
  for (std::size_t i = 0; i < kImages; ++i) {
    const Sample sample = heads.Get(static_cast<std::int64_t>(i));
    ToTensor(CropAndResize(sample.image, sample.box, static_cast<int>(shape[2])),
             NormalisationOf(target), 0, input);
    runtime.Infer(input.view(), output, {{"camera", "front"}});
  }
  runtime.Flush();
  return store->ReadUnjudged(static_cast<int>(kImages));
}

double Seconds(Clock::time_point begin) { return MicrosecondsSince(begin) / 1e6; }

struct Times {
  std::vector<double> append, judge;  // seconds
  double stored_bytes = 0.0;          // of payloads, a record
  double written_bytes = 0.0;         // into the file and its journal, a record
};

// The limit: the bodies, one after the other, and one fsync.
void CopyOnce(const std::vector<Record>& records, std::int64_t count,
              const std::filesystem::path& file, Times& times) {
  std::vector<std::vector<std::byte>> bodies;
  for (const Record& record : records) bodies.push_back(SerializeBody(record));
  const auto begin = Clock::now();
  const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  double bytes = 0.0;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto& body = bodies[static_cast<std::size_t>(i) % bodies.size()];
    if (write(out, body.data(), body.size()) != std::ssize(body))
      throw std::runtime_error("cannot write " + file.string());
    bytes += static_cast<double>(body.size());
  }
  if (fsync(out) != 0) throw std::runtime_error("cannot synchronise " + file.string());
  close(out);
  times.append.push_back(Seconds(begin));
  times.stored_bytes = times.written_bytes = bytes / static_cast<double>(count);
}

void StoreOnce(const std::vector<Record>& records, std::int64_t count, std::size_t at_once,
               const std::shared_ptr<const PayloadCodec>& codec, const std::filesystem::path& file,
               Times& times) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
  auto begin = Clock::now();
  {
    Store store(file.string(), Options(codec));
    std::vector<Record> batch;
    for (std::int64_t i = 0; i < count; ++i) {
      batch.push_back(records[static_cast<std::size_t>(i) % records.size()]);
      batch.back().epoch = 1 + i / 1024;
      batch.back().place = i % 1024;
      if (batch.size() < at_once && i + 1 < count) continue;
      store.Append(batch);
      batch.clear();
    }
  }  // closing copies the journal into the file
  times.append.push_back(Seconds(begin));
  begin = Clock::now();
  Store store(file.string(), Options(codec));
  const StoreStats stats = store.Stats();
  times.stored_bytes = stats.bytes_per_record;
  times.written_bytes = static_cast<double>(stats.written_today) / static_cast<double>(count);
  while (true) {
    std::vector<Verdict> verdicts;
    for (const Record& record : store.ReadUnjudged(64)) {
      verdicts.emplace_back().record_id = record.id;
    }
    if (verdicts.empty()) break;
    store.Judge(verdicts);
  }
  times.judge.push_back(Seconds(begin));
}

struct Row {
  std::string way;
  std::size_t at_once = 0;  // 0: the copy
  std::shared_ptr<const PayloadCodec> codec;
  Times times;
};

nlohmann::json ToJson(const Row& row, double count, double limit_seconds, double body_bytes) {
  const double seconds = Median(row.times.append);
  nlohmann::json figures = {{"way", row.way},
                            {"records_per_second", count / seconds},
                            {"times_the_copy", seconds / limit_seconds},
                            {"bytes_before_zstd", body_bytes},
                            {"bytes_stored", row.times.stored_bytes},
                            {"bytes_written", row.times.written_bytes}};
  if (!row.times.judge.empty()) figures["judged_per_second"] = count / Median(row.times.judge);
  return figures;
}

void Print(const std::string& task, const nlohmann::json& figures) {
  std::cout << std::left << std::setw(30) << task << std::right << std::setw(11) << "records/s"
            << std::setw(12) << "x the copy" << std::setw(13) << "before zstd" << std::setw(9)
            << "stored" << std::setw(10) << "written" << std::setw(12) << "judged/s"
            << "\n"
            << std::fixed;
  for (const auto& row : figures) {
    const auto number = [&](const char* name, int width, int decimals) {
      std::cout << std::setw(width);
      if (row.contains(name)) {
        std::cout << std::setprecision(decimals) << row[name].get<double>();
      } else {
        std::cout << "-";
      }
    };
    std::cout << std::left << std::setw(30) << row["way"].get<std::string>() << std::right;
    number("records_per_second", 11, 0);
    number("times_the_copy", 12, 2);
    number("bytes_before_zstd", 13, 0);
    number("bytes_stored", 9, 0);
    number("bytes_written", 10, 0);
    number("judged_per_second", 12, 0);
    std::cout << "\n";
  }
}

nlohmann::json Measure(const std::string& task, std::int64_t count,
                       const std::filesystem::path& folder) {
  const std::vector<Record> records = RealRecords(task, folder);
  const SecretKey key = SecretKey::Generate();
  std::vector<Row> rows = {{"copy of the bytes, one fsync", 0, nullptr, {}},
                           {"store, plain, 32 at once", 32, PlainCodec(), {}},
                           {"store, sealed, 32 at once", 32, OpeningCodec({key}), {}},
                           {"store, sealed, one by one", 1, OpeningCodec({key}), {}}};
  for (int round = 0; round < kRounds; ++round) {
    for (Row& row : rows) {
      if (row.at_once == 0) {
        CopyOnce(records, count, folder / "copy", row.times);
      } else {
        StoreOnce(records, count, row.at_once, row.codec, folder / "records.db", row.times);
      }
    }
  }
  nlohmann::json figures = nlohmann::json::array();
  for (const Row& row : rows)
    figures.push_back(ToJson(row, static_cast<double>(count), Median(rows[0].times.append),
                             rows[0].times.stored_bytes));
  return figures;
}

int Main(bool json, std::int64_t count, const std::filesystem::path& below) {
  std::string name = (below / "vigil-bench-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder below " + name);
  nlohmann::json all = {{"records", count}, {"rounds", kRounds}};
  for (const std::string task : {"cifar10", "directness"}) all[task] = Measure(task, count, name);
  std::filesystem::remove_all(name);
  if (json) {
    std::cout << all.dump(2) << "\n";
    return 0;
  }
  std::cout << count << " records, medians of " << kRounds << " rounds; bytes are of one record\n";
  for (const std::string task : {"cifar10", "directness"}) Print(task, all[task]);
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const bool json = std::erase(words, "--json") > 0;
  const std::int64_t count = words.empty() ? 2000 : std::atoll(words[0].c_str());
  if (count < 64 || words.size() > 2) {
    std::cerr << "usage: store_bench [--json] [RECORDS, at least 64] [FOLDER]\n";
    return 2;
  }
  try {
    return vigil::bench::Main(
        json, count, words.size() > 1 ? words[1] : std::filesystem::temp_directory_path().string());
  } catch (const std::exception& error) {
    std::cerr << "store_bench: " << error.what() << "\n";
    return 1;
  }
}
