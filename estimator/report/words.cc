#include "estimator/report/words.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm Utc(std::int64_t micros) {
  std::time_t seconds = micros / 1'000'000;
  if (micros % 1'000'000 < 0) --seconds;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

template <typename... Numbers>
std::string Formatted(const char* format, Numbers... numbers) {
  char text[64];
  std::snprintf(text, sizeof text, format, numbers...);
  return text;
}

}  // namespace

const char* const kOutsideText =
    "The device sees something that no mix of calibration's conditions explains. Nobody measured "
    "how well PE judges there: distrust this figure, and look at what is new.";

const char* const kNothingNoted =
    "Nothing is noted of what PE did in this time: no service (vigild) ran on this store.";

std::string ShareText(double share, int decimals) {
  return Formatted("%.*f %%", decimals, share * 100.0);
}

std::string RangeText(const Interval& interval) {
  return Text(ShareText(interval.low), " to ", ShareText(interval.high));
}

std::string FigureText(const Interval& interval) {
  constexpr const char* kSpace = "\xC2\xA0";  // that does not break
  return Text(Formatted("%.1f", interval.value * 100.0), kSpace, "% (",
              Formatted("%.1f", interval.low * 100.0), kSpace, "to", kSpace,
              Formatted("%.1f", interval.high * 100.0), ")");
}

std::string CountText(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::ptrdiff_t first = count < 0 ? 1 : 0;
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > first; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string CountText(double count) { return CountText(std::int64_t{std::llround(count)}); }

std::string CountOfText(std::int64_t count, const char* one, const char* many) {
  return Text(CountText(count), " ", count == 1 ? one : many);
}

std::string HoursText(double seconds) {
  if (seconds >= 3600.0) return Formatted("%.1f h", seconds / 3600.0);
  if (seconds >= 60.0) return Formatted("%.0f min", seconds / 60.0);
  return Formatted("%.0f s", seconds);
}

std::string WindowText(std::chrono::seconds window) {
  const auto count = window.count();
  if (count % 86400 == 0) return CountOfText(count / 86400, "day", "days");
  if (count % 3600 == 0) return CountOfText(count / 3600, "hour", "hours");
  return CountOfText(count / 60, "minute", "minutes");
}

std::string LevelText(double level) { return Text(level * 100.0, " %"); }

std::string IsoTime(std::int64_t micros) {
  const std::tm t = Utc(micros);
  return Text(DateText(micros), Formatted("T%02d:%02d:%02dZ", t.tm_hour, t.tm_min, t.tm_sec));
}

std::string MinuteText(std::int64_t micros) { return DateText(micros) + " " + ClockText(micros); }

std::string DateText(std::int64_t micros) {
  const std::tm t = Utc(micros);
  return Formatted("%04d-%02d-%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}

std::string DayText(std::int64_t micros) {
  const std::tm t = Utc(micros);
  return Text(t.tm_mday, " ", kMonths[static_cast<std::size_t>(t.tm_mon)]);
}

std::string MonthText(std::int64_t micros) {
  const std::tm t = Utc(micros);
  return Text(kMonths[static_cast<std::size_t>(t.tm_mon)], " ", t.tm_year + 1900);
}

std::string ClockText(std::int64_t micros) {
  const std::tm t = Utc(micros);
  return Formatted("%02d:%02d", t.tm_hour, t.tm_min);
}

std::string WindowStart(std::int64_t from_micros, std::int64_t to_micros) {
  constexpr std::int64_t kDayMicros = 86'400'000'000;
  const bool whole_day = to_micros - from_micros == kDayMicros && from_micros % kDayMicros == 0;
  return whole_day ? DateText(from_micros) : MinuteText(from_micros);
}

std::string SupportText(const Estimate& estimate) {
  return Text(CountOfText(estimate.records, "verdict", "verdicts"), ", worth ",
              CountText(estimate.effective_samples), " independent ones; they stand for ",
              CountText(estimate.inferences), " inferences");
}

std::string RepresentedText(const Estimate& estimate) {
  std::string text = Text(ShareText(estimate.represented, 0), " of the inferences represented");
  std::string lost;
  const auto add = [&](std::int64_t count, const char* what) {
    if (count > 0) lost += Text(lost.empty() ? "" : ", ", CountText(count), " ", what);
  };
  add(estimate.dropped, "dropped");
  add(estimate.expired, "expired");
  add(estimate.unjudged, "not judged yet");
  return lost.empty() ? text : Text(text, "; not represented: ", lost);
}

}  // namespace vigil
