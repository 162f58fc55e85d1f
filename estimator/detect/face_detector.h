// Stage 1 of the cascade: where the faces are (SOURCES.md P1).
#ifndef VIGIL_ESTIMATOR_DETECT_FACE_DETECTOR_H_
#define VIGIL_ESTIMATOR_DETECT_FACE_DETECTOR_H_

#include <memory>
#include <span>
#include <vector>

#include "engine/session/session.h"
#include "estimator/detect/box_decoder.h"

namespace vigil {

struct DetectorOptions {
  float threshold = 0.5f;               // least score
  float overlap = 0.3f;                 // two boxes that share more are one face
  std::vector<Encoding> tap_encodings;  // of the graph's taps: none, one for all, or each its own
  int threads = 0;                      // of a CPU backend
};

// Any detector that MakeBoxDecoder knows, compiled. Externally synchronised.
class FaceDetector {
 public:
  // Throws as MakeBoxDecoder, Session and PlanTaps do; Error (Api, kMisuse) for a threshold or an
  // overlap outside 0 to 1.
  FaceDetector(const Graph& detector, std::shared_ptr<Backend> backend, DetectorOptions options);

  // Faces, the surest first, in pixels of the image. The picture is shown to the network whole, in
  // its own proportions. `slot`: as Target::Run. Errors as Session::Run.
  std::vector<Detection> Detect(const Image& image, std::span<std::byte> slot = {});

  const BoxDecoder& decoder() const { return *decoder_; }
  const Graph& graph() const { return session_.graph(); }
  // In the last run: RunReport.
  bool recovered() const { return failure_.has_value(); }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::unique_ptr<BoxDecoder> decoder_;
  DetectorOptions options_;
  Session session_;
  Tensor input_;
  std::vector<Tensor> outputs_;
  std::optional<Error> failure_;  // of the last run
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_FACE_DETECTOR_H_
