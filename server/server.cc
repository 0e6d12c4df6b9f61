#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "server/device_options.h"
#include "server/engine/delete_versions.h"
#include "server/engine/fine_tunes.h"
#include "server/engine/job_store.h"
#include "server/engine/version_keeper.h"
#include "server/engine/warm_up.h"
#include "server/engine/worker.h"
#include "server/http/http_server.h"
#include "server/service/backend.h"
#include "server/service/caller.h"
#include "server/service/fine_tuning_service.h"
#include "server/service/model_admin_service.h"
#include "server/service/models_service.h"
#include "server/service/sampling_service.h"
#include "server/service/scoring_service.h"
#include "server/state/sqlite_job_store.h"
#include "spdlog/spdlog.h"

namespace scoreserve {
namespace {

// An IPv6 address needs brackets before a port.
std::string Address(const std::string& host, int port) {
  const bool ipv6 = absl::StrContains(host, ':');
  return ipv6 ? absl::StrCat("[", host, "]:", port)
              : absl::StrCat(host, ":", port);
}

std::vector<at::Device> DevicesOf(const std::vector<DeviceBudget>& budgets) {
  std::vector<at::Device> devices;
  for (const DeviceBudget& budget : budgets) devices.push_back(budget.device);
  return devices;
}

class ServerImpl final : public Server {
 public:
  explicit ServerImpl(const ServerOptions& options)
      : options_(options),
        repository_(options.repository),
        version_keeper_({.grace = options.version_grace, .keep_published = 8}),
        // Options have been checked.
        devices_(*ParseDevices(options.devices, options.device_memory)),
        registry_(
            repository_,
            {.devices = devices_,
             .instances = options.instances,
             .default_max_batch_rows = 1024,
             .max_batch_rows = options.max_batch_rows,
             .threads = options.threads,
             .warm_up = [this](const auto& model) { WarmUp(engine_, model); }}),
        engine_(
            {.devices = DevicesOf(devices_),
             .instances = options.instances,
             .threads = options.threads,
             .limits = options.limits,
             .ledger = options.ledger,
             .weights =
                 {options.query_weight, options.sampling_weight,
                  Scheduler::kDefaultWeights[IndexOf(WorkClass::kTraining)]},
             .training_share = options.training_share}),
        proxies_(*TrustedProxies::Parse(options.trusted_proxies)) {}

  ~ServerImpl() override { Drain(absl::ZeroDuration()); }

  absl::Status Start() {
    absl::Status polled = registry_.Poll();
    if (!polled.ok()) return polled;
    LogRefused();
    absl::Status jobs = StartJobs();
    if (!jobs.ok()) return jobs;
    absl::Status listening = Listen();
    if (!listening.ok()) return listening;
    if (options_.http_port.has_value()) {
      absl::StatusOr<std::unique_ptr<HttpServer>> http =
          HttpServer::Start(options_.host, *options_.http_port, MakeBackend());
      if (!http.ok()) return http.status();
      http_ = *std::move(http);
    }
    poller_ = std::thread([this] { PollUntilStopped(); });
    server_->GetHealthCheckService()->SetServingStatus(true);
    return absl::OkStatus();
  }

  int port() const override { return port_; }
  int http_port() const override {
    return http_ == nullptr ? 0 : http_->port();
  }
  Engine& engine() override { return engine_; }
  ModelRegistry& registry() override { return registry_; }

  void Drain(absl::Duration patience) override {
    if (std::exchange(drained_, true)) return;
    if (http_ != nullptr) http_->SetReady(false);
    if (server_ != nullptr)
      server_->GetHealthCheckService()->SetServingStatus(false);
    engine_.Drain(patience);
    stop_calls_->Raise();
    // Every call has been answered; what is left is handed to the clients.
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now() +
                        std::chrono::seconds(5));
    }
    stop_.Notify();
    if (poller_.joinable()) poller_.join();
    fine_tunes_.reset();
    worker_.Stop();
  }

 private:
  absl::Status StartJobs() {
    if (options_.state_dir.empty()) return absl::OkStatus();
    absl::StatusOr<std::unique_ptr<JobStore>> store =
        OpenJobStore(options_.state_dir);
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    absl::StatusOr<std::unique_ptr<FineTunes>> fine_tunes = FineTunes::Start(
        {.store = store_.get(),
         .repository = &repository_,
         .registry = &registry_,
         .engine = &engine_,
         .worker = &worker_,
         .clock = Clock::Real(),
         .log = [](const std::string& line) { spdlog::info("{}", line); },
         .warn = [](const std::string& line) { spdlog::warn("{}", line); }});
    if (!fine_tunes.ok()) return fine_tunes.status();
    fine_tunes_ = *std::move(fine_tunes);
    return absl::OkStatus();
  }

