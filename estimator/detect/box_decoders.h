// The decoders that MakeBoxDecoder chooses from. Each Try returns null where the graph's outputs
// are not of its form.
#ifndef VIGIL_ESTIMATOR_DETECT_BOX_DECODERS_H_
#define VIGIL_ESTIMATOR_DETECT_BOX_DECODERS_H_

#include <optional>

#include "estimator/detect/box_decoder.h"

namespace vigil {

std::unique_ptr<BoxDecoder> TryUltraFace(const Graph& detector);
std::unique_ptr<BoxDecoder> TryYuNet(const Graph& detector);
std::unique_ptr<BoxDecoder> TryGrid(const Graph& detector);

// Place among the graph's outputs of the one of this name; none where there is no such output.
std::optional<std::size_t> FindOutput(const Graph& graph, const std::string& name);

// Width and height of the graph's one image input; zeros where it has none.
DetectorInput SizeOfInput(const Graph& detector);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_BOX_DECODERS_H_
