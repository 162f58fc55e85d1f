#include "estimator/models/model_card.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr int kVersion = 1;

void Write(const std::filesystem::path& path, const std::string& text) {
  if (const std::error_code failure = ReplaceFile(path, text)) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("model card '", path.string(), "': ", failure.message()));
  }
}

std::filesystem::path MarkdownPath(const std::filesystem::path& model) {
  std::filesystem::path path = model;
  return path.replace_extension(".card.md");
}

// A table cell must not end its cell or its row.
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

}  // namespace

std::filesystem::path CardPath(const std::filesystem::path& model) {
  std::filesystem::path path = model;
  return path.replace_extension(".card.json");
}

std::string CardAsJson(const ModelCard& card) {
  nlohmann::ordered_json json = {
      {"version", kVersion}, {"name", card.name},      {"architecture", card.architecture},
      {"task", card.task},   {"data", card.data},      {"recipe", card.recipe},
      {"seed", card.seed},   {"command", card.command}};
  json["figures"] = nlohmann::ordered_json::array();
  for (const Figure& figure : card.figures) {
    json["figures"].push_back({{"name", figure.name},
                               {"value", figure.value},
                               {"unit", figure.unit},
                               {"conditions", figure.conditions}});
  }
  json["limits"] = card.limits;
  if (!card.reference.signals.empty()) {
    nlohmann::ordered_json& reference = json["reference"];
    reference["measured_on"] = card.reference.measured_on;
    for (const ReferenceSignal& signal : card.reference.signals) {
      reference["signals"].push_back(
          {{"name", signal.name}, {"mean", signal.mean}, {"deviation", signal.deviation}});
    }
  }
  using Json = nlohmann::ordered_json;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string CardAsMarkdown(const ModelCard& card) {
  std::ostringstream out;
  out << "# " << card.name << "\n\n";
  const auto row = [&](std::string_view what, const std::string& text) {
    out << "- **" << what << "**: " << text << "\n";
  };
  row("Architecture", card.architecture);
  row("Task", card.task);
  row("Data", card.data);
  row("Recipe", card.recipe);
  row("Seed", std::to_string(card.seed));
  out << "\nMade by\n\n```\n" << card.command << "\n```\n";
  if (!card.figures.empty()) {
    out << "\n| figure | value | measured on |\n|---|---|---|\n";
    for (const Figure& figure : card.figures) {
      out << "| " << Cell(figure.name) << " | " << figure.value << (figure.unit.empty() ? "" : " ")
          << figure.unit << " | " << Cell(figure.conditions) << " |\n";
    }
  }
  if (!card.reference.signals.empty()) {
    out << "\nReference statistics: " << card.reference.measured_on
        << "\n\n| signal | mean | deviation |\n|---|---|---|\n";
    for (const ReferenceSignal& signal : card.reference.signals) {
      out << "| " << Cell(signal.name) << " | " << signal.mean << " | " << signal.deviation
          << " |\n";
    }
  }
  if (!card.limits.empty()) {
    out << "\nLimits\n\n";
    for (const std::string& limit : card.limits) out << "- " << limit << "\n";
  }
  return out.str();
}

void SaveCard(const ModelCard& card, const std::filesystem::path& model) {
  Write(CardPath(model), CardAsJson(card));
  Write(MarkdownPath(model), CardAsMarkdown(card));
}

ModelCard LoadCard(const std::filesystem::path& model) {
  const std::filesystem::path path = CardPath(model);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("model card '", path.string(), "' cannot be opened"));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    const auto json = nlohmann::json::parse(text);
    if (const int version = json.at("version").get<int>(); version != kVersion) {
      throw Error(
          Fault::kInput, ErrorCode::kMalformed,
          Text("model card '", path.string(), "' has version ", version, ": expected ", kVersion));
    }
    ModelCard card{.name = json.at("name"),
                   .architecture = json.at("architecture"),
                   .task = json.at("task"),
                   .data = json.at("data"),
                   .recipe = json.at("recipe"),
                   .seed = json.at("seed"),
                   .command = json.at("command")};
    for (const auto& figure : json.at("figures")) {
      card.figures.push_back(
          {figure.at("name"), figure.at("value"), figure.at("unit"), figure.at("conditions")});
    }
    json.at("limits").get_to(card.limits);
    if (json.contains("reference")) {
      const auto& reference = json.at("reference");
      card.reference.measured_on = reference.at("measured_on");
      for (const auto& signal : reference.at("signals"))
        card.reference.signals.push_back(
            {signal.at("name"), signal.at("mean"), signal.at("deviation")});
    }
    return card;
  } catch (const nlohmann::json::exception& error) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("model card '", path.string(), "': ", error.what()));
  }
}

}  // namespace vigil
