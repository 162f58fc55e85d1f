// Keeps records of a T that runs elsewhere, from what it pushes.
#ifndef VIGIL_ESTIMATOR_SERVICE_RECORDER_H_
#define VIGIL_ESTIMATOR_SERVICE_RECORDER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "estimator/idle/activity_page.h"
#include "estimator/service/input_watch.h"
#include "estimator/service/record_keeper.h"
#include "estimator/taps/feature_map.h"

namespace vigil {

// A feature that every record has: PE's taps, in any order.
struct RecordedFeature {
  std::string name;
  Shape shape;  // NCHW, dimension 0 is 1
  Encoding encoding = Encoding::kInt8;
};

struct RecorderOptions {
  std::vector<RecordedFeature> features;
  std::int64_t outputs = 0;  // values of T's output row
  RecordKeeperOptions keeper;
  ActivityPage* activity = nullptr;  // told of every inference; outlives the recorder; may be null
  // Of T's input, for those who show it (Recorder::Input). None: it is not checked but for NaN.
  std::optional<InputSchema> schema;
};

// Around each inference of T: Begin before it, Push for each feature where Begin said so, then
// Finish, or Abandon where T failed. One thread, T's; nothing here waits for a disk or for PE.
class Recorder {
 public:
  // Throws Error (Api, kInvalidValue) for a feature without a name, one that stands twice or is not
  // one sample, and for no outputs.
  Recorder(std::shared_ptr<Store> store, RecorderOptions options);
  ~Recorder();

  // T is about to run. True: this inference is kept, so push its features. An inference that was
  // neither finished nor abandoned is abandoned.
  bool Begin();
  // What T is given, in T's own form and normalisation; looked at, and not kept. Every input is
  // checked, whether the inference is kept or not: a violation marks the record, is counted as an
  // incident of the family Input, and changes nothing else; of a kept one the record has its
  // statistics, which the drift monitor reads. So it is for every inference or for none. float32 in
  // NCHW is read where it lies; anything else is converted first. Throws Error: (Api, kMisuse)
  // without Begin; (Input) where it has not the schema's shape, or not finite values, or as
  // ConvertFeature: the violation is counted, and the inference goes on, without statistics.
  void Input(const FeatureMap& map);
  // Of the last inference's input.
  std::uint32_t violations() const { return watch_.violations(); }
  // Converts and encodes the feature; no-op where the inference is not kept, so that a caller need
  // not ask. Throws Error: (Api, kMisuse) without Begin, (Api, kNotFound) for a name that was not
  // declared, as ConvertFeature. What was pushed before stays; the feature may be pushed again.
  void Push(std::string_view name, const FeatureMap& map);
  // T is done. Returns the record's number (RecordKeeper::Commit), or nothing where it is not kept.
  // Throws Error: (Api, kMisuse) without Begin, or naming a feature that was not pushed; (Input)
  // for an output of another size, or not finite. The record is dropped and counted then.
  std::optional<std::int64_t> Finish(const FeatureMap& output, const Tags& tags = {});
  void Abandon();

  RecordKeeper& keeper() { return keeper_; }
  const RecordKeeper& keeper() const { return keeper_; }

 private:
  std::size_t IndexOf(std::string_view name) const;
  void End();
  ConstTensorView ViewOf(const FeatureMap& map);

  const RecorderOptions options_;
  RecordKeeper keeper_;
  std::optional<RecordKeeper::Ticket> ticket_;  // of the inference that runs
  std::vector<bool> pushed_;
  std::vector<Tensor> converted_;  // a feature each
  Tensor output_;
  InputWatch watch_;
  Tensor input_;                   // where it has to be converted
  std::vector<float> statistics_;  // of the input of the inference that runs
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_RECORDER_H_
