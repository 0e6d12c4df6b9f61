#include "tests/bench/score_load.h"

#include <chrono>
#include <memory>

#include "absl/synchronization/blocking_counter.h"
#include "tests/bench/report.h"

namespace scoreserve::bench {
namespace {

// One client. Its replies are to be read once `ended` has been told.
class Chain {
 public:
  Chain(v1::Scoring::Stub* stub, const v1::ScoreRequest* request,
        SteadyClock::time_point end, absl::BlockingCounter* ended)
      : stub_(stub), request_(request), end_(end), ended_(ended) {}

  void Next() {
    context_ = std::make_unique<grpc::ClientContext>();
    sent_ = SteadyClock::now();
    stub_->async()->Score(
        context_.get(), request_, &response_,
        [this](const grpc::Status& status) { Answered(status); });
  }

  void AddTo(ScoreLoad& load) const {
    load.replies.insert(load.replies.end(), replies_.begin(), replies_.end());
    load.failed += failed_;
    if (!failure_.ok()) load.failure = failure_;
  }

 private:
  void Answered(const grpc::Status& status) {
    if (status.ok()) {
      replies_.push_back({.sent = sent_,
                          .seconds = SecondsSince(sent_),
                          .version = response_.version()});
    } else {
      ++failed_;
      failure_ = status;
    }
    if (SteadyClock::now() < end_) {
      Next();
    } else {
      ended_->DecrementCount();
    }
  }

  v1::Scoring::Stub* const stub_;
  const v1::ScoreRequest* const request_;
  const SteadyClock::time_point end_;
  absl::BlockingCounter* const ended_;
  std::unique_ptr<grpc::ClientContext> context_;
  v1::ScoreResponse response_;
  SteadyClock::time_point sent_;
  std::vector<ScoreReply> replies_;
  int64_t failed_ = 0;
  grpc::Status failure_;
};

}  // namespace

double ScoreLoad::Latency(double share) const {
  std::vector<double> latencies;
  for (const ScoreReply& reply : replies) latencies.push_back(reply.seconds);
  return Quantile(latencies, share);
}

ScoreLoad RunScoreLoad(v1::Scoring::Stub* stub, int clients, int64_t rows,
                       double seconds) {
  const v1::ScoreRequest request = Query(rows);
  absl::BlockingCounter ended(clients);
  const auto start = SteadyClock::now();
  const auto end = start + std::chrono::duration_cast<SteadyClock::duration>(
                               std::chrono::duration<double>(seconds));
  std::vector<std::unique_ptr<Chain>> chains;
  for (int i = 0; i < clients; ++i) {
    chains.push_back(std::make_unique<Chain>(stub, &request, end, &ended));
  }
  for (const auto& chain : chains) chain->Next();
  ended.Wait();
  ScoreLoad load;
  load.rows = rows;
  load.seconds = SecondsSince(start);
  for (const auto& chain : chains) chain->AddTo(load);
  return load;
}

}  // namespace scoreserve::bench
