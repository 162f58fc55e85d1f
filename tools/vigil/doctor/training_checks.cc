// The family Training: what the cards say, and what can be seen of the data.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/models/model_card.h"
#include "tools/vigil/doctor/patient.h"
#include "tools/vigil/format.h"

namespace vigil::doctor {
namespace {

std::optional<double> FigureOf(const ModelCard& card, const std::string& name) {
  const auto found = std::ranges::find(card.figures, name, &Figure::name);
  if (found == card.figures.end()) return {};
  return found->value;
}

Said SayCard(const Model& model) {
  if (!std::filesystem::exists(CardPath(model.path))) {
    return {Result::kWarn, "no card beside it: nobody knows what it was trained on",
            "`vigil train` writes one; keep MODEL.card.json with the model."};
  }
  const ModelCard card = LoadCard(model.path);
  const auto accuracy = FigureOf(card, "accuracy"), majority = FigureOf(card, "majority class");
  if (accuracy && majority && *accuracy < *majority + 2.0) {
    return {Result::kFail,
            Text("accuracy ", FormatFixed(*accuracy, 1), " %, and always answering the commonest ",
                 FormatFixed(*majority, 1), " %: it has learned nothing"),
            "Train again; look at the learning curve and the labels."};
  }
  std::string found = Text("trained on ", card.data);
  if (accuracy)
    found = Text("accuracy ", FormatFixed(*accuracy, 1), " %",
                 majority ? Text(", commonest class ", FormatFixed(*majority, 1), " %") : "", "; ",
                 found);
  return {Result::kOk, found, ""};
}

Said SayCurve(const Model& model) {
  std::filesystem::path curve = model.path;
  curve.replace_extension(".curve.svg");
  if (!std::filesystem::exists(curve)) {
    return {Result::kSkipped,
            Text("no ", curve.filename().string(), ", which `vigil train` writes"), ""};
  }
  return {Result::kOk, Text("look at ", curve.string(), ": had it come to rest?"), ""};
}

Said SayCalibration(const Model& model) {
  if (!model.estimator->calibration) {
    return {Result::kWarn, "PE's file holds no calibration, so there is no estimate",
            "`vigil train estimator` calibrates; `vigil evaluate` shows how well."};
  }
  const Calibration& calibration = *model.estimator->calibration;
  const std::string found =
      Text(calibration.samples(), " images in ", calibration.mixes().size(), " mixes, AUROC ",
           FormatFixed(calibration.auroc(), 3), ", T right in ",
           FormatFixed(calibration.accuracy() * 100.0, 1), " %, overdispersion ",
           FormatFixed(calibration.overdispersion(), 2));
  if (calibration.auroc() < Calibration::kMinimumAuroc) {
    return {Result::kFail, Text(found, ": PE cannot tell right from wrong"),
            "Train PE longer, on more images, or with earlier taps."};
  }
  if (calibration.mixes().size() < 20) {
    return {Result::kWarn, Text(found, ": few mixes"),
            "Some 40 mixes of 100 images make intervals that hold what they promise."};
  }
  return {Result::kOk, found, ""};
}

Said SayBalance(const Patient& patient) {
  const Task task = TaskFromName(patient.data->name == "cifar10" ? "cifar10" : "directness");
  const Dataset& data = patient.data->training ? *patient.data->training : *patient.data->test;
  const std::int64_t count = std::min<std::int64_t>(data.size(), 10 * patient.images);
  std::vector<std::int64_t> labels(task.labels.size(), 0);
  for (std::int64_t i = 0; i < count; ++i)
    ++labels[static_cast<std::size_t>(task.TrueDecision(data.Get(i * data.size() / count).truth))];
  const auto [least, most] = std::ranges::minmax_element(labels);
  const std::string found =
      Text(count, " labels of ", data.name(), ": from ",
           FormatFixed(100.0 * static_cast<double>(*least) / static_cast<double>(count), 1), " % '",
           task.labels[static_cast<std::size_t>(least - labels.begin())], "' to ",
           FormatFixed(100.0 * static_cast<double>(*most) / static_cast<double>(count), 1), " % '",
           task.labels[static_cast<std::size_t>(most - labels.begin())], "'");
  if (*least * 3 < *most) {
    return {Result::kWarn, found,
            "Collect more of the rare ones, or weigh them; read accuracies class by class."};
  }
  return {Result::kOk, found, ""};
}

// A picture's 64 comparisons of neighbours in a grey 9 x 8 copy: the same for the same picture in
// another size or compression.
std::uint64_t LooksOf(const Image& image, float& contrast) {
  const Image small = CropAndResize(
      image, Region{0, 0, static_cast<float>(image.width), static_cast<float>(image.height)}, 9, 8);
  std::uint64_t bits = 0;
  float sum = 0.0f, squares = 0.0f;
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 9; ++x) {
      const auto grey = [&](int at) {
        const std::size_t i = static_cast<std::size_t>(y * 9 + at) * 3;
        return 0.299f * static_cast<float>(small.rgb[i]) +
               0.587f * static_cast<float>(small.rgb[i + 1]) +
               0.114f * static_cast<float>(small.rgb[i + 2]);
      };
      sum += grey(x);
      squares += grey(x) * grey(x);
      if (x < 8) bits = bits << 1 | (grey(x) < grey(x + 1) ? 1u : 0u);
    }
  }
  contrast = std::sqrt(std::max(squares / 72.0f - sum * sum / (72.0f * 72.0f), 0.0f));
  return bits;
}

