// A small PE in a file, a configuration that uses it, and records that T's process would write.
#ifndef VIGIL_TESTS_DAEMON_DAEMON_FIXTURE_H_
#define VIGIL_TESTS_DAEMON_DAEMON_FIXTURE_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"
#include "estimator/daemon/config.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tests/monitor/report_fixture.h"
#include "tests/store/store_fixture.h"

namespace vigil::testing {

// Real clocks: threads and processes wait here.
class DaemonTest : public StoreTest {
 protected:
  DaemonTest() { WriteEstimator(); }

  std::string File(const std::string& name) const { return folder_.string() + "/" + name; }

  // Logits [T's output, the tap]: "correct" where T's output is above 0.
  void WriteEstimator() const {
    GraphBuilder builder;
    const ValueId tap = builder.Input("features", {DType::kFloat32, {1, 2}});
    const ValueId output = builder.Input("target_output", {DType::kFloat32, {1, 1}});
    builder.Output(builder.Add("logits", ConcatAttrs{1}, {output, tap}));
    const EstimatorMetadata metadata{.task = "cifar10",
                                     .taps = {"features"},
                                     .causes = {Cause::kBlur, Cause::kOther},
                                     .gate = {},
                                     .calibration = AgreedCalibration(),
                                     .trained_on = ""};
    SaveOnnx(WriteEstimatorMetadata(std::move(builder).Build(), metadata), File("pe.onnx"));
  }

  std::string ConfigText(const std::string& more = "") const {
    return "[models]\nestimator = \"" + File("pe.onnx") + "\"\n[store]\npath = \"" + path_ +
           "\"\n[keys]\nsecret = \"" + File("secret.key") + "\"\npublic = \"" + File("public.key") +
           "\"\n[activity]\npage = \"" + File("activity") + "\"\n[http]\nsocket = \"" +
           File("http.sock") +
           "\"\n[compute]\nbackend = \"reference\"\n"
           "[idle]\nidle_after_seconds = 0\nbegin_cpu_use = false\ncontinue_cpu_use = false\n"
           "begin_cpu_pressure = false\nbegin_memory_pressure = false\n"
           "begin_disk_pressure = false\nonly_on_mains = false\nmax_celsius = false\n" +
           more;
  }
  ServiceConfig Config(const std::string& more = "") const {
    return ParseServiceConfig(ConfigText(more), "test.toml");
  }

  // What T's process does: it has the public key alone. Records lie ten minutes apart, in the past.
  void AppendRecords(int count, float output, std::uint64_t model_hash = 77) const {
    Store writer(path_, StoreOptions{.codec = SealingCodec(ReadPublicKey(File("public.key")))});
    const std::int64_t now = SystemClock().WallMicros();
    std::vector<Record> records;
    for (int i = 0; i < count; ++i) {
      Record record = MakeRecord(i, now + i, 2);
      record.time_micros = now - (count - i) * std::int64_t{600'000'000};
      record.epoch = record.time_micros;
      record.model_hash = model_hash;
      record.output = {output};
      records.push_back(std::move(record));
    }
    writer.Append(records);
  }

  // A port of the loopback that was free a moment ago.
  static int FreePort() {
    sockaddr_in address{.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int file = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(bind(file, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(file, reinterpret_cast<sockaddr*>(&address), &size), 0);
    close(file);
    return ntohs(address.sin_port);
  }

  static bool WaitUntil(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_DAEMON_DAEMON_FIXTURE_H_
