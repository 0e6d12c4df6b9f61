#include "tests/integration/fine_tune/fine_tune_server.h"

#include <grpcpp/grpcpp.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "civetweb.h"
#include "scoreserve/v1/scoring.grpc.pb.h"
#include "scoreserve/v1/training.grpc.pb.h"
#include "tests/integration/fine_tune/wire.h"
#include "tests/support/server_process.h"

namespace scoreserve {
namespace {

std::vector<std::string> Words(const FineTuneServer::Options& options) {
  std::vector<std::string> words = {SCORESERVE_BINARY,
                                    "--port",
                                    "0",
                                    "--http-port",
                                    "0",
                                    "--repository",
                                    options.repository,
                                    "--training-share",
                                    "1"};
  if (options.state_dir.empty()) return words;
  words.insert(words.end(), {"--state-dir", options.state_dir});
  return words;
}

// The line that it prints once it is ready is in the middle of its log.
constexpr char kHttp[] = "http on 127.0.0.1:";
constexpr char kListening[] = "scoreserve listening on ";

}  // namespace

struct FineTuneServer::Parts {
  explicit Parts(const Options& options)
      : process(Words(options), options.environment) {}

  // The next line of its log, which is kept; none at the end.
  std::optional<std::string> Line() {
    std::string line = process.ReadLine();
    if (line.empty()) return std::nullopt;
    const std::lock_guard<std::mutex> lock(mutex);
    absl::StrAppend(&log, line, "\n");
    return line;
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (v1::FineTuning::Stub::*method)(grpc::ClientContext*,
                                                   const Request&, Response*),
      const Request& request) {
    grpc::ClientContext context;
    SetDeadline(context);
    Response response;
    const grpc::Status status =
        (jobs.get()->*method)(&context, request, &response);
    if (!status.ok()) return FromWire(status);
    return response;
  }

  // Of a call that takes a name and gives the job.
  template <typename Request, typename Response>
  absl::StatusOr<v1::FineTune> OfName(
      grpc::Status (v1::FineTuning::Stub::*method)(grpc::ClientContext*,
                                                   const Request&, Response*),
      const std::string& name) {
    Request request;
    request.set_name(name);
    const absl::StatusOr<Response> response = Call(method, request);
    if (!response.ok()) return response.status();
    return response->fine_tune();
  }

  ServerProcess process;
  int http_port = 0;
  std::unique_ptr<v1::FineTuning::Stub> jobs;
  std::unique_ptr<v1::Scoring::Stub> scoring;
  std::thread reader;  // Of the log, so that it never waits for us.
  std::mutex mutex;
  std::string log;
};

FineTuneServer::FineTuneServer(const Options& options)
    : parts_(std::make_unique<Parts>(options)) {}

FineTuneServer::~FineTuneServer() {
  Kill();
  WasKilled();
}

bool FineTuneServer::AwaitListening() {
  while (const std::optional<std::string> line = parts_->Line()) {
    absl::string_view rest = *line;
    if (absl::ConsumePrefix(&rest, kHttp)) {
      if (!absl::SimpleAtoi(rest, &parts_->http_port)) std::abort();
    }
    if (!absl::ConsumePrefix(&rest, kListening)) continue;
    grpc::ChannelArguments arguments;
    // Another server may have had this port.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(
        std::string(rest), grpc::InsecureChannelCredentials(), arguments);
    parts_->jobs = v1::FineTuning::NewStub(channel);
    parts_->scoring = v1::Scoring::NewStub(channel);
    parts_->reader = std::thread([this] {
      while (parts_->Line().has_value()) {
      }
    });
    return true;
  }
  return false;
}

void FineTuneServer::Kill() { parts_->process.Kill(); }

bool FineTuneServer::WasKilled() {
  const bool killed = parts_->process.WasKilled(kPatienceMs);
  if (parts_->reader.joinable()) parts_->reader.join();
  return killed;
}

int FineTuneServer::Stop() {
  // It waits for its connections' ends, and ours sees no farewell: between
  // calls of the blocking API nothing reads it for up to 5 s.
  parts_->jobs.reset();
  parts_->scoring.reset();
  const int code = parts_->process.Stop();
  if (parts_->reader.joinable()) parts_->reader.join();
  return code;
}

std::string FineTuneServer::Log() const {
  const std::lock_guard<std::mutex> lock(parts_->mutex);
  return parts_->log;
}

absl::StatusOr<v1::FineTune> FineTuneServer::Create(
    const std::string& id, const v1::FineTuneSpec& spec) {
  v1::CreateFineTuneRequest request;
  request.set_fine_tune_id(id);
  *request.mutable_spec() = spec;
  const auto response =
      parts_->Call(&v1::FineTuning::Stub::CreateFineTune, request);
  if (!response.ok()) return response.status();
  return response->fine_tune();
}

absl::StatusOr<v1::FineTune> FineTuneServer::Get(const std::string& name) {
  return parts_->OfName(&v1::FineTuning::Stub::GetFineTune, name);
}