struct Looks {
  std::set<std::uint64_t> exact, near;
  std::int64_t count = 0;
};

constexpr float kFlat = 12.0f;  // grey levels; flatter pictures look alike by chance

Said SayLeakage(const Patient& patient) {
  if (!patient.data->training) {
    return {Result::kSkipped, Text("'", patient.data->name, "' has no training split of its own"),
            ""};
  }
  const auto each = [&](const Dataset& data, const auto& act) {
    const std::int64_t count = std::min<std::int64_t>(data.size(), 30 * patient.images);
    for (std::int64_t i = 0; i < count; ++i) {
      const Image image = data.Get(i * data.size() / count).image;
      const std::uint64_t exact = Hasher().Add(std::as_bytes(std::span(image.rgb))).value();
      float contrast = 0.0f;
      const std::uint64_t near = LooksOf(image, contrast);
      act(exact, near, contrast >= kFlat);
    }
    return count;
  };
  Looks training;
  training.count =
      each(*patient.data->training, [&](std::uint64_t exact, std::uint64_t near, bool telling) {
        training.exact.insert(exact);
        if (telling) training.near.insert(near);
      });
  std::int64_t exact_again = 0, near_again = 0;
  const std::int64_t tested =
      each(*patient.data->test, [&](std::uint64_t exact, std::uint64_t near, bool telling) {
        const bool same = training.exact.contains(exact);
        exact_again += same ? 1 : 0;
        near_again += !same && telling && training.near.contains(near) ? 1 : 0;
      });
  const std::string found = Text(exact_again, " exact and ", near_again, " near duplicates of ",
                                 training.count, " training images among ", tested, " of the test");
  const double share = static_cast<double>(exact_again + near_again) /
                       static_cast<double>(std::max<std::int64_t>(tested, 1));
  if (share > 0.01) {
    return {Result::kFail, found,
            "Figures on this test flatter the model: take the duplicates out of one of the sets."};
  }
  if (exact_again + near_again > 0) {
    return {Result::kWarn, found, "So few hardly change a figure; take them out all the same."};
  }
  return {Result::kOk, found, ""};
}

}  // namespace

void CheckTraining(const Patient& patient, Findings& findings) {
  for (const Model& model : patient.models) {
    if (!model.graph) continue;
    findings.Check(
        Fault::kTraining, "card", model.name, [&] { return SayCard(model); },
        "Write the card again, or leave it out.");
    findings.Check(Fault::kTraining, "learning curve", model.name, [&] { return SayCurve(model); });
    if (model.estimator) {
      findings.Check(Fault::kTraining, "calibration", model.name,
                     [&] { return SayCalibration(model); });
    }
  }
  if (!patient.data) {
    findings.Check(Fault::kTraining, "label balance, leaks", "", [] {
      return Said{Result::kSkipped, "no data set was given", "Name one: --data NAME --root DIR."};
    });
    return;
  }
  findings.Check(Fault::kTraining, "label balance", patient.data->name,
                 [&] { return SayBalance(patient); });
  findings.Check(Fault::kTraining, "leaks", patient.data->name,
                 [&] { return SayLeakage(patient); });
}

}  // namespace vigil::doctor
