// Autoencoders over T's tapped features (SOURCES.md G2, G4, G5): plain, variational, and one that
// learns together with a classifier and loses its decoder afterwards.
//
// What they see of a record is its *view*: each tap brought down to at most 2 x 2 places by whole
// windows, of which every channel gives its mean and, where a window has more than one place, its
// standard deviation (blur and flat light lower it, and a mean cannot say so). Then the channels
// are whitened in groups, a group's means and deviations together: uncorrelated and of deviation 1
// over known records. What is strange often keeps to the usual range in every channel and only
// breaks how they go together; unwhitened, an error there would drown. All of it is part of the
// graph, so that the network reads a record's taps as PE does and no caller can forget a step.
#ifndef VIGIL_ESTIMATOR_MODELS_AUTOENCODER_H_
#define VIGIL_ESTIMATOR_MODELS_AUTOENCODER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

enum class AutoencoderKind { kPlain, kVariational, kJoint };
std::string_view AutoencoderKindName(AutoencoderKind kind);  // "ae", "vae", "joint"
// Throws Error (Api, kNotFound) that lists the names.
AutoencoderKind AutoencoderKindFromName(std::string_view name);

struct AutoencoderOptions {
  AutoencoderKind kind = AutoencoderKind::kPlain;
  std::vector<Shape> taps;     // in the order in which PE reads them, each [1, C, H, W]
  std::int64_t latent = 32;    // numbers that a record is pressed into
  std::int64_t channels = 48;  // of the widest hidden layer
  std::int64_t classes = 0;    // kJoint: of the classifier; unused by the others
  std::uint64_t seed = 1;
};

// The channels of the raw view (BuildView) that are whitened together, in the order in which the
// whitened view has them: of each tap in turn, at most 32 channels' means, then their deviations.
std::vector<std::vector<std::int64_t>> ViewGroups(const std::vector<Shape>& taps);

struct ViewNormalisation {
  std::vector<float> mean;  // of each channel of the raw view
  // For each group of n channels n x n numbers, row-major: a group's whitened channels are this
  // times the channels less their means.
  std::vector<std::vector<float>> whitening;
};

// Inputs "feature_0", "feature_1", ... of these shapes; output "view/raw" [1, F, h, w], before it
// is whitened. Throws Error (Model, kInvalidShape) with the shapes where a tap is not of rank 4
// or they end at different sizes.
Graph BuildView(const std::vector<Shape>& taps);

// What is trained. Inputs: "view", whitened; kVariational also "noise" [1, latent], standard
// normal, by which it draws from its latent distribution. Outputs: "residual" [1, F * h * w],
// reconstruction minus view; then kVariational "moments" [1, 2 * latent] (means, then logarithms of
// variances), kJoint "classes" [1, classes].
Graph BuildAutoencoderForTraining(const AutoencoderOptions& options);

// What ships: the trained network behind the view of the taps, without noise. Inputs as
// BuildView. Outputs in this order: "latent" [1, latent] (kVariational: its means); kVariational
// "log_variance" [1, latent]; kJoint "classes"; all but kJoint, which has no decoder any more,
// "view" and "reconstruction" [1, F, h, w], the latter from the latent itself.
// `trained` is BuildAutoencoderForTraining(options) with its constants learned. REQUIRES: the
// normalisation is of ViewGroups(options.taps).
Graph BuildAutoencoder(const AutoencoderOptions& options, const ViewNormalisation& normalisation,
                       const Graph& trained);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_AUTOENCODER_H_
