// Whether an image file is all there. Decoders fill what a truncated file lacks with grey, and say
// so only on standard error.
#ifndef VIGIL_ESTIMATOR_DATA_IMAGE_FORMAT_H_
#define VIGIL_ESTIMATOR_DATA_IMAGE_FORMAT_H_

#include <cstddef>
#include <span>
#include <string>

namespace vigil {

// Empty where the bytes end as JPEG (ITU T.81: end-of-image marker after the scans) or PNG (ISO
// 15948: IEND chunk) wants, or are in another format, which is left to the decoder. Otherwise what
// is missing, with the number of bytes there are.
std::string WhyTruncated(std::span<const std::byte> bytes);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_IMAGE_FORMAT_H_
