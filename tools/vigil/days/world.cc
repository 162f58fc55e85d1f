#include "tools/vigil/days/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/base/error.h"
#include "estimator/data/augment/lighting.h"
#include "estimator/data/augment/motion_blur.h"

namespace vigil {
namespace {

constexpr std::int64_t kHourMicros = World::kDayMicros / 24;
constexpr int kFirstHour = 6, kHours = 16;  // the device is in use
constexpr std::array<const char*, 4> kSites = {"gate", "hall", "lab", "yard"};
constexpr const char* kFailingSite = "yard";
constexpr std::array<const char*, 2> kCameras = {"front", "rear"};

// Keys of the random streams.
constexpr std::uint64_t kSessions = 1, kFrames = 2, kOrder = 3;

AugmentOptions Everyday(const Task& task, int side, std::uint64_t seed) {
  AugmentOptions augment{.task = task, .mix = AugmentMix::OneCause(), .side = side, .seed = seed};
  augment.severity = SeverityFor(task, "moderate");
  augment.mix.untouched = 0.7;
  return augment;
}

// Boxes that are off in four frames of five.
AugmentOptions OffTheBox(const Task& task, int side, std::uint64_t seed) {
  AugmentOptions augment = Everyday(task, side, seed);
  augment.severity = SeverityFor(task, "paper");
  augment.mix.untouched = 0.2;
  augment.mix.weight = {};
  augment.mix.weight[static_cast<std::size_t>(Cause::kLocalization)] = 1.0;
  return augment;
}

// How long a trouble lasts, of sixty days, and how many quiet ones follow at least: until the
// device has told that it is over, or has got used to what will stay.
struct Course {
  Trouble trouble = Trouble::kDirtyLens;
  int days = 1, quiet = 3;
  bool stays = false;
};
constexpr std::array<Course, 6> kCourses = {{{Trouble::kDirtyLens, 4, 3, false},
                                             {Trouble::kNewCamera, 1, 7, true},
                                             {Trouble::kDarkness, 10, 3, false},
                                             {Trouble::kBrokenNormalisation, 1, 3, false},
                                             {Trouble::kFailingSubgroup, 1, 7, true},
                                             {Trouble::kAdversary, 1, 3, false}}};
constexpr int kBaselineDays = 9;

std::vector<PlantedEvent> DrawEvents(int days, std::uint64_t order) {
  Random random({order, kOrder});
  std::array<Course, kCourses.size()> courses = kCourses;
  int spare = kLeastDays - kBaselineDays;
  for (std::size_t i = courses.size(); i-- > 0;) {
    std::swap(courses[i], courses[static_cast<std::size_t>(random.Below(static_cast<int>(i) + 1))]);
    spare -= courses[i].days + courses[i].quiet;
  }
  // Each spare day goes before one of the troubles, or after the last.
  std::array<int, kCourses.size() + 1> more{};
  for (; spare > 0; --spare)
    ++more[static_cast<std::size_t>(random.Below(static_cast<int>(more.size())))];
  std::vector<PlantedEvent> events;
  int day = kBaselineDays;
  for (std::size_t i = 0; i < courses.size(); ++i) {
    const Course& course = courses[i];
    const auto at = [&](int of_sixty) { return of_sixty * days / kLeastDays; };
    day += more[i];
    const int last = course.stays ? days - 1 : at(day + course.days - 1);
    events.push_back({course.trouble, at(day), last});
    day += course.days + course.quiet;
  }
  return events;
}

// A disc whose edge is soft: what is out of focus.
BlurKernel Disc(double radius) {
  BlurKernel kernel;
  const int reach = static_cast<int>(std::ceil(radius));
  float sum = 0.0f;
  for (int dy = -reach; dy <= reach; ++dy) {
    for (int dx = -reach; dx <= reach; ++dx) {
      const double inside = std::clamp(radius + 0.5 - std::hypot(dx, dy), 0.0, 1.0);
      if (inside <= 0.0) continue;
      kernel.taps.push_back({dx, dy, static_cast<float>(inside)});
      sum += kernel.taps.back().weight;
    }
  }
  for (BlurKernel::Tap& tap : kernel.taps) tap.weight /= sum;
  return kernel;
}

void SoilLens(Image& image) {
  image = Convolve(image, Disc(0.045 * image.width));
  AdjustLighting(image, 0.06, 0.8);
}

void ChangeCamera(Image& image, Random& random) {
  constexpr std::array<double, 3> kGains = {1.18, 1.0, 0.78};
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    const double value = image.rgb[i] * kGains[i % 3] + 4.0 * random.Normal();
    image.rgb[i] = static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
  }
}

// The world outlives it.
class DayFrames final : public Dataset {
 public:
  DayFrames(const World& world, int day) : world_(world), day_(day) {}
  std::string name() const override { return "a day"; }
  std::int64_t size() const override {
    return std::int64_t{world_.options().sessions_a_day} * world_.options().frames_a_session;
  }
  Sample Get(std::int64_t index) const override {
    const int frames = world_.options().frames_a_session;
    const int number = static_cast<int>(index) / frames;
    return world_.FrameOf(world_.SessionAt(day_, number), number, static_cast<int>(index) % frames);
  }

