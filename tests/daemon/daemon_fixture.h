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

#include "estimator/daemon/config.h"
#include "estimator/store/sealed_codec.h"
#include "tests/daemon/tiny_service.h"
#include "tests/store/store_fixture.h"

namespace vigil::testing {

// Real clocks: threads and processes wait here.
class DaemonTest : public StoreTest {
 protected:
  DaemonTest() { WriteTinyEstimator(File("pe.onnx")); }

  std::string File(const std::string& name) const { return folder_.string() + "/" + name; }

  std::string ConfigText(const std::string& more = "") const {
    return TinyServiceConfig(folder_.string()) + more;
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
