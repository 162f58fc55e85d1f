#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "bench/speed/layers.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::bench {
namespace {

// The plot's frame in the picture, and the decades that it shows.
constexpr double kLeft = 80, kTop = 50, kWidth = 760, kHeight = 460;
constexpr double kLeast = -1, kMost = 3;       // of operations a byte, powers of ten
constexpr double kSlowest = 9, kFastest = 13;  // of operations a second
constexpr const char* kColours[] = {"#1f77b4", "#d62728", "#2ca02c", "#9467bd",
                                    "#ff7f0e", "#17becf", "#8c564b"};

double X(double operations_a_byte) {
  return kLeft + kWidth * (std::log10(operations_a_byte) - kLeast) / (kMost - kLeast);
}
double Y(double operations_a_second) {
  return kTop + kHeight * (kFastest - std::log10(operations_a_second)) / (kFastest - kSlowest);
}

std::string Line(double x1, double y1, double x2, double y2, const std::string& style) {
  return Text("<line x1=\"", x1, "\" y1=\"", y1, "\" x2=\"", x2, "\" y2=\"", y2, "\" ", style,
              "/>\n");
}
std::string Label(double x, double y, const std::string& text, const std::string& style = "") {
  return Text("<text x=\"", x, "\" y=\"", y, "\" ", style, ">", text, "</text>\n");
}

std::string PowerOfTen(double power, const std::string& unit) {
  return Text(std::pow(10.0, power), unit);
}

std::string Axes() {
  std::string svg;
  const std::string grid = "stroke=\"#e4e4e4\"";
  for (double power = kLeast; power <= kMost; ++power) {
    const double x = X(std::pow(10.0, power));
    svg += Line(x, kTop, x, kTop + kHeight, grid);
    svg += Label(x, kTop + kHeight + 20, PowerOfTen(power, ""), "text-anchor=\"middle\"");
  }
  for (double power = kSlowest; power <= kFastest; ++power) {
    const double y = Y(std::pow(10.0, power));
    svg += Line(kLeft, y, kLeft + kWidth, y, grid);
    svg += Label(kLeft - 8, y + 4, PowerOfTen(power - 9, ""), "text-anchor=\"end\"");
  }
  svg += Label(kLeft + kWidth / 2, kTop + kHeight + 44,
               "operations a byte of inputs, weights and outputs (Winograd's count as the sums "
               "that they replace)",
               "text-anchor=\"middle\"");
  svg +=
      Label(20, kTop + kHeight / 2, "Gop/s",
            Text("text-anchor=\"middle\" transform=\"rotate(-90 20 ", kTop + kHeight / 2, ")\""));
  return svg;
}

// Where the slope of copying enters the frame: at its left, or at its bottom where copies are slow.
double SlopeBegins(double bytes_a_second) {
  return std::max(std::pow(10.0, kLeast), std::pow(10.0, kSlowest) / bytes_a_second);
}

// The slope of copying as far as the roof of `peak` operations a second, and that roof.
std::string Roof(double peak, double bytes_a_second, const std::string& name,
                 const std::string& style) {
  const double ridge = peak / bytes_a_second, least = SlopeBegins(bytes_a_second);
  return Line(X(least), Y(least * bytes_a_second), X(ridge), Y(peak), style) +
         Line(X(ridge), Y(peak), kLeft + kWidth, Y(peak), style) +
         Label(kLeft + kWidth - 4, Y(peak) - 6, name, "text-anchor=\"end\"");
}

// Those within the frame: floats are round, bytes square; an area as the part of its network's time
// that the layer takes.
std::string Points(const std::vector<Layer>& layers) {
  std::map<std::string, double> whole;
  std::map<std::string, std::size_t> colours;
  const auto key = [](const Layer& layer) {
    return Text(layer.network, layer.int8 ? " int8" : "");
  };
  for (const Layer& layer : layers) {
    whole[key(layer)] += layer.milliseconds;
    colours.emplace(layer.network, colours.size());
  }
  std::string svg;
  for (const Layer& layer : layers) {
    if (layer.operations == 0.0) continue;
    const double x = X(layer.operations / layer.bytes);
    const double y = Y(layer.operations / layer.milliseconds * 1e3);
    if (x < kLeft || x > kLeft + kWidth || y < kTop || y > kTop + kHeight) continue;
    const double radius = 2.0 + 16.0 * std::sqrt(layer.milliseconds / whole[key(layer)]);
    const std::string look = Text("fill=\"", kColours[colours[layer.network] % std::size(kColours)],
                                  "\" fill-opacity=\"0.45\"><title>", key(layer), ": ", layer.name,
                                  ", ", layer.milliseconds, " ms</title>");
    svg += layer.int8 ? Text("<rect x=\"", x - radius, "\" y=\"", y - radius, "\" width=\"",
                             2 * radius, "\" height=\"", 2 * radius, "\" ", look, "</rect>\n")
                      : Text("<circle cx=\"", x, "\" cy=\"", y, "\" r=\"", radius, "\" ", look,
                             "</circle>\n");
  }
  double y = kTop + 18;
  for (const auto& [network, colour] : colours) {
    svg += Text("<circle cx=\"", kLeft + 16, "\" cy=\"", y - 4, "\" r=\"6\" fill=\"",
                kColours[colour % std::size(kColours)], "\"/>\n");
    svg += Label(kLeft + 28, y, network);
    y += 18;
  }
  return svg;
}

}  // namespace

std::filesystem::path RooflineFile(const std::filesystem::path& file, const std::string& device) {
  if (device == "cpu") return file;
  std::string suffix = device;  // "vulkan:1"
  std::erase(suffix, ':');
  if (suffix == "vulkan0") suffix = "vulkan";
  return file.parent_path() / Text(file.stem().string(), "-", suffix, file.extension().string());
}

void WriteRoofline(const std::vector<Layer>& layers, const Peaks& peaks, const std::string& where,
                   const std::filesystem::path& file) {
  std::string svg =
      Text("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", kLeft + kWidth + 30,
           "\" height=\"", kTop + kHeight + 60, "\" font-family=\"sans-serif\" font-size=\"13\">\n",
           "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
  svg += Label(
      kLeft, 28,
      Text("Layers on ", where, ": fp32 round, int8 square, area by share of the network's time"));
  svg += Axes();
  const double copies = peaks.copy_gb_second * 1e9;
  svg += Roof(peaks.gflops * 1e9, copies, Text(std::lround(peaks.gflops), " GFLOP/s, fp32"),
              "stroke=\"#444\" stroke-width=\"1.5\"");
  if (peaks.int8_gops > 0.0) {
    svg += Roof(peaks.int8_gops * 1e9, copies, Text(std::lround(peaks.int8_gops), " Gop/s, int8"),
                "stroke=\"#444\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"");
  }
  const double at = 2.0 * SlopeBegins(copies);  // whose label stands below the slope
  svg += Label(X(at) + 8, Y(at * copies) + 8, Text(std::lround(peaks.copy_gb_second), " GB/s"));
  svg += Points(layers) + "</svg>\n";
  std::ofstream out(file);
  if (!(out << svg).flush()) {
    throw Error(Fault::kApi, ErrorCode::kIo, Text(file.string(), ": cannot be written"));
  }
}

}  // namespace vigil::bench
