#include "estimator/idle/gpu_load.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "engine/base/text.h"
#include "estimator/idle/device_state.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

constexpr nanoseconds kShortestInterval = std::chrono::seconds(1);
constexpr const char* kNotOffered = "no process shows GPU engines, and no gpu_busy_percent";

// "1234 ns", indented
std::optional<std::int64_t> NanosIn(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc()) return std::nullopt;
  return value;
}

// One DRM client as a file descriptor shows it.
struct Client {
  std::string id;  // device and client: several descriptors share one
  std::map<std::string, std::int64_t> engines;
};

std::optional<Client> ReadClient(const fs::path& path) {
  std::ifstream file(path);
  Client client;
  std::string device, number;
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with("drm-")) continue;
    const std::string key = line.substr(0, colon), rest = line.substr(colon + 1);
    constexpr std::string_view kEngine = "drm-engine-";
    if (key == "drm-pdev") device = rest;
    if (key == "drm-client-id") number = rest;
    if (!key.starts_with(kEngine) || key.starts_with("drm-engine-capacity-")) continue;
    if (const auto value = NanosIn(rest)) client.engines[key.substr(kEngine.size())] = *value;
  }
  if (client.engines.empty()) return std::nullopt;
  client.id = device + "/" + number;
  return client;
}

bool IsNumber(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

// The share of the busiest engine between two counts.
double BusiestShare(const std::map<std::string, std::int64_t>& before,
                    const std::map<std::string, std::int64_t>& after, nanoseconds elapsed) {
  std::int64_t most = 0;
  for (const auto& [engine, time] : after) {
    const auto found = before.find(engine);
    // A client that ended takes its time with it.
    if (found != before.end()) most = std::max(most, time - found->second);
  }
  return static_cast<double>(most) / static_cast<double>(elapsed.count());
}

}  // namespace

GpuLoad::GpuLoad(std::string root, std::int64_t self) : root_(std::move(root)), self_(self) {}

GpuLoad::Times GpuLoad::ReadTimes() const {
  Times times;
  std::set<std::string> counted;
  std::error_code failure;
  for (fs::directory_iterator process(root_ + "/proc", failure), end; !failure && process != end;
       process.increment(failure)) {
    const std::string name = process->path().filename();
    if (!IsNumber(name)) continue;
    auto& engines = name == std::to_string(self_) ? times.own : times.others;
    std::error_code closed;  // another user's process: not ours to look into
    for (fs::directory_iterator fd(process->path() / "fdinfo", closed); !closed && fd != end;
         fd.increment(closed)) {
      const std::optional<Client> client = ReadClient(fd->path());
      if (!client || !counted.insert(client->id).second) continue;
      for (const auto& [engine, nanos] : client->engines) engines[engine] += nanos;
    }
  }
  return times;
}

std::optional<double> GpuLoad::ReadBusy() const {
  std::optional<double> busiest;
  std::error_code failure;
  for (fs::directory_iterator card(root_ + "/sys/class/drm", failure), end; !failure && card != end;
       card.increment(failure)) {
    if (const auto percent = ReadNumber(card->path() / "device/gpu_busy_percent"))
      busiest = std::max(busiest.value_or(0.0), std::clamp(*percent / 100.0, 0.0, 1.0));
  }
  return busiest;
}

GpuLoad::Reading GpuLoad::Judge(nanoseconds elapsed, const Times& times) const {
  if (!times.others.empty() && !last_times_.others.empty()) {
    const double share = BusiestShare(last_times_.others, times.others, elapsed);
    return {std::clamp(share, 0.0, 1.0), ""};
  }
  if (const std::optional<double> busy = ReadBusy()) {
    const double own = BusiestShare(last_times_.own, times.own, elapsed);
    return {std::clamp(*busy - own, 0.0, 1.0), ""};
  }
  return {{}, kNotOffered};
}

GpuLoad::Reading GpuLoad::Read(nanoseconds now) {
  if (last_look_ && now - *last_look_ < kShortestInterval) return last_;
  Times times = ReadTimes();
  if (last_look_) {
    last_ = Judge(now - *last_look_, times);
  } else {
    const bool offered = !times.others.empty() || ReadBusy();
    last_ = {{}, offered ? "nothing measured yet" : kNotOffered};
  }
  last_times_ = std::move(times);
  last_look_ = now;
  return last_;
}

}  // namespace vigil
