// `vigil dataset schema`: what T's inputs look like, learned from a data set, put into T's file.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_SCHEMA_H_
#define VIGIL_TOOLS_VIGIL_DATASET_SCHEMA_H_

#include <string>

#include "estimator/monitor/validity/input_schema.h"
#include "tools/vigil/dataset_options.h"

namespace vigil {

struct SchemaLearning {
  DatasetChoice choice;  // what T was trained on
  std::string model;     // T's file
  std::int64_t images = 0;
  bool write = false;  // into T's metadata
  std::string output;  // a JSON file to write; empty: none
  bool json = false;
};

// Prints on standard output. Throws Error.
void LearnSchema(const SchemaLearning& learning);

// What the schema says, for people.
void PrintSchema(const InputSchema& schema);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_SCHEMA_H_
