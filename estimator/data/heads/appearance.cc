#include "estimator/data/heads/appearance.h"

#include <array>
#include <span>

namespace vigil {
namespace {

struct Bytes {
  float red, green, blue;
};

constexpr std::array<Bytes, 7> kSkins = {{{250, 218, 194},
                                          {238, 196, 166},
                                          {222, 172, 136},
                                          {196, 138, 100},
                                          {154, 102, 70},
                                          {112, 72, 50},
                                          {80, 52, 38}}};
constexpr std::array<Bytes, 8> kHairs = {{{24, 20, 18},
                                          {44, 32, 24},
                                          {78, 52, 34},
                                          {118, 82, 50},
                                          {190, 152, 96},
                                          {128, 62, 32},
                                          {132, 128, 124},
                                          {206, 202, 196}}};
constexpr std::array<Bytes, 4> kEyes = {
    {{70, 44, 26}, {104, 74, 40}, {92, 122, 146}, {86, 110, 72}}};

Vec3 Linear(Bytes b) { return DisplayColor(b.red, b.green, b.blue); }

Vec3 Between(std::span<const Bytes> colors, Random& random) {
  const int first = random.Below(static_cast<int>(colors.size()) - 1);
  return Lerp(Linear(colors[static_cast<std::size_t>(first)]),
              Linear(colors[static_cast<std::size_t>(first) + 1]), random.UniformFloat(0.0, 1.0));
}

Vec3 AnyColor(Random& random, double darkest, double brightest) {
  const double value = random.Uniform(darkest, brightest), spread = random.Uniform(0.0, 0.6);
  const auto channel = [&] {
    return static_cast<float>(value * (1.0 - spread * random.Uniform()));
  };
  const float red = channel(), green = channel(), blue = channel();
  return DisplayColor(red, green, blue);
}

HairStyle DrawStyle(Random& random) {
  constexpr std::array<HairStyle, 10> kStyles = {
      HairStyle::kBald, HairStyle::kFringeOfHair, HairStyle::kShort, HairStyle::kShort,
      HairStyle::kFull, HairStyle::kFull,         HairStyle::kLong,  HairStyle::kLong,
      HairStyle::kBun,  HairStyle::kCurly};
  return kStyles[static_cast<std::size_t>(random.Below(static_cast<int>(kStyles.size())))];
}

double Thickness(HairStyle style, Random& random) {
  switch (style) {
    case HairStyle::kBald:
      return 0.0;
    case HairStyle::kFringeOfHair:
    case HairStyle::kShort:
      return random.Uniform(0.03, 0.07);
    case HairStyle::kCurly:
      return random.Uniform(0.20, 0.34);
    default:
      return random.Uniform(0.09, 0.17);
  }
}

}  // namespace

Vec3 DisplayColor(float red, float green, float blue) {
  const Vec3 c = Vec3{red, green, blue} * (1.0f / 255.0f);
  return c * c;
}

Appearance DrawAppearance(Random& random) {
  Appearance look;
  look.skin = Between(kSkins, random);
  look.lips = Lerp(look.skin, look.skin * Vec3{0.85f, 0.38f, 0.40f}, random.UniformFloat(0.5, 1.0));
  look.hair = Linear(kHairs[static_cast<std::size_t>(random.Below(kHairs.size()))]) *
              random.UniformFloat(0.7, 1.3);
  look.iris = Linear(kEyes[static_cast<std::size_t>(random.Below(kEyes.size()))]);
  look.style = DrawStyle(random);
  look.hair_thickness = static_cast<float>(Thickness(look.style, random));
  look.hairline_y = random.UniformFloat(0.46, 0.70);
  look.hair_length = random.UniformFloat(0.5, 1.4);
  look.brow_thickness = random.UniformFloat(0.022, 0.045);
  look.eye_openness = random.UniformFloat(0.65, 1.15);
  const bool long_hair = look.style == HairStyle::kLong || look.style == HairStyle::kBun;
  if (!long_hair && random.Chance(0.45)) {
    look.beard =
        random.Chance(0.5) ? random.UniformFloat(0.15, 0.4) : random.UniformFloat(0.7, 0.95);
    look.moustache = random.Chance(0.7) ? look.beard : 0.0f;
  } else if (!long_hair && random.Chance(0.15)) {
    look.moustache = random.UniformFloat(0.6, 0.95);
  }
  look.freckles = random.Chance(0.2) ? random.UniformFloat(0.1, 0.35) : 0.0f;
  look.glasses = random.Chance(0.22);
  look.round_glasses = random.Chance(0.5);
  look.rim = random.Chance(0.6) ? DisplayColor(28, 26, 26) : AnyColor(random, 60.0, 190.0);
  look.cloth = AnyColor(random, 25.0, 235.0);
  look.cloth_second = AnyColor(random, 25.0, 235.0);
  look.cloth_pattern = random.Chance(0.5) ? 0 : 1 + random.Below(3);
  look.seed = static_cast<std::uint32_t>(random.Next());
  return look;
}

}  // namespace vigil
