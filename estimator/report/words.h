// Figures and sentences as every form of the report says them. Times are UTC.
#ifndef VIGIL_ESTIMATOR_REPORT_WORDS_H_
#define VIGIL_ESTIMATOR_REPORT_WORDS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "estimator/monitor/performance.h"

namespace vigil {

std::string ShareText(double share, int decimals = 1);  // "84.3 %"
std::string RangeText(const Interval& interval);        // "81.0 % to 87.4 %"
// "84.3 % (81.0 to 87.4)"; breaks before the bracket alone.
std::string FigureText(const Interval& interval);
std::string CountText(std::int64_t count);  // "12,345"
std::string CountText(double count);        // rounded
// "1 record", "12,345 records".
std::string CountOfText(std::int64_t count, const char* one, const char* many);
std::string HoursText(double seconds);                // "3.2 h", "12 min", "40 s"
std::string WindowText(std::chrono::seconds window);  // "1 hour", "6 hours", "1 day"
std::string LevelText(double level);                  // "95 %"

std::string IsoTime(std::int64_t micros);     // "2026-11-30T02:12:50Z"
std::string MinuteText(std::int64_t micros);  // "2026-11-30 02:12"
std::string DateText(std::int64_t micros);    // "2026-11-30"
std::string DayText(std::int64_t micros);     // "30 Nov"
std::string MonthText(std::int64_t micros);   // "Nov 2026"
std::string ClockText(std::int64_t micros);   // "02:12"
// A window's start: the date alone where the window is a whole day.
std::string WindowStart(std::int64_t from_micros, std::int64_t to_micros);

// What stands behind an estimate: "12,345 verdicts, worth 2,345 independent ones; they stand for
// 1,234,567 inferences".
std::string SupportText(const Estimate& estimate);
// "97 % of the inferences are represented; not represented: 3 dropped, ..."
std::string RepresentedText(const Estimate& estimate);

// What "outside calibrated conditions" means for who reads the figure.
extern const char* const kOutsideText;
// Where IdleTimes are empty.
extern const char* const kNothingNoted;

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_WORDS_H_
