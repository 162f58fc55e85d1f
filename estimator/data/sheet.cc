#include "estimator/data/sheet.h"

#include <algorithm>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr int kGap = 6, kLineHeight = 14;
constexpr double kFontScale = 0.36;

}  // namespace

Image MakeSheet(std::span<const SheetCell> cells, int columns, int cell_side) {
  VIGIL_CHECK(columns > 0 && cell_side > 0);
  std::size_t lines = 0;
  for (const SheetCell& cell : cells) lines = std::max(lines, cell.caption.size());
  const int step_x = cell_side + kGap;
  const int step_y = cell_side + kGap + static_cast<int>(lines) * kLineHeight;
  const int count = static_cast<int>(cells.size());
  const int rows = std::max(1, (count + columns - 1) / columns);
  Image sheet = Image::Make(columns * step_x + kGap, rows * step_y + kGap);
  cv::Mat canvas(sheet.height, sheet.width, CV_8UC3, sheet.rgb.data());
  try {
    canvas.setTo(cv::Scalar(245, 245, 245));
    for (int i = 0; i < count; ++i) {
      const SheetCell& cell = cells[static_cast<std::size_t>(i)];
      const int x = kGap + i % columns * step_x, y = kGap + i / columns * step_y;
      const float width = static_cast<float>(cell.image.width);
      const float height = static_cast<float>(cell.image.height);
      Image fitted =
          CropAndResize(cell.image, {width / 2, height / 2, std::max(width, height)}, cell_side);
      cv::Mat(cell_side, cell_side, CV_8UC3, fitted.rgb.data())
          .copyTo(canvas(cv::Rect(x, y, cell_side, cell_side)));
      for (std::size_t line = 0; line < cell.caption.size(); ++line) {
        cv::putText(canvas, cell.caption[line],
                    {x, y + cell_side + (static_cast<int>(line) + 1) * kLineHeight - 3},
                    cv::FONT_HERSHEY_SIMPLEX, kFontScale, cv::Scalar(20, 20, 20), 1, cv::LINE_AA);
      }
    }
  } catch (const cv::Exception& e) {
    throw Error(Fault::kApi, ErrorCode::kMisuse, "contact sheet: " + e.err);
  }
  return sheet;
}

}  // namespace vigil
