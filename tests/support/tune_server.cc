#include "tests/support/tune_server.h"

#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/engine/engine.h"
#include "server/engine/model_registry.h"
#include "server/service/backend.h"
#include "server/service/fine_tuning_service.h"
#include "server/service/models_service.h"
#include "tests/support/fake_fine_tunes.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

ModelConfig ConfigWith(int64_t classes) {
  ModelConfig config = GaussianFiles(2, 2.0f).config;
  config.classes = classes;
  return config;
}

PublishedVersion Better(int64_t version, int64_t step) {
  PublishedVersion published;
  published.version = version;
  published.time = absl::Now();
  published.comparison = {step, 2048, 0.75, 0.5, 0.125, 2};
  return published;
}

}  // namespace

struct TuneServer::Parts {
  Parts(bool has_jobs, int64_t classes)
      : registry(ModelRepository(folder.path()), {}),
        engine({}),
        jobs(ConfigWith(classes)) {
    const ModelRepository repository(folder.path());
    for (int i = 0; i < 2; ++i) {
      repository.Write("plain", GaussianFiles(2, 2.0f)).value();
    }
    if (!registry.Poll().ok()) std::abort();
    backend = {.engine = &engine,
               .registry = &registry,
               .requests = &requests,
               .proxies = &proxies,
               .fine_tunes = has_jobs ? &jobs : nullptr};
  }

  TempFolder folder;
  ModelRegistry registry;
  RequestMetrics requests;
  TrustedProxies proxies;
  Engine engine;
  FakeFineTunes jobs;
  Backend backend;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
};

TuneServer::TuneServer(bool has_jobs, int64_t classes)
    : parts_(std::make_unique<Parts>(has_jobs, classes)) {
  Start();
}

TuneServer::~TuneServer() { Stop(); }

void TuneServer::Start() {
  parts_->services.push_back(NewFineTuningService(parts_->backend));
  parts_->services.push_back(NewModelsService(parts_->backend));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_),
                           grpc::InsecureServerCredentials(), &port_);
  for (const auto& service : parts_->services) {
    builder.RegisterService(service.get());
  }
  parts_->server = builder.BuildAndStart();
  if (parts_->server == nullptr) std::abort();
}

void TuneServer::Stop() {
  if (parts_->server == nullptr) return;
  parts_->server->Shutdown(std::chrono::system_clock::now());
  parts_->server.reset();
  parts_->services.clear();
}

std::string TuneServer::address() const {
  return absl::StrCat("127.0.0.1:", port_);
}

std::vector<float> TuneServer::Rows(const std::string& name) const {
  return parts_->jobs.Rows(name);
}
std::vector<int64_t> TuneServer::Classes(const std::string& name) const {
  return parts_->jobs.Classes(name);
}

void TuneServer::Hold() { parts_->jobs.Hold(); }
void TuneServer::Release() { parts_->jobs.Release(); }
void TuneServer::AwaitAppends(int64_t count) {
  parts_->jobs.AwaitAppends(count);
}
void TuneServer::AwaitWatches(int64_t count) {
  parts_->jobs.AwaitWatches(count);
}

void TuneServer::FailAfter(int64_t appends) {
  parts_->jobs.FailAfter(appends,
                         absl::UnavailableError("the server is stopping"), 1);
}

void TuneServer::Step(const std::string& name, int64_t step, double loss) {
  parts_->jobs.Change(name, [=](FineTuneStatus& job) {
    job.step = step;
    job.loss = loss;
    job.note.clear();
  });
}

void TuneServer::Publish(const std::string& name, int64_t version) {
  parts_->jobs.Change(name, [=](FineTuneStatus& job) {
    job.published.push_back(Better(version, job.step));
    job.last_check = job.published.back().comparison;
  });
}

void TuneServer::Succeed(const std::string& name) {
  parts_->jobs.Change(
      name, [](FineTuneStatus& job) { job.state = FineTuneState::kSucceeded; });
}

void TuneServer::Fail(const std::string& name, const std::string& why) {
  parts_->jobs.Change(name, [&](FineTuneStatus& job) {
    job.state = FineTuneState::kFailed;
    job.error = absl::OutOfRangeError(why);
  });
}

void TuneServer::EndWithRows(int64_t rows, bool publish) {
  parts_->jobs.OnAppend([=](FineTuneStatus& job) {
    if (job.rows < rows) return;
    job.step = job.spec.steps;
    job.loss = 0.5;
    job.note.clear();
    job.state = FineTuneState::kSucceeded;
    if (publish) {
      job.published.push_back(Better(3, job.step));
      job.last_check = job.published.back().comparison;
    } else {
      job.last_check = FineTuneComparison{job.step, 600, 0.75, 0.25, 0.125, 2};
      job.not_published = "the improvement is 2 standard errors, not 3";
    }
  });
}

}  // namespace scoreserve