  Backend MakeBackend() {
    return {.engine = &engine_,
            .registry = &registry_,
            .requests = &requests_,
            .proxies = &proxies_,
            .fine_tunes = fine_tunes_.get(),
            .repository = &repository_,
            .worker = &worker_,
            .stop = stop_calls_,
            .rolled_back = [this](const std::string& model) {
              if (fine_tunes_ != nullptr) fine_tunes_->RolledBack(model);
            }};
  }

  absl::Status Listen() {
    const Backend backend = MakeBackend();
    services_.push_back(NewScoringService(backend));
    services_.push_back(NewSamplingService(backend));
    services_.push_back(NewModelsService(backend));
    services_.push_back(NewFineTuningService(backend));
    services_.push_back(NewModelAdminService(backend));

    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    const int limit = static_cast<int>(options_.limits.max_message_bytes);
    builder.SetMaxReceiveMessageSize(limit);
    builder.SetMaxSendMessageSize(limit);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
    // Clients may ping once a second (client_options.h), a little early too.
    builder.AddChannelArgument(
        GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 900);
    // A peer that vanished without a word is found out, and its work ended.
    builder.AddChannelArgument(
        GRPC_ARG_KEEPALIVE_TIME_MS,
        static_cast<int>(absl::ToInt64Milliseconds(options_.keepalive)));
    builder.AddChannelArgument(
        GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
        static_cast<int>(absl::ToInt64Milliseconds(options_.keepalive / 2)));
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // Two servers on one port would share its connections unnoticed.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(Address(options_.host, options_.port),
                             grpc::InsecureServerCredentials(), &port_);
    for (const std::unique_ptr<grpc::Service>& service : services_) {
      builder.RegisterService(service.get());
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      server_.reset();
      return absl::UnavailableError(absl::StrCat(
          "cannot listen on ", Address(options_.host, options_.port)));
    }
    return absl::OkStatus();
  }

  void PollUntilStopped() {
    while (!stop_.WaitForNotificationWithTimeout(options_.poll_interval)) {
      const absl::Status polled = registry_.Poll();
      if (!polled.ok()) {
        spdlog::warn("repository: {}", std::string(polled.message()));
      }
      DeleteVersions();
    }
  }

  void DeleteVersions() {
    for (const DeletedVersion& deleted :
         DeleteExpiredVersions(repository_, *registry_.table(), version_keeper_,
                               Clock::Real()->Now())) {
      if (deleted.status.ok()) {
        spdlog::info("deleted {}@{}", deleted.model, deleted.version);
      } else {
        spdlog::warn("cannot delete {}@{}: {}", deleted.model, deleted.version,
                     std::string(deleted.status.message()));
      }
    }
  }

  void LogRefused() {
    const std::shared_ptr<const ModelTable> models = registry_.table();
    for (const auto& [name, entry] : *models) {
      for (const auto& [version, why] : entry.refused) {
        spdlog::warn("refused {}@{}: {}", name, version, why);
      }
    }
  }

  const ServerOptions options_;
  const ModelRepository repository_;
  VersionKeeper version_keeper_;  // Of the poller.
  const std::vector<DeviceBudget> devices_;
  ModelRegistry registry_;
  Engine engine_;
  const TrustedProxies proxies_;
  Worker worker_;
  std::unique_ptr<JobStore> store_;  // Null without --state-dir, as jobs.
  std::unique_ptr<FineTunes> fine_tunes_;
  RequestMetrics requests_;
  const std::shared_ptr<StopSignal> stop_calls_ =
      std::make_shared<StopSignal>();
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HttpServer> http_;
  absl::Notification stop_;
  std::thread poller_;
  int port_ = 0;
  bool drained_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options) {
  absl::Status checked = CheckServerOptions(options);
  if (!checked.ok()) return checked;
  auto server = std::make_unique<ServerImpl>(options);
  absl::Status started = server->Start();
  if (!started.ok()) return started;
  return server;
}

}  // namespace scoreserve
