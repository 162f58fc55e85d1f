// T's accuracy drifts over the day, traffic is uneven, idle windows come when they come: whether
// the weighted sample (DESIGN.md contract 8) still tells the day's accuracy. The sampler is the
// real one; what the store does with its decisions is done here in memory, for days by the hundred.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::FakeClock;

constexpr int kDaySeconds = 86400;

// T's true accuracy: 0.95 at midnight, 0.6 in the afternoon, 0.9 at the next midnight.
double Accuracy(int second) {
  const double hour = second / 3600.0;
  return hour < 14.0 ? 0.95 - 0.35 * hour / 14.0 : 0.6 + 0.3 * (hour - 14.0) / 10.0;
}

// Inferences a second: busy mornings, a quiet noon, busy evenings, hardly anything at night.
double Traffic(int second) {
  const int hour = second / 3600;
  if (hour < 6 || hour >= 23) return 0.02;
  if (hour < 12) return 1.0;
  if (hour < 14) return 0.1;
  return hour < 18 ? 0.4 : 1.5;
}

struct Kept {
  double accuracy = 0.0;
  std::int64_t order = 0;  // when it was kept
};

// One way of keeping and judging a day's inferences.
class Scheme {
 public:
  virtual ~Scheme() = default;
  virtual void Infer(double accuracy) = 0;
  virtual void Judge(int records) = 0;  // in an idle window
  virtual double Estimate() = 0;        // of the day, which ends
};

// An epoch's reservoir each; what waits is judged from the oldest epoch on, in random order.
class Epochs final : public Scheme {
 public:
  Epochs(FakeClock& clock, SamplerOptions options, WriteRoom room, std::mt19937_64& random)
      : options_(options), sampler_(options, clock), random_(random) {
    sampler_.SetRoom(room);
  }
  void Infer(double accuracy) override {
    const bool slot_is_free = random_() % 50 != 0;
    const SamplingDecision decision = sampler_.Next(slot_is_free);
    Epoch& epoch = epochs_[decision.epoch];
    ++epoch.seen;
    if (!decision.keep) return;
    epoch.waiting.resize(static_cast<std::size_t>(options_.capacity));
    epoch.waiting[static_cast<std::size_t>(decision.place)] = {accuracy, 1};
  }
  void Judge(int records) override {
    sampler_.Close();
    for (auto& [start, epoch] : epochs_) {
      std::erase_if(epoch.waiting, [](const Kept& record) { return record.order == 0; });
      std::shuffle(epoch.waiting.begin(), epoch.waiting.end(), random_);
      for (; records > 0 && !epoch.waiting.empty(); --records) {
        epoch.sum += epoch.waiting.back().accuracy;
        ++epoch.judged;
        epoch.waiting.pop_back();
      }
    }
  }
  double Estimate() override {
    double sum = 0.0, weight = 0.0;
    for (const auto& [start, epoch] : epochs_) {
      if (epoch.judged == 0) continue;
      sum += epoch.seen * epoch.sum / epoch.judged;
      weight += epoch.seen;
    }
    epochs_.clear();
    return sum / weight;
  }

 private:
  struct Epoch {
    std::vector<Kept> waiting;  // by place; order 0: an empty one
    double seen = 0.0, judged = 0.0, sum = 0.0;
  };
  SamplerOptions options_;
  EpochSampler sampler_;
  std::mt19937_64& random_;
  std::map<std::int64_t, Epoch> epochs_;
};

