// Where the face is in a photograph of known pose, without a detector.
#ifndef VIGIL_ESTIMATOR_DATA_FACES_FACE_FIT_H_
#define VIGIL_ESTIMATOR_DATA_FACES_FACE_FIT_H_

#include "estimator/data/dataset.h"

namespace vigil {

// For photographs whose faces are covered by a rendered grey one, as our copy of Pointing'04: the
// grey pixels tell how large the face is and where, the canonical head in the annotated pose what
// of it they show. The box is the one of FaceBox (heads/head_shape.h), so that CanonicalView(box,
// pose) lies on the face and its landmarks are where objects belong. Where less of the image than
// a face takes is grey, the largest square in the middle. Milliseconds; throws nothing.
Box FitFace(const Image& image, const Truth& pose);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_FACES_FACE_FIT_H_
