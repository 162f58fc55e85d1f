#include "estimator/daemon/http_server.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/daemon/daemon_fixture.h"

namespace vigil {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;

class HttpServerTest : public testing::DaemonTest {
 protected:
  HttpServerTest() {
    handlers_["/hello"] = [](const HttpQuery& query) {
      const auto name = query.find("name");
      return HttpReply{200, "text/plain", "hello " + (name == query.end() ? "" : name->second)};
    };
    handlers_["/refuse"] = [](const HttpQuery&) -> HttpReply {
      throw Error(Fault::kApi, ErrorCode::kInvalidValue, "limit is 'x': expected a number");
    };
    handlers_["/fail"] = [](const HttpQuery&) -> HttpReply {
      throw Error(Fault::kInput, ErrorCode::kIo, "store 'x' is gone");
    };
  }
  httplib::Client Client() const {
    httplib::Client client(socket_);
    client.set_address_family(AF_UNIX);
    return client;
  }
  int Connect() const {
    sockaddr_un address{.sun_family = AF_UNIX};
    socket_.copy(address.sun_path, socket_.size());
    const int file = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return file;
  }

  const std::string socket_ = folder_.string() + "/http.sock";
  std::map<std::string, HttpHandler> handlers_;
};

TEST_F(HttpServerTest, Get_AnswersOnASocketOfMode0660_ThatGoesWithTheServer) {
  {
    const HttpServer server({.socket = socket_}, handlers_);
    struct stat status {};
    ASSERT_EQ(stat(socket_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0660u);
    auto client = Client();
    const auto reply = client.Get("/hello?name=you%20there");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "hello you there");
    EXPECT_EQ(reply->get_header_value("Cache-Control"), "no-store");
    const auto head = Client().Head("/hello");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->body, "");
  }
  EXPECT_FALSE(std::filesystem::exists(socket_));
}

TEST_F(HttpServerTest, WhatIsNotThere_AndWhatIsNotAllowed_SaysWhatIs) {
  const HttpServer server({.socket = socket_}, handlers_);
  const auto missing = Client().Get("/nope");
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->status, 404);
  EXPECT_THAT(missing->body, HasSubstr("/hello"));
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    httplib::Request request;
    request.method = method;
    request.path = "/hello";
    const auto refused = Client().send(request);
    ASSERT_TRUE(refused) << method;
    EXPECT_EQ(refused->status, 405) << method;
    EXPECT_EQ(refused->get_header_value("Allow"), "GET, HEAD");
  }
}

TEST_F(HttpServerTest, WhatAHandlerThrows_IsAStatusAndItsLine) {
  const HttpServer server({.socket = socket_}, handlers_);
  const auto refused = Client().Get("/refuse");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 400);
  EXPECT_EQ(refused->body, "limit is 'x': expected a number\n");
  const auto failed = Client().Get("/fail");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->status, 500);
}

TEST_F(HttpServerTest, SilentClients_AreClosed_AndOthersAreAnswered) {
  const HttpServer server({.socket = socket_}, handlers_);
  const int first = Connect(), second = Connect();  // as many as there are threads
  auto client = Client();
  client.set_read_timeout(10);
  const auto reply = client.Get("/hello");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  close(first);
  close(second);
}

TEST_F(HttpServerTest, AnOverlongRequestLine_IsRefused) {
  const HttpServer server({.socket = socket_}, handlers_);
  const auto reply = Client().Get("/hello?name=" + std::string(20000, 'x'));
  if (reply) {
    EXPECT_EQ(reply->status, 414);
  }
  EXPECT_TRUE(Client().Get("/hello"));
}

TEST_F(HttpServerTest, AStaleSocket_IsReplaced_AndALiveOneIsNot) {
  {
    sockaddr_un address{.sun_family = AF_UNIX};
    socket_.copy(address.sun_path, socket_.size());
    const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(stale);
  }
  const HttpServer server({.socket = socket_}, handlers_);
  const Error error = ErrorOf([&] { HttpServer({.socket = socket_}, handlers_); });
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_THAT(error.what(), HasSubstr("another process answers there"));
  EXPECT_TRUE(Client().Get("/hello"));
}

TEST_F(HttpServerTest, PlacesThatCannotBe_AreRefused) {
  const std::string file = folder_.string() + "/file";
  std::ofstream(file) << "precious";
  EXPECT_THAT(ErrorOf([&] { HttpServer({.socket = file}, handlers_); }).what(),
              HasSubstr("a file of another kind"));
  EXPECT_TRUE(std::filesystem::exists(file));
  EXPECT_THAT(
      ErrorOf([&] { HttpServer({.socket = "/" + std::string(200, 's')}, handlers_); }).what(),
      HasSubstr("expected fewer than 108"));
  EXPECT_EQ(ErrorOf([&] {
              HttpServer({.socket = folder_.string() + "/none/http.sock"}, handlers_);
            }).code(),
            ErrorCode::kIo);
}

TEST_F(HttpServerTest, OnLoopback_AnswersBesideTheSocket) {
  const int port = FreePort();
  const HttpServer server({.socket = socket_, .listen = "127.0.0.1:" + std::to_string(port)},
                          handlers_);
  httplib::Client client("127.0.0.1", port);
  const auto reply = client.Get("/hello");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_TRUE(Client().Get("/hello"));
  EXPECT_THAT(ErrorOf([&] {
                HttpServer({.listen = "127.0.0.1:" + std::to_string(port)}, handlers_);
              }).what(),
              HasSubstr("cannot be bound"));
}

}  // namespace
}  // namespace vigil
