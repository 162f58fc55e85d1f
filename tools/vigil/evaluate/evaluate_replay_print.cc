// The table of replay as people and programs read it.
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

using nlohmann::json;

std::string Kilobytes(std::int64_t bytes) {
  return FormatFixed(static_cast<double>(bytes) / 1e3, 0) + " kB";
}

void PrintStudents(const ReplayTable& table, std::ostream& out) {
  out << "\nStudents, judged on held-out real records: PE's head tells T's right from its wrong "
         "(AUROC), T's tail's head\n  decides (accuracy; the commonest label alone "
      << PercentText(table.chance, 1) << ", T itself " << PercentText(table.target_accuracy, 1)
      << "). Kept: what is above chance, as a share of the first row's.\n";
  Table rows({"trained on", "records", "AUROC", "95 % interval", "kept", "95 % interval",
              "untouched", "augmented", "accuracy", "95 % interval", "kept", "95 % interval"});
  for (const ReplayStudentRow& row : table.students) {
    rows.Add({row.trained_on, std::to_string(row.records), RatioText(row.auroc[0].value),
              RangeText(row.auroc[0], true), PercentText(row.kept_auroc.value, 1),
              RangeText(row.kept_auroc, false), RatioText(row.auroc[1].value),
              RatioText(row.auroc[2].value), PercentText(row.accuracy.value, 1),
              RangeText(row.accuracy, false), PercentText(row.kept_accuracy.value, 1),
              RangeText(row.kept_accuracy, false)});
  }
  rows.Print(out);
  out << "  PE and T's tail read maps, which a view of 2 x 2 places cannot give back: these are "
         "their heads over the view\n  (ridge regression on it and a drawn hidden layer; PE's on "
         "T's output too), not PE and T's tail themselves.\n";
}

void PrintLeaks(const ReplayTable& table, std::ostream& out) {
  out << "\nLeaks: distance to the nearest training record beside that of held-out records, and "
         "the AUC of telling\n  training records from held-out ones by their distance to the "
         "nearest replayed one (0.5: they cannot be told)\n";
  Table rows({"replayed", "median distance", "held-out", "ratio", "nearer than 99 % of held-out",
              "95 % interval", "membership AUC", "95 % interval", "bytes beside the decoder"});
  for (const ReplayLeakRow& row : table.leaks) {
    rows.Add({std::string(ReplayResidualName(row.residual)), FormatFixed(row.nearness.replayed, 2),
              FormatFixed(row.nearness.held_out, 2), RatioText(row.nearness.ratio),
              PercentText(row.nearness.nearer.value, 1), RangeText(row.nearness.nearer, false),
              RatioText(row.attack.value), RangeText(row.attack, true), Kilobytes(row.bytes)});
  }
  rows.Print(out);
  out << "  By likelihood under the generator's own numbers, for who holds those: AUC "
      << RatioText(table.density_attack.value) << " (" << RangeText(table.density_attack, true)
      << ")\n  What leaves the device: the decoder, " << Kilobytes(table.decoder_bytes)
      << ", and the numbers above; the records' views and outputs are "
      << Kilobytes(table.record_bytes) << "\n";
}

}  // namespace

void PrintReplayTable(const ReplayTable& table, std::ostream& out) {
  out << "Known: " << table.known << ", " << table.known_records << " records and "
      << table.few_records << " more as the few\nHeld out: " << table.held_out << ", "
      << table.held_out_records << " records; intervals over " << table.cluster
      << "s\nGenerator: " << table.latent_numbers << " latent numbers and T's outputs in "
      << table.cells << " cells of label, right or wrong, and cause (" << table.rare_cells
      << " rare, left to their parents); views of " << table.view_numbers << " numbers\n";
  PrintStudents(table, out);
  PrintLeaks(table, out);
}

json ReplayTableToJson(const ReplayTable& table) {
  json students = json::array(), leaks = json::array();
  for (const ReplayStudentRow& row : table.students) {
    students.push_back({{"trained_on", row.trained_on},
                        {"records", row.records},
                        {"auroc", IntervalToJson(row.auroc[0])},
                        {"auroc_untouched", IntervalToJson(row.auroc[1])},
                        {"auroc_augmented", IntervalToJson(row.auroc[2])},
                        {"accuracy", IntervalToJson(row.accuracy)},
                        {"kept_auroc", IntervalToJson(row.kept_auroc)},
                        {"kept_accuracy", IntervalToJson(row.kept_accuracy)}});
  }
  for (const ReplayLeakRow& row : table.leaks) {
    leaks.push_back({{"replayed", ReplayResidualName(row.residual)},
                     {"bytes", row.bytes},
                     {"median_distance", row.nearness.replayed},
                     {"median_distance_held_out", row.nearness.held_out},
                     {"distance_ratio", row.nearness.ratio},
                     {"nearer_than_99_of_held_out", IntervalToJson(row.nearness.nearer)},
                     {"membership_auc", IntervalToJson(row.attack)}});
  }
  return {{"known", table.known},
          {"held_out", table.held_out},
          {"severity", table.severity},
          {"cluster", table.cluster},
          {"known_records", table.known_records},
          {"held_out_records", table.held_out_records},
          {"few_records", table.few_records},
          {"labels", table.labels},
          {"chance", table.chance},
          {"target_accuracy", table.target_accuracy},
          {"cells", table.cells},
          {"rare_cells", table.rare_cells},
          {"view_numbers", table.view_numbers},
          {"latent_numbers", table.latent_numbers},
          {"decoder_bytes", table.decoder_bytes},
          {"record_bytes", table.record_bytes},
          {"students", std::move(students)},
          {"leaks", std::move(leaks)},
          {"density_membership_auc", IntervalToJson(table.density_attack)}};
}

}  // namespace vigil
