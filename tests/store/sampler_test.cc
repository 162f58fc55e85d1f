#include "estimator/store/sampler.h"

#include <array>
#include <cmath>
#include <deque>
#include <random>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::FakeClock;

TEST(EpochSampler, Next_BelowCapacity_KeepsEverythingInPlacesOfItsOwn) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 3}, clock);
  for (std::int64_t i = 0; i < 3; ++i) {
    const SamplingDecision decision = sampler.Next();
    EXPECT_TRUE(decision.keep);
    EXPECT_FALSE(decision.replaces);
    EXPECT_EQ(decision.place, i);
    EXPECT_EQ(decision.epoch, clock.wall_micros);
  }
}

TEST(EpochSampler, Next_AboveCapacity_KeepsOnlyByReplacing) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 4, .seed = 3}, clock);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    const SamplingDecision decision = sampler.Next();
    EXPECT_EQ(decision.keep && i >= 4, decision.replaces);
    EXPECT_TRUE(!decision.keep || (decision.place >= 0 && decision.place < 4));
    kept += decision.keep;
  }
  EXPECT_LT(kept, 60);  // 4 * (1 + ln(1000 / 4)) = 26 on average
  EXPECT_GT(kept, 8);
  EXPECT_EQ(sampler.Progress()->seen, 1000);
}

TEST(EpochSampler, Next_WithOneSeed_DecidesTheSameAgain) {
  FakeClock clock;
  EpochSampler a({.capacity = 2, .seed = 5}, clock), b({.capacity = 2, .seed = 5}, clock);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(a.Next().place, b.Next().place);
}

// Every inference that could be kept ends in the sample equally often, also around a stretch in
// which no slot was free: k / offered, within five standard deviations.
TEST(EpochSampler, Next_OverManyEpochs_SamplesEveryInferenceAlike) {
  constexpr int kInferences = 40, kBusyFrom = 15, kBusyTo = 25, kEpochs = 20000;
  constexpr double kCapacity = 5, kOffered = 30;
  FakeClock clock;
  EpochSampler sampler({.capacity = 5, .seed = 11}, clock);
  std::vector<int> sampled(kInferences);
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    std::vector<int> places(5, -1);
    for (int i = 0; i < kInferences; ++i) {
      const SamplingDecision decision = sampler.Next(i < kBusyFrom || i >= kBusyTo);
      if (decision.keep) places[static_cast<std::size_t>(decision.place)] = i;
    }
    for (const int i : places) ++sampled[static_cast<std::size_t>(i)];
    sampler.Close();
  }
  const double p = kCapacity / kOffered;
  const double deviation = std::sqrt(kEpochs * p * (1 - p));
  for (int i = 0; i < kInferences; ++i) {
    const double expected = i < kBusyFrom || i >= kBusyTo ? kEpochs * p : 0.0;
    EXPECT_NEAR(sampled[static_cast<std::size_t>(i)], expected, 5 * deviation) << i;
  }
  EXPECT_EQ(sampled[kBusyFrom], 0);
}

TEST(EpochSampler, Next_AfterAnHour_OpensAnotherEpoch) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 10}, clock);
  const std::int64_t first = sampler.Next().epoch;
  clock.monotonic += minutes(59);
  EXPECT_EQ(sampler.Next().epoch, first);
  clock.monotonic += minutes(1);
  clock.wall_micros += 3'600'000'000;
  EXPECT_EQ(sampler.Next().epoch, first + 3'600'000'000);
  const auto closed = sampler.TakeClosed();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].epoch, first);
  EXPECT_EQ(closed[0].seen, 2);
  EXPECT_TRUE(sampler.TakeClosed().empty());
}

TEST(EpochSampler, Next_WhereTheWallClockWentBack_StillGivesALargerEpoch) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 10}, clock);
  const std::int64_t first = sampler.Next().epoch;
  sampler.Close();
  clock.wall_micros -= 5'000'000;
  EXPECT_EQ(sampler.Next().epoch, first + 1);
}

TEST(EpochSampler, Drop_OfARecordWhoseEpochHasEnded_CountsThere) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 10}, clock);
  const SamplingDecision decision = sampler.Next();
  sampler.Close();
  sampler.Next(false);
  sampler.Drop(decision);
  EXPECT_EQ(sampler.TakeClosed()[0].dropped, 1);
  EXPECT_EQ(sampler.Progress()->dropped, 1);  // the one that could not be kept
}

// A store's bounds of wear, seen from a sampler: records of the last hour and day, in slices of
// five minutes.
class Bounds {
 public:
  Bounds(std::int64_t per_hour, std::int64_t per_day) : per_hour_(per_hour), per_day_(per_day) {}

