// A PE that costs nothing, and a configuration that lets it work at once.
#ifndef VIGIL_TESTS_DAEMON_TINY_SERVICE_H_
#define VIGIL_TESTS_DAEMON_TINY_SERVICE_H_

#include <string>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tests/monitor/report_fixture.h"

namespace vigil::testing {

// One tap, "features" [1, 2], and T's output [1, 1]. Logits [T's output, the tap]: "correct" where
// T's output is above 0.
inline void WriteTinyEstimator(const std::string& path) {
  GraphBuilder builder;
  const ValueId tap = builder.Input("features", {DType::kFloat32, {1, 2}});
  const ValueId output = builder.Input("target_output", {DType::kFloat32, {1, 1}});
  builder.Output(builder.Add("logits", ConcatAttrs{1}, {output, tap}));
  EstimatorMetadata metadata{.task = "cifar10",
                             .taps = {"features"},
                             .causes = {Cause::kBlur, Cause::kOther},
                             .gate = {},
                             .calibration = AgreedCalibration(),
                             .trained_on = ""};
  SaveOnnx(WriteEstimatorMetadata(std::move(builder).Build(), metadata), path);
}

// Everything in `folder`: pe.onnx, records.db, secret.key, public.key, activity, http.sock. Ends
// within [idle].
inline std::string TinyServiceConfig(const std::string& folder, const std::string& store = "") {
  return "[models]\nestimator = \"" + folder + "/pe.onnx\"\n[store]\npath = \"" + folder +
         "/records.db\"\n" + store + "[keys]\nsecret = \"" + folder + "/secret.key\"\npublic = \"" +
         folder + "/public.key\"\n[activity]\npage = \"" + folder +
         "/activity\"\n[http]\nsocket = \"" + folder +
         "/http.sock\"\n[compute]\nbackend = \"reference\"\n"
         "[idle]\nidle_after_seconds = 0\nbegin_cpu_use = false\ncontinue_cpu_use = false\n"
         "begin_cpu_pressure = false\nbegin_memory_pressure = false\n"
         "begin_disk_pressure = false\nonly_on_mains = false\nmax_celsius = false\n";
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_DAEMON_TINY_SERVICE_H_