 private:
  const World& world_;
  int day_;
};

}  // namespace

const char* TroubleName(Trouble trouble) {
  switch (trouble) {
    case Trouble::kDirtyLens:
      return "dirty lens";
    case Trouble::kNewCamera:
      return "new camera";
    case Trouble::kDarkness:
      return "season of darkness";
    case Trouble::kBrokenNormalisation:
      return "broken normalisation";
    case Trouble::kFailingSubgroup:
      return "a subgroup that fails";
    case Trouble::kAdversary:
      return "adversarial day";
  }
  return "";
}

std::vector<PlantedEvent> PlantEvents(int days, std::uint64_t order) {
  VIGIL_CHECK(days >= kLeastDays);
  const auto at = [&](int day) { return day * days / kLeastDays; };
  if (order == 0) {
    return {{Trouble::kDirtyLens, at(9), at(12)},
            {Trouble::kBrokenNormalisation, at(16), at(16)},
            {Trouble::kNewCamera, at(20), days - 1},
            {Trouble::kDarkness, at(30), at(39)},
            {Trouble::kFailingSubgroup, at(42), days - 1},
            {Trouble::kAdversary, at(56), at(56)}};
  }
  return DrawEvents(days, order);
}

World::World(std::shared_ptr<const Dataset> pool, Task task, int side, WorldOptions options)
    : options_(options),
      events_(PlantEvents(options.days, options.order)),
      usual_(pool, Everyday(task, side, options.seed)),
      beside_(std::move(pool), OffTheBox(task, side, options.seed)),
      side_(side) {
  if (!options_.adversary)
    std::erase_if(events_, [](const PlantedEvent& e) { return e.trouble == Trouble::kAdversary; });
}

const PlantedEvent& World::EventOf(Trouble trouble) const {
  return *std::ranges::find(events_, trouble, &PlantedEvent::trouble);
}

bool World::IsOn(Trouble trouble, int day) const {
  return std::ranges::any_of(events_, [&](const PlantedEvent& event) {
    return event.trouble == trouble && event.first_day <= day && day <= event.last_day;
  });
}

WorldSession World::SessionAt(int day, int number) const {
  Random random({options_.seed, kSessions, static_cast<std::uint64_t>(day),
                 static_cast<std::uint64_t>(number)});
  WorldSession session{.day = day};
  const double hour = kFirstHour + kHours * (number + random.Uniform()) / options_.sessions_a_day;
  session.start_micros =
      kStartMicros + day * kDayMicros + static_cast<std::int64_t>(hour * kHourMicros);
  session.tags["site"] = kSites[static_cast<std::size_t>(random.Below(kSites.size()))];
  session.tags["camera"] = kCameras[static_cast<std::size_t>(random.Below(kCameras.size()))];
  // Noon is bright, morning and evening are dim; and no two rooms are alike.
  const double noon = std::cos((hour - 14.0) / kHours * 2.0 * std::numbers::pi);
  session.light = 0.03 * noon + 0.03 * random.Normal();
  if (IsOn(Trouble::kDarkness, day)) {
    const PlantedEvent& season = EventOf(Trouble::kDarkness);
    const double half = 0.5 * (season.last_day - season.first_day + 2);
    const double depth = 1.0 - std::abs(day - season.first_day + 1 - half) / half;
    session.light -= 0.42 * depth;
  }
  return session;
}

Sample World::FrameOf(const WorldSession& session, int number, int frame) const {
  Random random({options_.seed, kFrames, static_cast<std::uint64_t>(session.day),
                 static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(frame)});
  const bool off =
      IsOn(Trouble::kFailingSubgroup, session.day) && session.tags.at("site") == kFailingSite;
  const AugmentedDataset& source = off ? beside_ : usual_;
  const auto index =
      static_cast<std::int64_t>(random.Uniform() * static_cast<double>(source.size()));
  const auto draw = static_cast<std::uint64_t>(
      (session.day * options_.sessions_a_day + number) * options_.frames_a_session + frame);
  Sample sample = source.WithEpoch(draw)->Get(index);
  AdjustLighting(sample.image, session.light, 1.0);
  if (IsOn(Trouble::kDirtyLens, session.day)) {
    SoilLens(sample.image);
    sample.applied.Add(Cause::kBlur);
  }
  if (IsOn(Trouble::kNewCamera, session.day)) ChangeCamera(sample.image, random);
  if (IsOn(Trouble::kDarkness, session.day)) sample.applied.Add(Cause::kLighting);
  return sample;
}

std::shared_ptr<const Dataset> World::Day(int day) const {
  return std::make_shared<DayFrames>(*this, day);
}

void World::Deliver(const WorldSession& session, const Normalisation& normalisation,
                    std::span<float> input) const {
  if (!IsOn(Trouble::kBrokenNormalisation, session.day)) return;
  const std::size_t plane = input.size() / 3;
  for (std::size_t i = 0; i < input.size(); ++i)
    input[i] = input[i] * normalisation.stddev[i / plane] + normalisation.mean[i / plane];
}

}  // namespace vigil