  void Write(std::chrono::nanoseconds now) {
    const std::int64_t slice = now / minutes(5);
    if (slices_.empty() || slices_.back().first != slice) slices_.emplace_back(slice, 0);
    while (slices_.front().first < slice - 288) slices_.pop_front();
    ++slices_.back().second;
  }
  WriteRoom Room(std::chrono::nanoseconds now) const {
    const std::int64_t slice = now / minutes(5);
    std::int64_t hour = 0, day = 0;
    for (const auto& [at, records] : slices_) {
      if (at >= slice - 12) hour += records;
      day += records;
    }
    return {std::max<std::int64_t>(per_hour_ - hour, 0), std::max<std::int64_t>(per_day_ - day, 0)};
  }

 private:
  std::int64_t per_hour_, per_day_;
  std::deque<std::pair<std::int64_t, std::int64_t>> slices_;
};

// Ten inferences a second for two days under bounds that allow one in hundreds; idle windows close
// epochs at any moment. Neither the later part of an epoch, nor of an hour, nor of the day is cut
// off.
TEST(EpochSampler, Next_UnderBoundsOfWear_StaysWithinThem_AndSamplesAllTimesAlike) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 1024, .seed = 4}, clock);
  Bounds bounds(400, 6000);
  std::mt19937 random(9);
  std::array<double, 12> of_hour{}, of_epoch{};  // weight of the sample by when it was drawn
  std::array<double, 24> of_day{};
  std::vector<std::int64_t> sample;  // by place: when, in tenths of a second; -1: none
  std::int64_t begun = 0, seen = 0, refused = 0, written = 0, represented = 0;
  constexpr std::int64_t kDay = 864000;
  const auto finish = [&](std::int64_t now) {
    std::erase(sample, -1);
    if (begun >= kDay && !sample.empty()) {  // after a first day
      const double weight = static_cast<double>(seen) / static_cast<double>(sample.size());
      for (const std::int64_t at : sample) {
        of_hour[static_cast<std::size_t>(at / 3000 % 12)] += weight;
        of_day[static_cast<std::size_t>(at / 36000 % 24)] += weight;
        of_epoch[static_cast<std::size_t>((at - begun) * 12 / (now - begun))] += weight;
      }
      represented += seen;
    }
    sample.assign(1024, -1);
    begun = now;
    seen = 0;
  };
  std::int64_t epoch = 0, next_drain = 0;
  for (std::int64_t now = 0; now < 4 * kDay; ++now) {
    clock.monotonic = std::chrono::milliseconds(100 * now);
    clock.wall_micros = 1'700'000'000'000'000 + 100'000 * now;
    if (now == next_drain) {
      sampler.Close();
      next_drain = now + std::uniform_int_distribution<std::int64_t>(300, 60000)(random);
    }
    sampler.SetRoom(bounds.Room(clock.monotonic));
    const SamplingDecision decision = sampler.Next();
    if (decision.epoch != epoch) {
      finish(now);
      epoch = decision.epoch;
    }
    ++seen;
    if (!decision.keep) continue;
    const WriteRoom room = bounds.Room(clock.monotonic);
    if (room.this_hour == 0 || room.today == 0) {
      ++refused;
      sampler.Close();
      continue;
    }
    bounds.Write(clock.monotonic);
    written += now >= kDay;
    ASSERT_LT(decision.place, 1024);
    sample[static_cast<std::size_t>(decision.place)] = now;
  }
  finish(4 * kDay);
  EXPECT_LT(refused, 40);
  EXPECT_GT(written, 3 * 6000 * 6 / 10) << "the bound is left unused";
  EXPECT_GT(represented, 3 * kDay * 95 / 100);
  // Weights are estimates of counts from some 10,000 records: about 1,000 in each part of an hour.
  const auto expect_even = [](auto& parts, double tolerance, const char* what) {
    double sum = 0.0;
    for (const double part : parts) sum += part;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_NEAR(parts[i] / sum * static_cast<double>(parts.size()), 1.0, tolerance)
          << what << " " << i;
    }
  };
  expect_even(of_hour, 0.2, "twelfth of the hour");
  expect_even(of_epoch, 0.2, "twelfth of the epoch");
  expect_even(of_day, 0.25, "hour of the day");
}

TEST(EpochSampler, Next_WhereNothingIsLeft_RestsForAWhileAndTriesAgain) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 100}, clock);
  sampler.SetRoom({.this_hour = 0, .today = 1000});
  const auto kept_for = [&](minutes time) {
    int kept = 0;
    for (const auto end = clock.monotonic + time; clock.monotonic < end;
         clock.monotonic += std::chrono::milliseconds(100))
      kept += sampler.Next().keep;
    return kept;
  };
  EXPECT_EQ(kept_for(minutes(5)), 0);
  const int tried = kept_for(minutes(55));
  EXPECT_GT(tried, 0);
  EXPECT_LT(tried, 20);
  EXPECT_EQ(sampler.TakeClosed().at(0).dropped, 3000);
}

}  // namespace
}  // namespace vigil
