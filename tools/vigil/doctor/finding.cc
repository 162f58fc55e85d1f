#include "tools/vigil/doctor/finding.h"

#include <algorithm>
#include <array>
#include <sstream>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/report/markup.h"
#include "estimator/report/text_table.h"

namespace vigil::doctor {
namespace {

constexpr std::array kFamilies{Fault::kModel, Fault::kInput, Fault::kTraining, Fault::kGpu,
                               Fault::kApi};

// A line a few words long where they fit, indented by `indent` columns after the first.
std::string Wrapped(const std::string& text, std::size_t indent, const std::string& first) {
  std::string lines, line = first;
  line.append(indent - std::min(indent, Columns(line)), ' ');
  bool empty = true;
  std::istringstream words(Printable(text));
  for (std::string word; words >> word;) {
    if (!empty && Columns(line) + 1 + Columns(word) > kTextColumns) {
      lines += line + "\n";
      line.assign(indent, ' ');
      empty = true;
    }
    word = Shortened(word, kTextColumns - indent);
    line += empty ? word : " " + word;
    empty = false;
  }
  return lines + line + "\n";
}

std::string Padded(std::string text, std::size_t columns) {
  text.append(columns - std::min(columns, Columns(text)), ' ');
  return text;
}

std::string FamilyTitle(Fault family) {
  switch (family) {
    case Fault::kModel:
      return "Model";
    case Fault::kInput:
      return "Input";
    case Fault::kTraining:
      return "Training";
    case Fault::kGpu:
      return "GPU";
    case Fault::kApi:
      return "API";
  }
  return "";
}

}  // namespace

std::string_view ResultName(Result result) {
  switch (result) {
    case Result::kOk:
      return "ok";
    case Result::kWarn:
      return "warn";
    case Result::kFail:
      return "fail";
    case Result::kSkipped:
      return "skipped";
  }
  return "unknown";
}

void Findings::Check(Fault family, std::string check, std::string subject,
                     const std::function<Said()>& act, std::string on_error) {
  Finding finding{family, std::move(check), std::move(subject), Result::kFail, "", ""};
  try {
    Said said = act();
    finding.result = said.result;
    finding.found = std::move(said.found);
    finding.remedy = std::move(said.remedy);
  } catch (const Error& error) {
    finding.found = error.what();
    finding.remedy = std::move(on_error);
  } catch (const std::exception& error) {  // of a library: the other checks go on
    finding.found = error.what();
    finding.remedy = std::move(on_error);
  }
  findings_.push_back(std::move(finding));
}

int Findings::Count(Result result) const {
  return static_cast<int>(std::ranges::count(findings_, result, &Finding::result));
}

std::string ToText(const Findings& findings, std::string_view head) {
  constexpr std::size_t kMostOfCheck = 24;
  std::size_t check = 0;
  for (const Finding& finding : findings.all())
    check = std::clamp(Columns(finding.check), check, kMostOfCheck);
  const std::size_t at = 4 + 7 + 2 + check + 2;  // "    result   check  found"
  std::string text = Text(head, "\n");
  for (const Fault family : kFamilies) {
    std::vector<std::string> subjects;  // in the order in which they came; the machine is one, too
    for (const Finding& finding : findings.all()) {
      if (finding.family == family && !std::ranges::count(subjects, finding.subject))
        subjects.push_back(finding.subject);
    }
    if (!subjects.empty()) text += "\n" + FamilyTitle(family) + "\n";
    for (const std::string& subject : subjects) {
      const std::string name = subject.empty() ? "this machine" : Printable(subject);
      text += Text("  ", Shortened(name, kTextColumns - 2), "\n");
      for (const Finding& finding : findings.all()) {
        if (finding.family != family || finding.subject != subject) continue;
        const std::string first = Text("    ", Padded(std::string(ResultName(finding.result)), 7),
                                       "  ", Shortened(Printable(finding.check), check));
        text += Wrapped(finding.found, at, first);
        if (!finding.remedy.empty()) text += Wrapped(Text("-> ", finding.remedy), at, "");
      }
    }
  }
  text += Text("\n", findings.Count(Result::kOk), " ok, ", findings.Count(Result::kWarn), " warn, ",
               findings.Count(Result::kFail), " fail, ", findings.Count(Result::kSkipped),
               " skipped\n");
  return text;
}

std::string ToJsonText(const Findings& findings, std::string_view head) {
  nlohmann::json checks = nlohmann::json::array();
  for (const Finding& finding : findings.all()) {
    checks.push_back({{"family", FaultName(finding.family)},
                      {"check", Printable(finding.check)},
                      {"subject", Printable(finding.subject)},
                      {"result", ResultName(finding.result)},
                      {"found", Printable(finding.found)},
                      {"remedy", Printable(finding.remedy)}});
  }
  return nlohmann::json{{"version", 1},
                        {"head", head},
                        {"checks", checks},
                        {"ok", findings.Count(Result::kOk)},
                        {"warn", findings.Count(Result::kWarn)},
                        {"fail", findings.Count(Result::kFail)},
                        {"skipped", findings.Count(Result::kSkipped)}}
      .dump(2);
}

}  // namespace vigil::doctor
