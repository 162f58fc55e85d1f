// T for faces as the paper has it: a detector, a crop, and a network that looks at the crop
// (SOURCES.md P1).
#ifndef VIGIL_ESTIMATOR_DETECT_CASCADE_H_
#define VIGIL_ESTIMATOR_DETECT_CASCADE_H_

#include <memory>

#include "estimator/detect/face_detector.h"
#include "estimator/taps/target.h"

namespace vigil {

struct CascadeOptions {
  DetectorOptions detector;
  std::vector<Encoding> tap_encodings;  // of stage 2's taps, as PlanTaps
  // Side of the crop over the longer side of the detector's box. The shipped T's were trained on
  // squares from the chin to the hairline and a margin; MeasureDetector says what a detector wants.
  float margin = 1.0f;
  int threads = 0;  // of a CPU backend, each stage
};

// A Target whose input is a picture: uint8 [1, H, W, 3], RGB, any H and W. The face that it looks
// at is the surest; without one nothing is answered. Taps of stage 1 are called detector/NAME.
class FaceCascade final : public Target {
 public:
  // `target` takes one square image [1, 3, S, S], normalised as its metadata say. Throws as
  // FaceDetector, Session and PlanTaps do; Error (Model, kInvalidShape) for another input of
  // `target`.
  FaceCascade(const Graph& detector, const Graph& target, const std::shared_ptr<Backend>& backend,
              CascadeOptions options);

  Shape output() const override { return output_; }
  const TapPlan& plan() const override { return plan_; }
  const std::string& input_name() const override { return input_name_; }
  TargetAnswer Run(ConstTensorView input, std::span<float> output,
                   std::span<std::byte> slot) override;

  // The same for a picture in memory.
  TargetAnswer Run(const Image& image, std::span<float> output, std::span<std::byte> slot = {});

  // What the last run saw; empty where there was no face.
  const std::vector<Detection>& faces() const { return faces_; }
  // The crop of the last run. REQUIRES: there was a face.
  Box crop() const { return SquareBox(faces_.front(), margin_); }

 private:
  FaceDetector detector_;
  std::unique_ptr<Target> target_;
  float margin_;
  Normalisation normalisation_;
  TapPlan plan_;
  std::size_t detector_bytes_ = 0;  // of the slot
  Shape output_;
  std::string input_name_;
  Tensor crop_;
  std::vector<Detection> faces_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_CASCADE_H_
