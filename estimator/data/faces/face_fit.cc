#include "estimator/data/faces/face_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "estimator/data/heads/head_shape.h"
#include "estimator/data/heads/raster.h"

namespace vigil {
namespace {

// Grey levels of the rendered faces, and how far their channels differ once JPEG has been over
// them. Walls are grey too; they are brighter, in most rooms by far.
constexpr int kDarkest = 78, kBrightest = 158, kLargestDifference = 5;
constexpr int kDarkestWall = 120, kWallMargin = 10;
constexpr float kLeastShare = 0.06f;  // of the image that a face takes
constexpr int kReduced = 80;          // the search works on about this many cells a side

struct Cells {
  int width = 0, height = 0;
  float cell = 1.0f;             // pixels of the image
  std::vector<int> grey_before;  // (width + 1) a row: grey cells left of each
  int grey = 0;

  int Count(int row, int begin, int end) const {
    const int* before = grey_before.data() + static_cast<std::ptrdiff_t>(row) * (width + 1);
    return before[end] - before[begin];
  }
};

bool IsNeutral(const std::uint8_t* pixel) {
  const auto [low, high] = std::minmax({pixel[0], pixel[1], pixel[2]});
  return high - low <= kLargestDifference;
}

const std::uint8_t* PixelAt(const Image& image, int x, int y) {
  return image.rgb.data() +
         (static_cast<std::size_t>(y) * image.width + static_cast<std::size_t>(x)) * 3;
}

// Grey levels of the cells, 0 where there is colour.
std::vector<int> NeutralLevels(const Image& image, const Cells& cells) {
  std::vector<int> levels;
  for (int y = 0; y < cells.height; ++y) {
    for (int x = 0; x < cells.width; ++x) {
      const std::uint8_t* pixel =
          PixelAt(image, static_cast<int>((static_cast<float>(x) + 0.5f) * cells.cell),
                  static_cast<int>((static_cast<float>(y) + 0.5f) * cells.cell));
      levels.push_back(IsNeutral(pixel) ? pixel[1] : 0);
    }
  }
  return levels;
}

// Takes out a grey wall: what is as bright as the rim of the picture's upper part and hangs
// together with it. The lit side of a face may be as bright, but has a darker outline.
void RemoveWall(const Cells& cells, std::vector<int>& levels) {
  std::vector<int> rim;  // places
  const int margin = std::max(1, std::min(cells.width, cells.height) / 16);
  for (int y = 0; y < cells.height / 3; ++y) {
    for (int x = 0; x < cells.width; ++x) {
      if (y < margin || x < margin || x >= cells.width - margin) rim.push_back(y * cells.width + x);
    }
  }
  std::erase_if(rim, [&](int at) { return levels[static_cast<std::size_t>(at)] < kDarkestWall; });
  if (rim.empty()) return;
  std::vector<int> bright;
  for (const int at : rim) bright.push_back(levels[static_cast<std::size_t>(at)]);
  const auto quarter = bright.begin() + static_cast<std::ptrdiff_t>(bright.size() / 4);
  std::ranges::nth_element(bright, quarter);
  const int wall = *quarter - kWallMargin;
  std::vector<int> open = std::move(rim);
  while (!open.empty()) {
    const int at = open.back();
    open.pop_back();
    int& level = levels[static_cast<std::size_t>(at)];
    if (level < wall) continue;
    level = 0;
    const int x = at % cells.width;
    if (x > 0) open.push_back(at - 1);
    if (x + 1 < cells.width) open.push_back(at + 1);
    if (at >= cells.width) open.push_back(at - cells.width);
    if (at + cells.width < static_cast<int>(levels.size())) open.push_back(at + cells.width);
  }
}

Cells FindGrey(const Image& image) {
  const float cell = std::max(
      1.0f, static_cast<float>(std::min(image.width, image.height)) / static_cast<float>(kReduced));
  Cells cells{.width = static_cast<int>(static_cast<float>(image.width) / cell),
              .height = static_cast<int>(static_cast<float>(image.height) / cell),
              .cell = cell};
  std::vector<int> levels = NeutralLevels(image, cells);
  RemoveWall(cells, levels);
  for (int y = 0; y < cells.height; ++y) {
    cells.grey_before.push_back(0);
    for (int x = 0; x < cells.width; ++x) {
      const int level = levels[static_cast<std::size_t>(y * cells.width + x)];
      const int grey = level >= kDarkest && level <= kBrightest ? 1 : 0;
      cells.grey_before.push_back(cells.grey_before.back() + grey);
      cells.grey += grey;
    }
  }
  return cells;
}

// What the grey covers of the canonical head: from the chin to above the brows, ear to ear. Spans
// of the rows of an image in which one unit of head space is kUnit and the pivot in the middle.
constexpr int kTemplateSide = 200;
constexpr float kUnit = 48.0f;

struct Silhouette {
  struct Span {
    float begin = 0.0f, end = 0.0f;
  };
  std::array<std::vector<Span>, kTemplateSide> rows;
  int first = kTemplateSide, last = -1;
};

Silhouette DrawSilhouette(const Rotation& rotation) {
  constexpr float kEarToEar = 1.80f, kLow = -1.25f, kHigh = 0.42f;  // radians
  const HeadShape shape;
  Mesh mesh = MakeGrid(32, 24, false, [&](float u, float v) {
    return SurfacePoint{SkinPoint(shape, (2.0f * u - 1.0f) * kEarToEar, kLow + v * (kHigh - kLow))};
  });
  mesh.two_sided = true;
  const HeadView view(rotation, kTemplateSide / 2.0f, kTemplateSide / 2.0f, kUnit);
  Raster raster(kTemplateSide, kTemplateSide);
  raster.Draw(mesh, 0, [&](Vec3 p) { return view.Project(p); });
  Silhouette silhouette;
  for (int y = 0; y < kTemplateSide; ++y) {
    auto& spans = silhouette.rows[static_cast<std::size_t>(y)];
    for (int x = 0; x < kTemplateSide; ++x) {
      if (raster.at(x, y).mesh < 0) continue;
      const float left = static_cast<float>(x);
      if (spans.empty() || spans.back().end < left) spans.push_back({left, left});
      spans.back().end = left + 1.0f;
      silhouette.first = std::min(silhouette.first, y);
      silhouette.last = y;
    }
  }
  return silhouette;
}

struct Place {
  float x = 0.0f, y = 0.0f, unit = 0.0f;  // of the pivot, in cells; cells of one unit
};

// Cells that silhouette and grey share, twice, less those of the silhouette: the largest where they
// agree best. What lies outside the picture counts for half.
float Agreement(const Cells& cells, const Silhouette& silhouette, const Place& place) {
  constexpr float kMiddle = kTemplateSide / 2.0f;
  const float step = place.unit / kUnit;
  const auto edge = [&](float value) { return place.x + (value - kMiddle) * step; };
  const int top = static_cast<int>(
      std::floor(place.y + (static_cast<float>(silhouette.first) - kMiddle) * step));
  const int bottom = static_cast<int>(
      std::ceil(place.y + (static_cast<float>(silhouette.last + 1) - kMiddle) * step));
  float sum = 0.0f;
  for (int y = top; y < bottom; ++y) {
    const float row = (static_cast<float>(y) + 0.5f - place.y) / step + kMiddle;
    if (row < 0.0f || row >= static_cast<float>(kTemplateSide)) continue;
    const bool inside = y >= 0 && y < cells.height;
    const auto clip = [&](float x) {
      return std::clamp(static_cast<int>(std::lround(x)), 0, cells.width);
    };
    for (const auto& span : silhouette.rows[static_cast<std::size_t>(row)]) {
      const int begin = clip(edge(span.begin)), end = inside ? clip(edge(span.end)) : begin;
      const float seen = static_cast<float>(end - begin);
      if (end > begin) sum += 2.0f * static_cast<float>(cells.Count(y, begin, end)) - seen;
      sum -= 0.5f * std::max(0.0f, (span.end - span.begin) * step - seen);
    }
  }
  return sum;
}

class Search {
 public:
  Search(const Cells& cells, const Silhouette& silhouette)
      : cells_(cells), silhouette_(silhouette) {}

