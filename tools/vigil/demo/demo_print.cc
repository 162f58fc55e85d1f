#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>

#include "engine/base/text.h"
#include "tools/vigil/demo/demo.h"
#include "tools/vigil/format.h"

namespace vigil {
namespace {

std::string Percent(double share, int decimals = 1) {
  return std::isfinite(share) ? FormatFixed(share * 100.0, decimals) + " %" : "-";
}

std::string Number(double value, int decimals = 3) {
  return std::isfinite(value) ? FormatFixed(value, decimals) : "-";
}

void PrintEstimate(const DemoResult& r) {
  std::cout << "\nHow well does T do?\n";
  if (r.true_accuracy) {
    std::cout << "  true accuracy          " << Percent(*r.true_accuracy)
              << "   (known here, not on a device)\n";
  }
  const Estimate& e = r.estimate;
  if (!e.available) {
    std::cout << "  estimated accuracy     none: " << e.reason_if_none << "\n";
    return;
  }
  std::cout << "  estimated accuracy     " << Percent(e.accuracy.value) << "   95 % interval "
            << Percent(e.accuracy.low) << " to " << Percent(e.accuracy.high);
  if (r.true_accuracy) {
    const bool inside = *r.true_accuracy >= e.accuracy.low && *r.true_accuracy <= e.accuracy.high;
    std::cout << (inside ? "   (the truth lies inside)" : "   (the truth lies outside)");
  }
  std::cout << "\n  from                   " << e.records << " verdicts, worth "
            << std::lround(e.effective_samples) << " independent ones; "
            << Percent(e.represented, 0) << " of the inferences represented";
  if (e.outside_calibrated_conditions) std::cout << "; OUTSIDE CALIBRATED CONDITIONS";
  std::cout << "\n";
  if (r.metrics) {
    std::cout << "  PE's ranking           AUROC " << Number(r.metrics->auroc) << "; " << r.baseline
              << " " << Number(r.baseline_auroc.value_or(NAN)) << "\n"
              << "  PE's decisions         right on " << Percent(r.metrics->tnr)
              << " of T's successes and " << Percent(r.metrics->tpr) << " of its failures\n";
  }
}

void PrintCauses(const DemoResult& r) {
  if (r.causes.empty()) {
    if (!r.estimate.available) return;
    std::cout << "\nWhy does it fail? (PE's words; nothing is known of the truth)\n";
    Table table({"cause", "share of failures", "95 % interval"});
    for (const CauseShare& share : r.estimate.causes) {
      table.Add({std::string(CauseName(share.cause)), Percent(share.of_failures.value),
                 Percent(share.of_failures.low) + " to " + Percent(share.of_failures.high)});
    }
    table.Print(std::cout);
    return;
  }
  std::cout << "\nWhy does it fail?\n";
  Table table({"cause", "images with it", "T's failures with it", "PE names it", "of these rightly",
               "recall"});
  for (const CauseCount& c : r.causes) {
    table.Add({std::string(CauseName(c.cause)), std::to_string(c.applied),
               std::to_string(c.failures), std::to_string(c.predicted), std::to_string(c.found),
               c.failures ? Percent(static_cast<double>(c.found) / static_cast<double>(c.failures))
                          : "-"});
  }
  table.Print(std::cout);
  std::cout << "  (other: nothing was done to the image, and T failed all the same)\n";
}

void PrintStored(const DemoResult& r) {
  const StoreStats& s = r.stored;
  std::cout << "\nWhat was stored?\n"
            << "  records                " << s.appended_records << ", of which " << s.records
            << " wait for PE\n"
            << "  bytes a record         " << std::lround(s.bytes_per_record) << " (taps "
            << std::lround(r.raw_bytes_per_record) << " before compression)\n"
            << "  images                 " << s.images << "\n"
            << "  dropped, expired       " << s.totals.dropped << ", " << s.totals.expired << "\n";
}

void PrintTimings(const DemoResult& r) {
  const DemoTimings& t = r.timings;
  const std::string where = Text(" (median, ", r.backend, ", fp32)");
  std::cout << "\nHow long does it take?\n"
            << "  T                      " << FormatFixed(t.target_ms, 2) << " ms an inference"
            << where << "\n"
            << "  T with its taps kept   " << FormatFixed(t.kept_ms, 2) << " ms ("
            << FormatFixed((t.kept_ms / t.target_ms - 1.0) * 100.0, 1) << " % more)\n"
            << "  PE                     " << FormatFixed(t.estimator_ms, 2)
            << " ms a record, idle, lowest priority\n"
            << "  stream, idle phase     " << FormatFixed(t.stream_seconds, 1)
            << " s (images made on the way), " << FormatFixed(t.idle_seconds, 1) << " s\n";
}

}  // namespace

void PrintDemo(const DemoResult& r) {
  std::cout << "Vigil demo: " << r.images << " images go by T; PE judges it without labels.\n"
            << "  data                   " << r.data << "\n"
            << "  conditions             " << r.conditions << "\n"
            << "  models                 T " << r.target_file << ", PE " << r.estimator_file << "\n"
            << "  backend                " << r.backend << ", " << r.device << ", " << r.precision
            << "\n"
            << "                         chosen: " << r.why_backend << "\n"
            << "  idle policy            " << r.idle_policy << "\n";
  PrintEstimate(r);
  PrintCauses(r);
  PrintStored(r);
  PrintTimings(r);
  std::cout << "\nDoes Vulkan say the same?\n";
  if (const auto& a = r.agreement) {
    std::cout << "  " << a->device << ", fp32: " << a->images
              << " images repeated; T decides the same on " << a->same_decisions << ", PE on "
              << a->same_verdicts << ";\n  largest difference of T's output "
              << FormatFixed(a->largest_output_difference, 6) << ", of PE's p(correct) "
              << FormatFixed(a->largest_p_difference, 6) << "\n";
  } else {
    std::cout << "  not compared: " << r.no_agreement_reason << "\n";
  }
}

}  // namespace vigil
