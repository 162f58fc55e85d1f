// The family Input: what the model says of its inputs, and whether the samples at hand are such.
#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/text.h"
#include "estimator/evaluation/input_learning.h"
#include "estimator/monitor/validity/input_check.h"
#include "tools/vigil/doctor/patient.h"
#include "tools/vigil/format.h"

namespace vigil::doctor {
namespace {

Said SaySchema(const Model& model, std::optional<InputSchema>& schema) {
  schema = InputSchemaOf(*model.graph);
  if (!schema) {
    return {Result::kWarn, "the model does not say what its inputs look like",
            Text("Learn it from the training images: vigil dataset schema ", model.name,
                 " --write --source ... --root DIR")};
  }
  std::string untold;
  for (const KnownMistake& mistake : schema->mistakes) {
    if (mistake.inputs_to_recognise == 0)
      untold += Text(untold.empty() ? "; not told from ordinary inputs: " : ", ", mistake.name);
  }
  return {
      Result::kOk,
      Text(DTypeName(schema->dtype), " ", schema->shape, schema->channel_order.empty() ? "" : ", ",
           schema->channel_order, ", learned from ", schema->images, " images of ",
           schema->learned_on, "; ", schema->mistakes.size(), " mistakes known", untold),
      ""};
}

Said SayNormalisation(const Model& model) {
  const auto& metadata = model.graph->metadata();
  if (metadata.contains("vigil.input.mean") && metadata.contains("vigil.input.stddev")) {
    return {Result::kOk,
            Text("mean ", metadata.at("vigil.input.mean"), ", deviation ",
                 metadata.at("vigil.input.stddev"), " of pixels from 0 to 1"),
            ""};
  }
  return {Result::kWarn, "not in the model's metadata: mean and deviation 0.5 are assumed",
          "Put vigil.input.mean and vigil.input.stddev into its metadata_props."};
}

Said SayOf(const std::map<std::string, int>& found, int marked, int total,
           const std::string& source, const std::string& message) {
  if (marked == 0) return {Result::kOk, Text("nothing wrong with ", source), ""};
  std::string list;
  for (const auto& [names, count] : found)
    list += Text(list.empty() ? "" : "; ", names, ": ", count);
  // Of a thousand ordinary pictures one may be too bright.
  const bool many = marked * 100 >= total;
  return {many ? Result::kFail : Result::kWarn,
          Text(marked, " of ", total, " inputs are marked, of ", source, ": ", list), message};
}

Said SaySamples(const Patient& patient, const Model& model, const InputSchema& schema) {
  const bool rendered = patient.input_files.empty() && !patient.data;
  if (rendered) {
    return {Result::kSkipped, "no inputs were given",
            "Name some: --input FILE..., or --data NAME --root DIR."};
  }
  InputCheck check(schema);
  std::map<std::string, int> found;
  int marked = 0, total = 0;
  std::string message, source;
  const auto look = [&](const Tensor& input) {
    const std::uint32_t violations = check.Check(input.view());
    ++total;
    if (violations == 0) return;
    ++marked;
    ++found[NamesOf(violations)];
    for (const InputViolation violation : AllInputViolations()) {
      if ((violations & Bit(violation)) != 0 &&
          message.find(SentenceOf(violation)) == std::string::npos)
        message += Text(message.empty() ? "" : " ", check.Message(violation));
    }
  };
  if (!patient.input_files.empty()) {
    for (const Tensor& input : SampleInputs(patient, model, 0, source)) look(input);
  } else {
    const Dataset& data = *patient.data->test;
    const std::int64_t count = std::min<std::int64_t>(patient.images, data.size());
    source = Text(data.name());
    for (std::int64_t i = 0; i < count; ++i)
      look(InputOf(*model.graph, data.Get(i * data.size() / count)));
  }
  return SayOf(found, marked, total, source, message);
}

}  // namespace

void CheckInputs(const Patient& patient, Findings& findings) {
  for (const Model& model : patient.models) {
    if (!model.graph || model.estimator) continue;
    if (!model.IsPicture()) {
      findings.Check(Fault::kInput, "schema", model.name, [] {
        return Said{Result::kSkipped, "it takes no pictures [N,3,H,W], which a schema is of", ""};
      });
      continue;
    }
    std::optional<InputSchema> schema;
    findings.Check(
        Fault::kInput, "schema", model.name, [&] { return SaySchema(model, schema); },
        Text("Learn it anew: vigil dataset schema ", model.name, " --write --source ..."));
    findings.Check(Fault::kInput, "normalisation", model.name,
                   [&] { return SayNormalisation(model); });
    if (!schema) continue;
    findings.Check(
        Fault::kInput, "samples fit", model.name,
        [&] { return SaySamples(patient, model, *schema); }, "Give inputs that the model takes.");
  }
}

}  // namespace vigil::doctor
