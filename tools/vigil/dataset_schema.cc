#include "tools/vigil/dataset_schema.h"

#include <cmath>
#include <iostream>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/evaluation/input_learning.h"
#include "tools/vigil/dataset_inspect.h"
#include "tools/vigil/format.h"

namespace vigil {

void PrintSchema(const InputSchema& schema) {
  std::cout << "Input '" << schema.input << "', " << DTypeName(schema.dtype) << " " << schema.shape;
  if (!schema.channel_order.empty()) std::cout << ", " << schema.channel_order;
  std::cout << "\nlearned from " << schema.images << " images of " << schema.learned_on << "\n";
  Table channels({"channel", "least", "greatest", "mean", "deviation"});
  for (std::size_t c = 0; c < schema.channels() && !schema.ordinary.empty(); ++c) {
    const double deviation = std::exp(schema.ordinary.mean()[schema.channels() + c]);
    channels.Add({std::to_string(c), FormatFixed(schema.limits[c].low, 3),
                  FormatFixed(schema.limits[c].high, 3), FormatFixed(schema.ordinary.mean()[c], 3),
                  FormatFixed(deviation, 3)});
  }
  channels.Print(std::cout);
  std::cout << "\nMistakes that are recognised\n";
  Table mistakes({"mistake", "violation", "different inputs until told"}, {1});
  for (const KnownMistake& mistake : schema.mistakes) {
    mistakes.Add({mistake.name, std::string(NameOf(mistake.violation)),
                  mistake.inputs_to_recognise > 0 ? std::to_string(mistake.inputs_to_recognise)
                                                  : "not told from ordinary ones"});
  }
  mistakes.Print(std::cout);
}

void LearnSchema(const SchemaLearning& learning) {
  const Graph target = LoadOnnx(learning.model);
  const InspectedDataset set = OpenChoice(learning.choice);
  const InputSchema schema = LearnInputSchema(target, *set.data, learning.images);
  const std::string text = ToJsonText(schema);
  if (!learning.output.empty()) {
    if (const std::error_code failure = ReplaceFile(learning.output, text + "\n")) {
      throw Error(Fault::kInput, ErrorCode::kIo,
                  Text(learning.output, ": cannot write: ", failure.message()));
    }
  }
  if (learning.write) SetOnnxMetadata(learning.model, kInputSchemaKey, text);
  if (learning.json) {
    std::cout << text << "\n";
    return;
  }
  PrintSchema(schema);
  if (learning.write)
    std::cout << "put into " << learning.model << ", which has another hash now\n";
}

}  // namespace vigil