absl::StatusOr<std::vector<v1::FineTune>> FineTuneServer::List() {
  const auto response = parts_->Call(&v1::FineTuning::Stub::ListFineTunes,
                                     v1::ListFineTunesRequest());
  if (!response.ok()) return response.status();
  return std::vector<v1::FineTune>(response->fine_tunes().begin(),
                                   response->fine_tunes().end());
}

absl::StatusOr<v1::FineTune> FineTuneServer::Pause(const std::string& name) {
  return parts_->OfName(&v1::FineTuning::Stub::PauseFineTune, name);
}
absl::StatusOr<v1::FineTune> FineTuneServer::Resume(const std::string& name) {
  return parts_->OfName(&v1::FineTuning::Stub::ResumeFineTune, name);
}
absl::StatusOr<v1::FineTune> FineTuneServer::Cancel(const std::string& name) {
  return parts_->OfName(&v1::FineTuning::Stub::CancelFineTune, name);
}

absl::Status FineTuneServer::Delete(const std::string& name) {
  v1::DeleteFineTuneRequest request;
  request.set_name(name);
  return parts_->Call(&v1::FineTuning::Stub::DeleteFineTune, request).status();
}

std::unique_ptr<ExampleWriter> FineTuneServer::StreamExamples(
    const std::string& name) {
  return NewExampleWriter(*parts_->jobs, name);
}

absl::StatusOr<int64_t> FineTuneServer::Stream(const std::string& name,
                                               int64_t first_offset,
                                               const std::vector<float>& rows) {
  const auto writer = StreamExamples(name);
  writer->Write(first_offset, rows);
  const int64_t end = first_offset + static_cast<int64_t>(rows.size());
  std::optional<int64_t> acknowledged;
  do {
    acknowledged = writer->Acknowledged();
  } while (acknowledged.has_value() && *acknowledged < end);
  const absl::Status ended = writer->Finish();
  if (!ended.ok()) return ended;
  return end;
}

absl::Status FineTuneServer::Watch(
    const std::string& name,
    const std::function<bool(const v1::FineTune&)>& seen) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::WatchFineTuneRequest request;
  request.set_name(name);
  const auto frames = parts_->jobs->WatchFineTune(&context, request);
  v1::WatchFineTuneResponse frame;
  bool enough = false;
  while (!enough && frames->Read(&frame)) enough = seen(frame.fine_tune());
  if (enough) context.TryCancel();
  while (frames->Read(&frame)) {
  }
  const grpc::Status status = frames->Finish();
  return enough ? absl::OkStatus() : FromWire(status);
}

v1::FineTune FineTuneServer::AwaitJob(
    const std::string& name,
    const std::function<bool(const v1::FineTune&)>& until) {
  v1::FineTune found;
  bool is_so = false;
  const absl::Status watched = Watch(name, [&](const v1::FineTune& job) {
    found = job;
    return is_so = until(job);
  });
  if (!is_so) {
    std::fprintf(stderr, "the watch of %s ended: %s\n%s\n%s\n", name.c_str(),
                 watched.ToString().c_str(), found.DebugString().c_str(),
                 Log().c_str());
    std::abort();
  }
  return found;
}

absl::StatusOr<int64_t> FineTuneServer::Score() {
  v1::ScoreRequest request;
  request.mutable_model()->set_name("modes");
  *request.mutable_x() = RowsMessage(0, {0.5f}).x();
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ScoreResponse response;
  const grpc::Status status =
      parts_->scoring->Score(&context, request, &response);
  if (!status.ok()) return FromWire(status);
  float score = NAN;
  if (response.score().data().size() == sizeof(score))
    std::memcpy(&score, response.score().data().data(), sizeof(score));
  if (!std::isfinite(score))
    return absl::DataLossError("a score must be one finite number");
  return response.version();
}

std::optional<double> FineTuneServer::Metric(const std::string& name) {
  char error[256];
  mg_connection* connection =
      mg_download("127.0.0.1", parts_->http_port, 0, error, sizeof error,
                  "GET /metrics HTTP/1.0\r\n\r\n");
  if (connection == nullptr) return std::nullopt;
  std::string text = "\n";
  char buffer[4096];
  for (int size = 0; (size = mg_read(connection, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(size));
  mg_close_connection(connection);
  const size_t at = text.find(absl::StrCat("\n", name, " "));
  if (at == std::string::npos) return std::nullopt;
  return std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

v1::FineTuneSpec BusySpec() {
  v1::FineTuneSpec spec;
  spec.mutable_base()->set_name("modes");
  (*spec.mutable_trainer_options())["batch"].set_integer(64);
  (*spec.mutable_trainer_options())["ema"].set_number(0.9);
  spec.mutable_buffer()->set_capacity(1024);
  spec.set_hold_out_share(0.5);
  spec.mutable_publish_interval()->set_nanos(50'000'000);
  spec.mutable_checkpoint_interval()->set_nanos(100'000'000);
  return spec;
}

}  // namespace scoreserve
