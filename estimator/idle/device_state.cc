#include "estimator/idle/device_state.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "engine/base/text.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

// The entries of a folder by name; none where it cannot be read.
std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    entries.push_back(it->path());
  }
  std::ranges::sort(entries);
  return entries;
}

}  // namespace

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::optional<double> ReadNumber(const std::string& path) {
  const std::string line = FirstLine(path);
  double value = 0.0;
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (failure != std::errc() || end == line.data()) return std::nullopt;
  return value;
}

PowerState ReadPower(const std::string& root) {
  PowerState state;
  bool has_adapter = false, adapter_online = false, discharging = false;
  for (const fs::path& supply : EntriesOf(root + "/sys/class/power_supply")) {
    const std::string type = FirstLine(supply / "type");
    if (type == "Mains" || type.starts_with("USB") || type == "Wireless") {
      has_adapter = true;
      adapter_online = adapter_online || ReadNumber(supply / "online").value_or(0.0) > 0.0;
    } else if (type == "Battery" && FirstLine(supply / "scope") != "Device") {
      discharging = discharging || FirstLine(supply / "status") == "Discharging";
      if (const auto percent = ReadNumber(supply / "capacity")) {
        const double charge = std::clamp(*percent / 100.0, 0.0, 1.0);
        state.battery = std::min(charge, state.battery.value_or(1.0));
      }
    }
  }
  // An adapter that is off next to a battery that does not discharge is a docking port in use.
  state.on_mains = adapter_online || !(has_adapter ? discharging || !state.battery : discharging);
  return state;
}

std::optional<double> HottestZone(const std::string& root) {
  std::optional<double> hottest;
  for (const fs::path& zone : EntriesOf(root + "/sys/class/thermal")) {
    if (!zone.filename().string().starts_with("thermal_zone")) continue;
    const std::optional<double> millidegrees = ReadNumber(zone / "temp");
    if (!millidegrees) continue;
    const double celsius = *millidegrees / 1000.0;
    if (celsius < -40.0 || celsius > 200.0) continue;
    hottest = std::max(celsius, hottest.value_or(celsius));
  }
  return hottest;
}

std::optional<double> ReadPressure(const std::string& root, std::string_view resource) {
  constexpr std::string_view kKey = "some avg10=";
  const std::string line = FirstLine(Text(root, "/proc/pressure/", resource));
  if (!line.starts_with(kKey)) return std::nullopt;
  double percent = 0.0;
  const auto [end, failure] =
      std::from_chars(line.data() + kKey.size(), line.data() + line.size(), percent);
  if (failure != std::errc()) return std::nullopt;
  return percent / 100.0;
}

}  // namespace vigil
