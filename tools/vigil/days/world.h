// A device's life with its troubles planted: what T sees on which day.
#ifndef VIGIL_TOOLS_VIGIL_DAYS_WORLD_H_
#define VIGIL_TOOLS_VIGIL_DAYS_WORLD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "estimator/data/augment/augmented.h"
#include "estimator/data/dataset.h"
#include "estimator/data/random.h"

namespace vigil {

enum class Trouble {
  kDirtyLens,            // a haze that blurs, from one day to the next, until somebody wipes it
  kNewCamera,            // other colours, contrast and noise, for good
  kDarkness,             // days that get darker and brighter again
  kBrokenNormalisation,  // an update that forgets to subtract mean and divide by deviation
  kFailingSubgroup,      // at one site the boxes are off, for good
  kAdversary,            // one day on which somebody chooses the pixels
};
const char* TroubleName(Trouble trouble);

struct PlantedEvent {
  Trouble trouble = Trouble::kDirtyLens;
  int first_day = 0, last_day = 0;  // both with it; days count from 0
};

// Each kind once, one after the other with quiet days between: in the README's order where `order`
// is 0, else in one that is drawn from it, and so are the quiet days. By their first day.
// REQUIRES: days >= kLeastDays.
inline constexpr int kLeastDays = 60;
std::vector<PlantedEvent> PlantEvents(int days, std::uint64_t order = 0);

// A few minutes of one day, in which frames have their light and their tags in common.
struct WorldSession {
  int day = 0;
  std::int64_t start_micros = 0;
  std::map<std::string, std::string> tags;  // "camera", "site"
  double light = 0.0;                       // added to every pixel, in full scales
};

struct WorldOptions {
  int days = kLeastDays;
  int sessions_a_day = 16, frames_a_session = 32;
  std::uint64_t seed = 1;
  std::uint64_t order = 0;  // of the troubles (PlantEvents)
  bool adversary = true;  // false: nobody is there to choose the pixels, and the day is like others
};

// Frames are drawn from `pool` with replacement, three in ten of them with one moderate operation;
// light goes with the hour and from session to session. Deterministic by seed.
class World {
 public:
  // `pool`: scenes as AugmentedDataset takes them.
  World(std::shared_ptr<const Dataset> pool, Task task, int side, WorldOptions options);

  const std::vector<PlantedEvent>& events() const { return events_; }
  const WorldOptions& options() const { return options_; }

  // 0 <= number < options().sessions_a_day.
  WorldSession SessionAt(int day, int number) const;
  // 0 <= frame < options().frames_a_session. Crops of T's input size.
  Sample FrameOf(const WorldSession& session, int number, int frame) const;
  // A whole day's frames, session by session.
  std::shared_ptr<const Dataset> Day(int day) const;
  // What an update has broken behind the camera: `input` is what ToTensor gave.
  void Deliver(const WorldSession& session, const Normalisation& normalisation,
               std::span<float> input) const;

  bool IsOn(Trouble trouble, int day) const;
  // The first day's start; days are UTC's.
  static constexpr std::int64_t kStartMicros = 1'772'323'200'000'000;  // 2026-03-01
  static constexpr std::int64_t kDayMicros = 86'400'000'000;

 private:
  const PlantedEvent& EventOf(Trouble trouble) const;

  WorldOptions options_;
  std::vector<PlantedEvent> events_;
  AugmentedDataset usual_;   // the pool with the troubles of every day
  AugmentedDataset beside_;  // with boxes that are off
  int side_;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DAYS_WORLD_H_
