#include "server/http/http_server.h"

#include <CivetServer.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/http/metrics_text.h"

namespace scoreserve {
namespace {

struct Response {
  int code = 200;
  std::string body;
};

// GET on one path.
class Page final : public CivetHandler {
 public:
  explicit Page(std::function<Response()> render)
      : render_(std::move(render)) {}

  bool handleGet(CivetServer*, mg_connection* connection) override {
    const Response response = render_();
    mg_response_header_start(connection, response.code);
    mg_response_header_add(connection, "Content-Type",
                           "text/plain; version=0.0.4; charset=utf-8", -1);
    mg_response_header_add(connection, "Content-Length",
                           absl::StrCat(response.body.size()).c_str(), -1);
    mg_response_header_send(connection);
    mg_write(connection, response.body.data(), response.body.size());
    return true;
  }

 private:
  const std::function<Response()> render_;
};

class CivetHttpServer final : public HttpServer {
 public:
  CivetHttpServer(const std::vector<std::string>& settings,
                  const Backend& backend)
      : health_([] {
          return Response{200, "ok\n"};
        }),
        ready_page_([this] {
          return ready_ ? Response{200, "ready\n"}
                        : Response{503, "draining\n"};
        }),
        metrics_([backend] {
          return Response{200, MetricsText(backend)};
        }),
        server_(settings) {
    server_.addHandler("/healthz$", health_);
    server_.addHandler("/readyz$", ready_page_);
    server_.addHandler("/metrics$", metrics_);
  }

  int port() const override {
    // CivetServer's getters are not const.
    return const_cast<CivetServer&>(server_).getListeningPorts().front();
  }
  void SetReady(bool ready) override { ready_ = ready; }

 private:
  std::atomic<bool> ready_ = true;
  Page health_, ready_page_, metrics_;
  CivetServer server_;  // Last: its threads use the pages.
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::string& host, int port, const Backend& backend) {
  const std::string address =
      absl::StrContains(host, ':')
          ? absl::StrCat("[", host, "]:", port)
          : absl::StrCat(host == "localhost" ? "127.0.0.1" : host, ":", port);
  try {
    return std::make_unique<CivetHttpServer>(
        std::vector<std::string>{"listening_ports", address, "num_threads",
                                 "4"},
        backend);
  } catch (const CivetException& error) {
    return absl::UnavailableError(absl::StrCat("cannot listen for HTTP on ",
                                               address, ": ", error.what()));
  }
}

}  // namespace scoreserve
