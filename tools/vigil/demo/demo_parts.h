// What the demo is put together from.
#ifndef VIGIL_TOOLS_VIGIL_DEMO_DEMO_PARTS_H_
#define VIGIL_TOOLS_VIGIL_DEMO_DEMO_PARTS_H_

#include <memory>
#include <string>

#include "engine/backend/backend.h"
#include "estimator/evaluation/judged_models.h"
#include "tools/vigil/demo/demo.h"

namespace vigil {

// Throws Error (Input | Model) naming the file, and the tap where T has not what PE wants.
JudgedModels LoadDemoModels(const DemoOptions& options);

struct ChosenBackend {
  std::shared_ptr<Backend> backend;
  std::string why;  // this one and not a better one
  bool is_gpu = false;
};
ChosenBackend ChooseBackend(const std::string& name, int device);

// Repeats a sample of the stream on Vulkan, T and PE, and fills result.agreement, or the reason why
// there is none.
void CompareWithVulkan(const JudgedModels& models, const DemoStream& stream, DemoResult& result);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DEMO_DEMO_PARTS_H_
