#include "estimator/daemon/http_server.h"

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/log.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kWaiting = 16;
constexpr mode_t kSocketMode = 0660;

void BeNice() {
  constexpr int kNice = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNice);
}

// The library's own pool takes any number of connections; here the one that accepts them waits.
class BoundedPool final : public httplib::TaskQueue {
 public:
  BoundedPool() {
    for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Work(); });
  }
  void enqueue(std::function<void()> job) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return jobs_.size() < kWaiting || ending_; });
    jobs_.push_back(std::move(job));
    changed_.notify_all();
  }
  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::jthread& thread : threads_) thread.join();
  }

 private:
  void Work() {
    BeNice();
    while (true) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !jobs_.empty() || ending_; });
        if (jobs_.empty()) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      changed_.notify_all();
      job();
    }
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

HttpReply Answer(const HttpHandler& handler, const httplib::Request& request) {
  const auto failed = [](int status, const std::string& line) {
    return HttpReply{status, "text/plain; charset=utf-8", line + "\n"};
  };
  try {
    HttpQuery query;
    for (const auto& [key, value] : request.params) query[key] = value;
    return handler(query);
  } catch (const Error& error) {
    return failed(error.fault() == Fault::kApi ? 400 : 500, error.what());
  } catch (const std::exception& error) {
    return failed(500, error.what());
  } catch (...) {
    return failed(500, "internal error");
  }
}

void SetUp(httplib::Server& server, const std::map<std::string, HttpHandler>& handlers) {
  server.new_task_queue = [] { return new BoundedPool; };
  server.set_keep_alive_max_count(1);
  server.set_keep_alive_timeout(2);  // and for the first byte
  server.set_read_timeout(2);
  server.set_write_timeout(10);
  server.set_payload_max_length(0);
  server.set_default_headers({{"Cache-Control", "no-store"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Content-Security-Policy",
                               "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}});
  std::string paths;
  for (const auto& [path, handler] : handlers) paths += path + "\n";
  server.set_pre_routing_handler(
      [&handlers, paths](const httplib::Request& request, httplib::Response& response) {
        using Handled = httplib::Server::HandlerResponse;
        const auto text = [&](int status, const std::string& body) {
          response.status = status;
          response.set_content(body, "text/plain; charset=utf-8");
          return Handled::Handled;
        };
        if (request.method != "GET" && request.method != "HEAD") {
          response.set_header("Allow", "GET, HEAD");
          return text(405, "expected GET or HEAD\n");
        }
        const auto found = handlers.find(request.path);
        if (found == handlers.end()) return text(404, "expected one of\n" + paths);
        HttpReply reply = Answer(found->second, request);
        response.status = reply.status;
        response.set_content(std::move(reply.body), reply.type.c_str());
        return Handled::Handled;
      });
}

[[noreturn]] void CannotBind(const std::string& place, const std::string& why) {
  throw Error(Fault::kApi, ErrorCode::kIo, Text("HTTP at '", place, "' cannot be bound: ", why));
}

// Takes away the socket of a process that is gone; refuses one that answers, and other files.
void RemoveStale(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode))
    CannotBind(path, "a file of another kind is there, expected a socket or nothing");
  sockaddr_un address{.sun_family = AF_UNIX};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answers =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  if (answers) CannotBind(path, "another process answers there");
  unlink(path.c_str());
}

}  // namespace

class HttpServer::Listener {
 public:
  Listener(std::string socket, std::string host, int port,
           const std::map<std::string, HttpHandler>& handlers)
      : socket_(std::move(socket)), handlers_(handlers) {
    SetUp(server_, handlers_);
    if (socket_.empty()) {
      // The library's own options let several processes share a port, each getting some requests.
      server_.set_socket_options([](socket_t unbound) {
        const int yes = 1;
        setsockopt(unbound, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      });
      if (!server_.bind_to_port(host, port))
        CannotBind(Text(host, ":", port), std::strerror(errno));
    } else {
      BindSocket();
    }
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    // The library's stop() is no-op before its loop runs.
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Listener() {
    if (file_ && FileIdOf(socket_) == file_) unlink(socket_.c_str());
    server_.stop();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  void BindSocket() {
    if (socket_.size() >= sizeof(sockaddr_un::sun_path)) {
      CannotBind(socket_, Text("its path has ", socket_.size(), " bytes, expected fewer than ",
                               sizeof(sockaddr_un::sun_path)));
    }
    RemoveStale(socket_);
    server_.set_address_family(AF_UNIX);
    // Before it has a name, so that there is no moment at which others could connect.
    server_.set_socket_options([](socket_t unbound) { fchmod(unbound, kSocketMode); });
    constexpr int kUnusedPort = 80;
    if (!server_.bind_to_port(socket_, kUnusedPort)) CannotBind(socket_, std::strerror(errno));
    if (chmod(socket_.c_str(), kSocketMode) != 0) CannotBind(socket_, std::strerror(errno));
    file_ = FileIdOf(socket_);
  }

  const std::string socket_;
  const std::map<std::string, HttpHandler> handlers_;
  std::optional<FileId> file_;  // of the socket
  httplib::Server server_;
  std::jthread thread_;  // last: ends before what it uses
};

HttpServer::HttpServer(const HttpPlaces& places, std::map<std::string, HttpHandler> handlers) {
  if (!places.socket.empty())
    listeners_.push_back(std::make_unique<Listener>(places.socket, "", 0, handlers));
  if (!places.listen.empty()) {
    const std::size_t colon = places.listen.rfind(':');
    std::string host = places.listen.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    listeners_.push_back(
        std::make_unique<Listener>("", host, std::stoi(places.listen.substr(colon + 1)), handlers));
  }
}

HttpServer::~HttpServer() = default;

}  // namespace vigil
