#include "estimator/verdict/strata.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

Strata::Strata(std::vector<float> edges, float threshold)
    : edges_(std::move(edges)), threshold_(threshold) {
  float previous = 0.0f;
  for (const float edge : edges_) {
    if (!(edge > previous && edge < 1.0f)) {
      throw Error(Fault::kModel, ErrorCode::kMalformed,
                  Text("calibration: band edge ", edge, " after ", previous,
                       ", expected edges that rise strictly within 0 and 1"));
    }
    previous = edge;
  }
  if (!(threshold_ >= 0.0f && threshold_ <= 1.0f)) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("calibration: threshold ", threshold_, ", expected a number from 0 to 1"));
  }
}

Strata Strata::FromQuantiles(std::vector<float> p_correct, int bands, float threshold) {
  VIGIL_CHECK(!p_correct.empty() && bands >= 1);
  std::ranges::sort(p_correct);
  std::vector<float> edges;
  for (int band = 1; band < bands; ++band) {
    const std::size_t at =
        p_correct.size() * static_cast<std::size_t>(band) / static_cast<std::size_t>(bands);
    const float edge = p_correct[at];
    if (edge > (edges.empty() ? 0.0f : edges.back()) && edge < 1.0f) edges.push_back(edge);
  }
  return Strata(std::move(edges), threshold);
}

int Strata::BandOf(float p_correct) const {
  return static_cast<int>(std::ranges::upper_bound(edges_, p_correct) - edges_.begin());
}

int Strata::GroupOf(float p_correct, std::span<const float, kCauseCount> p_cause) const {
  if (p_correct >= threshold_) return kNoCause;
  return static_cast<int>(std::ranges::max_element(p_cause) - p_cause.begin());
}

int Strata::StratumOf(float p_correct, std::span<const float, kCauseCount> p_cause) const {
  return GroupOf(p_correct, p_cause) * bands() + BandOf(p_correct);
}

}  // namespace vigil
