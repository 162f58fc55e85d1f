#include "estimator/report/markup.h"

#include <cstdint>
#include <cstdio>

namespace vigil {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// The first of a text that is not empty (RFC 3629).
CodePoint Decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1, true};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!Continues(text[i])) return {};
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kLeast[bytes] || surrogate || value > 0x10FFFF) return {};
  return {value, bytes, true};
}

bool IsControl(std::uint32_t c) {
  const bool direction = (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
                         (c >= 0x2066 && c <= 0x2069) || c == 0x061C;
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || direction ||
         (c & 0xFFFE) == 0xFFFE;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const CodePoint next = Decode(text);
    printable += next.valid && !IsControl(next.value) ? text.substr(0, next.bytes) : kReplacement;
    text.remove_prefix(next.bytes);
  }
  return printable;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::size_t Columns(std::string_view printable) {
  std::size_t columns = 0;
  for (const char c : printable) columns += Continues(c) ? 0 : 1;
  return columns;
}

std::string Shortened(std::string_view printable, std::size_t columns) {
  if (Columns(printable) <= columns) return std::string(printable);
  std::size_t at = 0;
  for (std::size_t left = columns; at < printable.size(); ++at) {
    if (!Continues(printable[at]) && left-- == 1) break;
  }
  return std::string(printable.substr(0, at)).append(kEllipsis);
}

}  // namespace vigil
