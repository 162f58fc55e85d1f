#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "tools/vigil/calibrate/calibrate.h"

namespace vigil {
namespace {

constexpr const char* kFigures = "beyond competence: ";  // every figure's name begins with it

std::string ReadingsOf(const CompetenceFit& fit) {
  return Text("PE", fit.outlier ? ", outlier score" : "", fit.flip_rate ? ", flip rate" : "");
}

CompetenceSample SampleOf(const CalibrationRecord& of) {
  return {.p_correct = of.verdict.p_correct,
          .p_correct_calibrated = of.verdict.p_correct_calibrated,
          .outlier = of.verdict.readings.outlier,
          .flip_rate = of.verdict.readings.flip_rate,
          .correct = of.correct};
}

FlaggedRecords Flagged(const Competence& competence, const CompetenceFit& fit,
                       std::span<const CompetenceSample> samples) {
  FlaggedRecords found{.readings = ReadingsOf(fit)};
  double flagged = 0.0, wrong = 0.0;
  for (CompetenceSample sample : samples) {
    if (!fit.outlier) sample.outlier.reset();
    if (!fit.flip_rate) sample.flip_rate.reset();
    found.wrong_of_all += sample.correct ? 0.0 : 1.0;
    if (!competence.Judge(sample).flagged) continue;
    ++flagged;
    wrong += sample.correct ? 0.0 : 1.0;
  }
  const auto all = static_cast<double>(samples.size());
  found.share = flagged / all;
  found.wrong = wrong / flagged;  // one at least: the threshold is a score
  found.wrong_of_all /= all;
  return found;
}

}  // namespace

MonitorCalibration FitMonitors(const CalibrateOptions& options, const Task& task, std::string data,
                               std::vector<CalibrationRecord> records) {
  std::vector<CompetenceSample> samples;
  for (const CalibrationRecord& record : records) samples.push_back(SampleOf(record));
  MonitorCalibration found{.data = std::move(data),
                           .competence = FitCompetence(samples, {.budget = options.budget}),
                           .reference = {},
                           .flagged = {}};
  for (const CompetenceFit& fit : found.competence.fits())
    found.flagged.push_back(Flagged(found.competence, fit, samples));
  // With the score, for a device's verdicts have it.
  for (CalibrationRecord& record : records)
    record.verdict.readings.beyond = found.competence.Judge(record.verdict).beyond;
  const DriftLayout layout = LayoutOf(records.front().record, records.front().verdict,
                                      task.kind == Task::Kind::kClassification);
  std::vector<DriftFeatures> features;
  for (const CalibrationRecord& record : records) {
    DriftFeatures of;
    if (ReadFeatures(record.record, record.verdict, layout, of)) features.push_back(std::move(of));
  }
  found.reference = FitDriftReference(layout, features);
  return found;
}

ModelCard WithCalibration(ModelCard card, const MonitorCalibration& found,
                          const std::string& command) {
  std::erase_if(card.figures,
                [](const Figure& figure) { return figure.name.starts_with(kFigures); });
  const std::string conditions = Text("calibration set: ", found.data,
                                      "; the score was fitted on it too; cpu, fp32, taps int8");
  for (const FlaggedRecords& flagged : found.flagged) {
    card.figures.push_back({Text(kFigures, "flagged, from ", flagged.readings),
                            flagged.share * 100.0, "%", conditions});
    card.figures.push_back({Text(kFigures, "T wrong on the flagged, from ", flagged.readings),
                            flagged.wrong * 100.0, "%", conditions});
  }
  card.reference = {.measured_on = found.data, .signals = {}};
  const std::vector<SignalInfo> signals = SignalsOf(found.reference.layout);
  for (std::size_t j = 0; j + 1 < signals.size(); ++j)
    card.reference.signals.push_back(
        {signals[j].name, found.reference.scale.mean[j], found.reference.scale.deviation[j]});
  // In place of an earlier one.
  const auto at = card.command.find("\nvigil calibrate");
  if (at != std::string::npos) card.command.resize(at);
  card.command += "\n" + command;
  return card;
}

}  // namespace vigil
