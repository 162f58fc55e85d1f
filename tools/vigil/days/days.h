// vigil demo --days: two months of a device in minutes, with troubles planted that the report must
// name.
#ifndef VIGIL_TOOLS_VIGIL_DAYS_DAYS_H_
#define VIGIL_TOOLS_VIGIL_DAYS_DAYS_H_

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "estimator/evaluation/judged_models.h"
#include "estimator/report/device_report.h"
#include "tools/vigil/days/world.h"

namespace vigil {

struct DaysOptions {
  std::string dataset = "heads";           // heads, cifar10
  std::string root;                        // of cifar10's binary files
  std::string target, estimator, monitor;  // ONNX files; empty: the ones that ship
  std::string tail;  // where T is cut to be run again (ChooseTail); empty: it is not
  std::string backend = "auto";
  int device = -1;
  WorldOptions world;
  std::int64_t pool = 1000;  // different images
  std::string html;          // write the report here; empty: none
  bool json = false;
};

struct DayTruth {
  std::int64_t frames = 0, right = 0;  // of T
};

struct DaysResult {
  std::string data, backend;
  std::vector<PlantedEvent> planted;
  std::vector<DayTruth> truth;  // a day each
  DeviceReport report;
};

// A planted event and what the report says of it.
struct NamedEvent {
  PlantedEvent planted;
  // Of its kind, begun within a day of its first, or within two where it came gradually; null:
  // none.
  const DriftEvent* reported = nullptr;
};
struct Naming {
  std::vector<NamedEvent> events;          // the planted ones
  std::vector<const DriftEvent*> further;  // reported, but not planted
};
// Points into the report.
Naming CompareWithPlanted(const DaysResult& result);

// A day's frames with pixels that somebody chose (PGD, 4/255). Of builds with training alone; the
// others leave the adversarial day out.
std::shared_ptr<const Dataset> AttackDay(const Dataset& crops, const JudgedModels& models,
                                         std::uint64_t seed);

// Throws Error for anything that keeps the job from being done.
DaysResult RunDays(const DaysOptions& options);
void PrintDays(const DaysResult& result);
nlohmann::json DaysToJson(const DaysResult& result);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DAYS_DAYS_H_