// What one would build at first: one reservoir for the day, judged from its oldest record on, whose
// freed places take what comes next.
class RefilledReservoir final : public Scheme {
 public:
  RefilledReservoir(std::size_t capacity, std::mt19937_64& random)
      : capacity_(capacity), random_(random) {}
  void Infer(double accuracy) override {
    const Kept record{accuracy, ++seen_};
    if (places_.size() < capacity_) {
      places_.push_back(record);
    } else if (const std::size_t place = random_() % static_cast<std::uint64_t>(seen_);
               place < capacity_) {
      places_[place] = record;
    }
  }
  void Judge(int records) override {
    std::ranges::sort(places_, std::greater{}, &Kept::order);
    for (; records > 0 && !places_.empty(); --records) {
      sum_ += places_.back().accuracy;
      ++judged_;
      places_.pop_back();
    }
  }
  double Estimate() override {
    const double estimate = sum_ / judged_;
    sum_ = judged_ = 0.0;
    seen_ = 0;
    places_.clear();
    return estimate;
  }

 private:
  std::size_t capacity_;
  std::mt19937_64& random_;
  std::vector<Kept> places_;
  std::int64_t seen_ = 0;
  double sum_ = 0.0, judged_ = 0.0;
};

// Mean over many days of what the scheme says less what was so, and its standard error; in points.
struct Bias {
  double points = 0.0, error = 0.0;
};

Bias Simulate(Scheme& scheme, FakeClock& clock, std::mt19937_64& random) {
  constexpr int kDays = 120;
  std::uniform_real_distribution<double> uniform;
  std::vector<double> differences;
  for (int day = 0; day < kDays; ++day) {
    std::vector<int> idle;
    for (int i = 0; i < 10; ++i) idle.push_back(static_cast<int>(random() % kDaySeconds));
    std::ranges::sort(idle, std::greater{});
    double sum = 0.0, inferences = 0.0;
    for (int second = 0; second < kDaySeconds; ++second) {
      clock.monotonic += std::chrono::seconds(1);
      clock.wall_micros += 1'000'000;
      if (!idle.empty() && idle.back() == second) {
        // Most windows end before all is judged.
        scheme.Judge(static_cast<int>(50 + random() % 300));
        idle.pop_back();
      }
      for (double expected = Traffic(second); expected > 0.0; expected -= 1.0) {
        if (uniform(random) >= expected) continue;
        scheme.Infer(Accuracy(second));
        sum += Accuracy(second);
        inferences += 1.0;
      }
    }
    scheme.Judge(1 << 30);  // the night's long window
    differences.push_back(100.0 * (scheme.Estimate() - sum / inferences));
  }
  const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / kDays;
  double squares = 0.0;
  for (const double difference : differences) squares += (difference - mean) * (difference - mean);
  return {mean, std::sqrt(squares / (kDays - 1.0) / kDays)};
}

class DriftTest : public ::testing::Test {
 protected:
  Bias OfEpochs(SamplerOptions options, WriteRoom room) {
    Epochs scheme(clock_, options, room, random_);
    const Bias bias = Simulate(scheme, clock_, random_);
    RecordProperty("points", std::to_string(bias.points));
    RecordProperty("standard_error", std::to_string(bias.error));
    EXPECT_LT(bias.error, 0.03) << "too few days to tell";
    return bias;
  }

  FakeClock clock_;
  std::mt19937_64 random_{12};
};

TEST_F(DriftTest, EpochsWeighedBySeen_AreWithinATenthOfAPoint) {
  EXPECT_LT(std::abs(OfEpochs({.capacity = 100, .seed = 1}, {}).points), 0.1);
}

TEST_F(DriftTest, EpochsThinnedForABoundOfWear_AreWithinATenthOfAPoint) {
  EXPECT_LT(std::abs(OfEpochs({.capacity = 100, .seed = 2}, {.this_hour = 60}).points), 0.1);
}

TEST_F(DriftTest, RefilledReservoirDrainedOldestFirst_IsOffByHalfAPoint) {
  RefilledReservoir scheme(1000, random_);
  const Bias bias = Simulate(scheme, clock_, random_);
  RecordProperty("points", std::to_string(bias.points));
  EXPECT_GT(std::abs(bias.points), 0.5) << "standard error " << bias.error;
}

}  // namespace
}  // namespace vigil