  Place Run() {
    TryEverywhere();
    for (float step = 2.0f; step >= 0.25f; step /= 2.0f) {
      for (int round = 0; round < 3; ++round) TryAround(best_, step);
    }
    return best_;
  }

 private:
  void Try(const Place& place) {
    const float agreement = Agreement(cells_, silhouette_, place);
    if (agreement <= most_) return;
    most_ = agreement;
    best_ = place;
  }

  void TryEverywhere() {
    constexpr float kStep = 4.0f;
    constexpr float kSmallest = 0.27f, kLargest = 0.60f;  // unit of the faces in such photographs
    const float side = static_cast<float>(std::min(cells_.width, cells_.height));
    for (float unit = kSmallest * side; unit < kLargest * side; unit *= 1.1f) {
      for (float y = 0.0f; y < 1.2f * static_cast<float>(cells_.height); y += kStep)
        TryAcross(y, unit, kStep);
    }
  }

  void TryAcross(float y, float unit, float step) {
    for (float x = 0.0f; x < static_cast<float>(cells_.width); x += step) Try({x, y, unit});
  }

  void TryAround(const Place& place, float step) {
    for (int k = 0; k < 27; ++k) {
      const auto move = [&](int digit) { return static_cast<float>(k / digit % 3 - 1) * step; };
      Try({place.x + move(1), place.y + move(3), place.unit + 0.5f * move(9)});
    }
  }

  const Cells& cells_;
  const Silhouette& silhouette_;
  Place best_;
  float most_ = -1e9f;
};

}  // namespace

Box FitFace(const Image& image, const Truth& pose) {
  const Cells cells = FindGrey(image);
  const float share =
      static_cast<float>(cells.grey) / static_cast<float>(std::max(1, cells.width * cells.height));
  if (share < kLeastShare) {
    const float width = static_cast<float>(image.width), height = static_cast<float>(image.height);
    return {width / 2, height / 2, std::min(width, height)};
  }
  const Rotation rotation = PoseRotation(pose.pitch, pose.yaw, pose.roll);
  const Silhouette silhouette = DrawSilhouette(rotation);
  const Place place = Search(cells, silhouette).Run();
  return FaceBox(HeadShape{}, HeadView(rotation, place.x * cells.cell, place.y * cells.cell,
                                       place.unit * cells.cell));
}

}  // namespace vigil
