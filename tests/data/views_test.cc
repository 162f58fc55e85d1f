#include "estimator/data/views.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

// Counts how often it is asked.
class Numbers final : public Dataset {
 public:
  Numbers(int first, std::int64_t size) : first_(first), size_(size) {}
  std::string name() const override { return "numbers"; }
  std::int64_t size() const override { return size_; }
  Sample Get(std::int64_t index) const override {
    ++asked;
    Sample sample{.image = Image::Make(1, 1)};
    sample.truth.label = first_ + static_cast<int>(index);
    return sample;
  }
  mutable int asked = 0;

 private:
  int first_;
  std::int64_t size_;
};

TEST(Slice, GivesItsPart) {
  const auto part = Slice(std::make_shared<Numbers>(0, 10), 4, 3);
  EXPECT_EQ(part->size(), 3);
  EXPECT_EQ(part->Get(2).truth.label, 6);
  EXPECT_EQ(part->name(), "numbers, images 4 to 6");
}

TEST(Joined, GivesTheFirstsThenTheSeconds) {
  const auto both = Joined(std::make_shared<Numbers>(0, 3), std::make_shared<Numbers>(100, 2));
  EXPECT_EQ(both->size(), 5);
  EXPECT_EQ(both->Get(2).truth.label, 2);
  EXPECT_EQ(both->Get(3).truth.label, 100);
}

TEST(Held, AsksOnce) {
  const Numbers numbers(0, 4);
  std::int64_t heard = 0;
  const auto held = Held(numbers, [&](std::int64_t made) { heard = made; });
  for (int again = 0; again < 3; ++again) EXPECT_EQ(held->Get(3).truth.label, 3);
  EXPECT_EQ(numbers.asked, 4);
  EXPECT_EQ(heard, 4);
  EXPECT_EQ(held->name(), "numbers");
}

}  // namespace
}  // namespace vigil
