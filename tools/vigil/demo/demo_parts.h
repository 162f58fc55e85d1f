// What the demo is put together from.
#ifndef VIGIL_TOOLS_VIGIL_DEMO_DEMO_PARTS_H_
#define VIGIL_TOOLS_VIGIL_DEMO_DEMO_PARTS_H_

#include <filesystem>
#include <memory>
#include <string>

#include "engine/backend/backend.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tools/vigil/demo/demo.h"

namespace vigil {

inline constexpr Encoding kDemoEncoding = Encoding::kInt8;

// T with PE's taps, PE, and what their files say.
struct DemoModels {
  std::filesystem::path target_path, estimator_path;
  Graph target, estimator;
  EstimatorMetadata metadata;
  Task task;
  Normalisation normalisation;
};

// Throws Error (Input | Model) naming the file, and the tap where T has not what PE wants.
DemoModels LoadDemoModels(const DemoOptions& options);

struct ChosenBackend {
  std::shared_ptr<Backend> backend;
  std::string why;  // this one and not a better one
  bool is_gpu = false;
};
ChosenBackend ChooseBackend(const std::string& name, int device);

// Repeats a sample of the stream on Vulkan, T and PE, and fills result.agreement, or the reason why
// there is none.
void CompareWithVulkan(const DemoModels& models, const DemoStream& stream, DemoResult& result);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DEMO_DEMO_PARTS_H_
