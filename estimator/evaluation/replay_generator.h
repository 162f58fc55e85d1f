// Generative replay (SOURCES.md G7): records made up from what an autoencoder and a few hundred
// thousand numbers say of the known ones, to learn from where the known ones may not go.
#ifndef VIGIL_ESTIMATOR_EVALUATION_REPLAY_GENERATOR_H_
#define VIGIL_ESTIMATOR_EVALUATION_REPLAY_GENERATOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/session/session.h"
#include "estimator/evaluation/replay_cells.h"
#include "estimator/models/task.h"

namespace vigil {

// A record as the autoencoder sees it, real or replayed.
struct ReplayRecord {
  ReplayCell cell;
  int group = 0;                // Sample::group; 0 where replayed
  std::vector<float> latent;    // the autoencoder's
  std::vector<float> output;    // T's
  std::vector<float> view;      // whitened, of the taps (models/autoencoder.h)
  std::vector<float> residual;  // view less its reconstruction; empty where replayed
};

// The half of an autoencoder behind its latent. Not thread-safe.
class ReplayDecoder {
 public:
  // `monitor` is of BuildAutoencoder. Throws Error (Api, kNotFound) for one without a decoder; as
  // Backend::Compile.
  ReplayDecoder(const Graph& monitor, const std::shared_ptr<Backend>& backend);
  // Sets the records' views from their latents. Errors as Session::Run.
  void Decode(std::span<ReplayRecord> records);
  std::int64_t parameters() const { return parameters_; }

 private:
  static constexpr std::int64_t kBatch = 16;
  Session session_;
  std::int64_t parameters_;
};

// What is added to a decoded view, which is cleaner than any real one.
enum class ReplayResidual {
  kNone,
  kNoise,  // normal noise of each number's own variance, the same for all records
  // What the latent and T's output say of it, by regression within the cells; and normal noise of
  // mean and variance of the record's cell.
  kCells,
};
inline constexpr std::array kReplayResiduals = {ReplayResidual::kNone, ReplayResidual::kNoise,
                                                ReplayResidual::kCells};
std::string_view ReplayResidualName(ReplayResidual residual);

// Latents and T's outputs are drawn together, from the normal distribution of their cell.
// Immutable.
class ReplayGenerator {
 public:
  // Throws as CellGaussians. REQUIRES: records with latent and residual.
  ReplayGenerator(const Task& task, std::span<const ReplayRecord> known);

  // Cells as often as among the known, by chance. An output that would make T right where its cell
  // says wrong, or the other way round, is drawn again; where it stays so, the cell follows it.
  // Views are the decoder's to fill in. The same seed gives the same records.
  std::vector<ReplayRecord> Draw(std::int64_t count, std::uint64_t seed) const;
  void AddResidual(ReplayResidual residual, std::span<ReplayRecord> records,
                   std::uint64_t seed) const;
  // Of a known or unknown record; what is said where the residual is kCells. Minus infinity where
  // no known record had its label or its causes.
  double LogDensity(const ReplayRecord& record) const;

  const CellGaussians& joint() const { return joint_; }
  // Numbers that leave the device in the records' place, the decoder's aside.
  std::int64_t Parameters(ReplayResidual residual) const;

 private:
  Task task_;
  CellGaussians joint_;           // latents, then outputs
  std::vector<double> slopes_;    // of the residual: a row of joint_'s dimensions a number
  CellGaussians residuals_;       // of what is left; diagonal
  std::vector<float> deviation_;  // of the residual over all records, from zero
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_REPLAY_GENERATOR_H_
