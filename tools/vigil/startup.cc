#include "tools/vigil/startup.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/verify/layers.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

struct Start {
  std::string backend;
  StartTimes times;
};

class Stopwatch {
 public:
  // Milliseconds since the last call.
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double, std::milli> spent = now - std::exchange(last_, now);
    return spent.count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Start StartOnce(const StartupOptions& options, const fs::path& pipeline_cache) {
  Start start;
  Stopwatch watch;
  const Graph graph = options.model.Load().WithBatch(options.batch);
  start.times.load = watch.Lap();
  const std::shared_ptr<Backend> backend = options.backend.Open(pipeline_cache);
  start.times.open = watch.Lap();
  const auto executable =
      backend->Compile(graph, {.batch = options.batch, .threads = options.threads});
  start.times.compile = watch.Lap();
  const std::vector<Tensor> inputs = RandomInputs(graph, 1);
  std::vector<Tensor> outputs;
  for (const TensorDesc& desc : graph.Descs(graph.outputs())) outputs.emplace_back(desc);
  std::vector<ConstTensorView> input_views;
  std::vector<TensorView> output_views;
  for (const Tensor& input : inputs) input_views.push_back(input.view());
  for (Tensor& output : outputs) output_views.push_back(output.view());
  watch.Lap();  // making up inputs is no part of a start
  executable->Run(input_views, output_views);
  start.times.first_run = watch.Lap();
  executable->Run(input_views, output_views);
  start.times.second_run = watch.Lap();
  start.backend = Describe(*backend);
  return start;
}

// One line for the parent: the figures, or the error.
std::string Report(const StartupOptions& options, const fs::path& pipeline_cache) {
  nlohmann::json report;
  try {
    const Start start = StartOnce(options, pipeline_cache);
    const StartTimes& t = start.times;
    report["backend"] = start.backend;
    report["times"] = {t.load, t.open, t.compile, t.first_run, t.second_run};
  } catch (const Error& error) {
    report = {{"fault", static_cast<int>(error.fault())},
              {"code", static_cast<int>(error.code())},
              {"message", error.what()}};
  } catch (const std::exception& error) {
    report = {{"fault", static_cast<int>(Fault::kGpu)},
              {"code", static_cast<int>(ErrorCode::kUnavailable)},
              {"message", error.what()}};
  }
  return report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// What `work` returns in a process of its own; empty where that process dies.
std::string InProcessOfItsOwn(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) {
    throw Error(Fault::kApi, ErrorCode::kIo, Text("cannot make a pipe: error ", errno));
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);
    ::setenv("__GL_SHADER_DISK_CACHE", "0", 1);
    const std::string text = work();
    const bool written =
        ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(written ? 0 : 1);  // no destructors: they are the parent's
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(ends[0], buffer, sizeof(buffer))) != 0;) {
    if (count < 0 && errno != EINTR) break;
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  if (child < 0) throw Error(Fault::kApi, ErrorCode::kIo, "cannot start a process");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return text;
}

Start StartInProcess(const StartupOptions& options, const fs::path& pipeline_cache) {
  const std::string text = InProcessOfItsOwn([&] { return Report(options, pipeline_cache); });
  const nlohmann::json report = nlohmann::json::parse(text, nullptr, false);
  if (report.is_discarded()) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable,
                "the process that started the model died without an answer");
  }
  if (report.contains("message")) {
    throw Error(static_cast<Fault>(report["fault"].get<int>()),
                static_cast<ErrorCode>(report["code"].get<int>()), report["message"]);
  }
  const auto t = report["times"].get<std::vector<double>>();
  return {report["backend"], {t.at(0), t.at(1), t.at(2), t.at(3), t.at(4)}};
}

StartTimes Medians(const std::vector<Start>& starts) {
  const auto median = [&](double StartTimes::*step) {
    std::vector<double> values;
    for (const Start& start : starts) values.push_back(start.times.*step);
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  };
  return {median(&StartTimes::load), median(&StartTimes::open), median(&StartTimes::compile),
          median(&StartTimes::first_run), median(&StartTimes::second_run)};
}

// A folder that goes with the measurement.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "vigil-startup-XXXXXX").string();
    if (!::mkdtemp(name.data())) {
      throw Error(Fault::kApi, ErrorCode::kIo, Text(name, ": cannot be made: error ", errno));
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& entry : fs::directory_iterator(path_)) sum += entry.file_size();
    return sum;
  }

 private:
  fs::path path_;
};

}  // namespace

StartupFigures MeasureStartup(const StartupOptions& options) {
  const TemporaryFolder cache;
  StartInProcess(options, cache.path());  // fills the cache, and the system's file cache
  std::vector<Start> cold, warm;
  for (int i = 0; i < options.repeats; ++i) {
    cold.push_back(StartInProcess(options, {}));
    warm.push_back(StartInProcess(options, cache.path()));
  }
  return {cold.front().backend, options.repeats, Medians(cold), Medians(warm), cache.bytes()};
}

}  // namespace vigil
