#include "estimator/idle/device_state.h"

#include "tests/idle/tree_fixture.h"

namespace vigil {
namespace {

class DeviceState : public testing::TreeFixture {
 protected:
  void Supply(const std::string& name, const std::string& key, const std::string& value) const {
    Write("sys/class/power_supply/" + name + "/" + key, value);
  }
};

TEST_F(DeviceState, WithoutAPowerFolder_IsOnMains) {
  const PowerState power = ReadPower(root());
  EXPECT_TRUE(power.on_mains);
  EXPECT_FALSE(power.battery);
}

TEST_F(DeviceState, AdapterAndBattery_TellWhichFeeds) {
  Supply("AC", "type", "Mains");
  Supply("AC", "online", "0");
  Supply("BAT0", "type", "Battery");
  Supply("BAT0", "status", "Discharging");
  Supply("BAT0", "capacity", "80");
  Supply("BAT1", "type", "Battery");
  Supply("BAT1", "status", "Discharging");
  Supply("BAT1", "capacity", "35");
  EXPECT_FALSE(ReadPower(root()).on_mains);
  EXPECT_DOUBLE_EQ(ReadPower(root()).battery.value(), 0.35);
  Supply("AC", "online", "1");
  EXPECT_TRUE(ReadPower(root()).on_mains);
}

TEST_F(DeviceState, BatteryWithoutAnAdapter_GoesByItsStatus) {
  Supply("bms", "type", "Battery");
  Supply("bms", "status", "Full");
  EXPECT_TRUE(ReadPower(root()).on_mains);
  Supply("bms", "status", "Discharging");
  EXPECT_FALSE(ReadPower(root()).on_mains);
}

TEST_F(DeviceState, BatteryOfAMouse_IsNotTheDevices) {
  Supply("hidpp_battery_0", "type", "Battery");
  Supply("hidpp_battery_0", "scope", "Device");
  Supply("hidpp_battery_0", "status", "Discharging");
  Supply("hidpp_battery_0", "capacity", "5");
  EXPECT_TRUE(ReadPower(root()).on_mains);
  EXPECT_FALSE(ReadPower(root()).battery);
}

TEST_F(DeviceState, HottestZone_PassesOverNonsense) {
  EXPECT_FALSE(HottestZone(root()));
  Write("sys/class/thermal/thermal_zone0/temp", "45500");
  Write("sys/class/thermal/thermal_zone1/temp", "61000");
  Write("sys/class/thermal/thermal_zone2/temp", "-273000");
  Write("sys/class/thermal/thermal_zone3/temp", "");
  Write("sys/class/thermal/cooling_device0/temp", "99000");
  EXPECT_DOUBLE_EQ(HottestZone(root()).value(), 61.0);
}

TEST_F(DeviceState, ReadPressure_TakesSomeOverTenSeconds) {
  Write("proc/pressure/io", "some avg10=12.50 avg60=1.00 avg300=0.10 total=99\nfull avg10=1.0\n");
  EXPECT_DOUBLE_EQ(ReadPressure(root(), "io").value(), 0.125);
  EXPECT_FALSE(ReadPressure(root(), "memory"));
  Write("proc/pressure/cpu", "some avg10=x");
  EXPECT_FALSE(ReadPressure(root(), "cpu"));
}

}  // namespace
}  // namespace vigil
