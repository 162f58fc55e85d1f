// What the doctor looks at: models, their inputs, a configuration.
#ifndef VIGIL_TOOLS_VIGIL_DOCTOR_PATIENT_H_
#define VIGIL_TOOLS_VIGIL_DOCTOR_PATIENT_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/data/dataset.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tools/vigil/doctor/finding.h"

namespace vigil::doctor {

struct DoctorArguments {
  std::vector<std::string> models;  // empty: those that ship
  std::string data, root;           // a data set; empty: none
  std::vector<std::string> inputs;  // files for T; empty: rendered pictures
  std::string config;               // vigild's; empty: none
  int images = 1000;                // of the data set
  bool json = false;
};

struct Model {
  std::filesystem::path path;
  std::string name;                            // the file's
  std::optional<Graph> graph;                  // none where it could not be read
  std::optional<EstimatorMetadata> estimator;  // it is a PE
  const Model* target = nullptr;               // of a PE: its T, where it is here too

  bool IsPicture() const;  // takes float32 [N, 3, H, W]
};

// Sets of a labelled source, by what they are for.
struct Data {
  std::string name;
  std::shared_ptr<const Dataset> training, test;
};

struct Patient {
  std::vector<Model> models;
  std::optional<Data> data;
  std::vector<std::string> input_files;
  std::string config;
  int images = 0;
};

// Reads the models, which is the first check of each.
Patient Admit(const DoctorArguments& arguments, Findings& findings);

// A few inputs of this T: of the files, else of the data set, else of rendered people. Where they
// come from is put into `source`.
std::vector<Tensor> SampleInputs(const Patient& patient, const Model& model, int count,
                                 std::string& source);

// The sample as this T sees it.
Tensor InputOf(const Graph& target, const Sample& sample);

void CheckModels(const Patient& patient, Findings& findings);
void CheckInputs(const Patient& patient, Findings& findings);
void CheckTraining(const Patient& patient, Findings& findings);
void CheckGpu(const Patient& patient, Findings& findings);
void CheckApi(const Patient& patient, Findings& findings);

}  // namespace vigil::doctor

#endif  // VIGIL_TOOLS_VIGIL_DOCTOR_PATIENT_H_
