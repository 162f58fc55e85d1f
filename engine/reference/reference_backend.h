// The oracle: every node by its operator's own reference, in order, on one thread.
#ifndef VIGIL_ENGINE_REFERENCE_REFERENCE_BACKEND_H_
#define VIGIL_ENGINE_REFERENCE_REFERENCE_BACKEND_H_

#include <memory>

#include "engine/backend/backend.h"

namespace vigil {

// Runs the graph as it stands, with no pass applied and no memory shared among values. It waits for
// nothing, so that of CompileOptions only the batch and the tap encodings mean anything to it.
std::shared_ptr<Backend> MakeReferenceBackend();

}  // namespace vigil

#endif  // VIGIL_ENGINE_REFERENCE_REFERENCE_BACKEND_H_
