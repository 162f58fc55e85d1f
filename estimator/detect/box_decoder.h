// What the outputs of a face detector mean.
#ifndef VIGIL_ESTIMATOR_DETECT_BOX_DECODER_H_
#define VIGIL_ESTIMATOR_DETECT_BOX_DECODER_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/detect/detection.h"

namespace vigil {

// How a detector wants its picture: float32 [1, 3, H, W].
struct DetectorInput {
  std::int64_t width = 0, height = 0;
  Normalisation normalisation;
  bool bgr = false;  // the order of the planes
};

// (byte - mean) / scale in all three colours.
constexpr Normalisation OfBytes(float mean, float scale) {
  const float m = mean / 255.0f, s = scale / 255.0f;
  return {.mean = {m, m, m}, .stddev = {s, s, s}};
}

// Immutable, so that threads may share it.
class BoxDecoder {
 public:
  virtual ~BoxDecoder() = default;
  virtual std::string name() const = 0;  // "UltraFace", ...
  virtual DetectorInput input() const = 0;
  // Every box whose score is at least `threshold`, in pixels of the input, overlaps included.
  // `outputs` are those of the graph, in its order, float32.
  virtual std::vector<Detection> Decode(std::span<const ConstTensorView> outputs,
                                        float threshold) const = 0;
};

// Tells the detectors that are known apart by the names and shapes of what they give:
//   UltraFace (Linzaer, RFB or slim): scores [1, P, 2] (background, face, after softmax) and boxes
//     [1, P, 4] (offsets from priors in their authors' variances 0.1, 0.2, or corners as shares of
//     the image where the file decodes them itself).
//   YuNet (Wu et al. 2023; opset 11 export of 2023): cls_S, obj_S [1, P, 1] and bbox_S [1, P, 4]
//   for
//     strides S of 8, 16 and 32; the score is sqrt(cls * obj).
//   Grid (Vigil's own, face_detector.h of estimator/models): faces [1, 5, rows, columns].
// Throws Error (Model, kUnsupported) that lists the outputs found and the three forms.
std::unique_ptr<BoxDecoder> MakeBoxDecoder(const Graph& detector);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_BOX_DECODER_H_
