// HTTP/1.1 on a Unix socket, and on a loopback port where one is asked for. Read only.
#ifndef VIGIL_ESTIMATOR_DAEMON_HTTP_SERVER_H_
#define VIGIL_ESTIMATOR_DAEMON_HTTP_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vigil {

struct HttpReply {
  int status = 200;
  std::string type;  // "text/plain; charset=utf-8"
  std::string body;
};

using HttpQuery = std::map<std::string, std::string>;
// Called on the server's threads, several at once. What it throws becomes status 500 (an Error of
// Fault::kApi: 400) with the line.
using HttpHandler = std::function<HttpReply(const HttpQuery&)>;

struct HttpPlaces {
  std::string socket;  // its mode becomes 0660; a stale one is replaced. Empty: none
  std::string listen;  // "127.0.0.1:9477", "[::1]:9477"; empty: none
};

// Answers GET and HEAD of the paths that have a handler, one request a connection; 404 lists them,
// other methods get 405. A request line or header of more than 8 KiB and any body are refused; a
// client that is silent for 2 s or takes nothing for 10 s is closed. Two requests are answered at
// once, by threads of low priority, 16 wait with us and a few more with the kernel.
class HttpServer {
 public:
  // Throws Error (Api, kIo) naming the place where it cannot be bound, such as a socket that
  // another process answers on.
  HttpServer(const HttpPlaces& places, std::map<std::string, HttpHandler> handlers);
  ~HttpServer();  // takes the socket's file away, if it is still its own
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  class Listener;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_HTTP_SERVER_H_
