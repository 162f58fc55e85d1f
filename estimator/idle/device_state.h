// Power, temperature and pressure as Linux shows them in files. Each function reads below `root`
// ("/" on a device), so that tests make a tree; none throws.
#ifndef VIGIL_ESTIMATOR_IDLE_DEVICE_STATE_H_
#define VIGIL_ESTIMATOR_IDLE_DEVICE_STATE_H_

#include <optional>
#include <string>
#include <string_view>

namespace vigil {

struct PowerState {
  bool on_mains = true;
  std::optional<double> battery;  // charge, 0 to 1
};

// sys/class/power_supply (Documentation/ABI/testing/sysfs-class-power). On mains where an adapter
// is online, or where no adapter is listed and no battery discharges; a device without that folder,
// or with peripherals' batteries alone ("scope" Device), is on mains. The emptiest battery counts.
PowerState ReadPower(const std::string& root);

// The hottest of sys/class/thermal/thermal_zone*/temp, in degrees Celsius; zones that read nothing
// or nonsense (outside -40 to 200) are passed over. Absent where there is none.
std::optional<double> HottestZone(const std::string& root);

// "some avg10" of proc/pressure/RESOURCE, 0 to 1 (Documentation/accounting/psi.rst); absent where
// the kernel has none.
std::optional<double> ReadPressure(const std::string& root, std::string_view resource);

// The first line of a file, empty where it cannot be read; the number that it begins with.
std::string FirstLine(const std::string& path);
std::optional<double> ReadNumber(const std::string& path);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_DEVICE_STATE_H_
