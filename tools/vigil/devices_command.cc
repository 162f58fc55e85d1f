#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/session/backends.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"

namespace vigil {
namespace {

void PrintJson(const std::vector<BackendOffer>& offers) {
  nlohmann::json list = nlohmann::json::array();
  for (const BackendOffer& offer : offers) {
    list.push_back({{"backend", offer.backend},
                    {"device_index", offer.device_index},
                    {"device", offer.device},
                    {"available", offer.available},
                    {"is_gpu", offer.is_gpu},
                    {"remark", offer.reason}});
  }
  std::cout << nlohmann::json{{"backends", list}}.dump(2) << "\n";
}

void Print(const std::vector<BackendOffer>& offers) {
  std::cout << "Backends of this machine, the one that `auto` takes first:\n";
  Table table({"backend", "device", "usable", "name", "remark"}, {2, 3, 4});
  for (const BackendOffer& offer : offers) {
    const bool indexed = offer.backend == "vulkan" && offer.available;
    table.Add({offer.backend, indexed ? std::to_string(offer.device_index) : "-",
               offer.available ? "yes" : "no", offer.device.empty() ? "-" : offer.device,
               offer.reason});
  }
  table.Print(std::cout);
}

}  // namespace

void AddDevicesCommand(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("devices", "Backends and devices, best first, and why not the rest");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json] {
    const std::vector<BackendOffer> offers = ListBackends();
    *json ? PrintJson(offers) : Print(offers);
  });
}

}  // namespace vigil
