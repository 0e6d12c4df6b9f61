// Measures how fast a server answers score queries of the model digits: one row
// a call, one call after the other; then 64 rows a message, as many at a time
// as a stream may have unanswered.
//
//   score_rates HOST:PORT

#include <scoreserve/client.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace {

constexpr int kCalls = 3000;
constexpr int kMessages = 2000;
constexpr int64_t kRows = 64;
constexpr double kNoiseLevel = 0.5;

void DieUnlessOk(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "score_rates: " << status.message() << "\n";
  std::exit(1);
}

scoreserve::ScoreQuery Query(const std::vector<float>& x, int64_t rows) {
  return {.model = {"digits"},
          .x = x,
          .rows = rows,
          .noise_level = {&kNoiseLevel, 1}};
}

void PrintLatency(scoreserve::Client& client, int64_t dim) {
  const std::vector<float> x(dim, 8.0f);
  std::vector<float> score(dim);
  std::vector<double> micros;
  for (int i = 0; i < kCalls; ++i) {
    const absl::Time begin = absl::Now();
    DieUnlessOk(client.Score(Query(x, 1), absl::MakeSpan(score)).status());
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - begin));
  }
  std::sort(micros.begin(), micros.end());
  std::cout << absl::StreamFormat(
      "one row a call, %d calls one after the other: p50 %.0f us, p99 %.0f "
      "us\n",
      kCalls, micros[kCalls / 2], micros[kCalls * 99 / 100]);
}

void PrintRate(scoreserve::Client& client, int64_t dim) {
  const std::vector<float> x(dim * kRows, 8.0f);
  std::atomic<int> failed = 0;
  const absl::Time begin = absl::Now();
  const auto stream = client.OpenScoreStream(
      [&](uint64_t, const absl::StatusOr<scoreserve::ScoreView>& reply) {
        if (!reply.ok()) ++failed;
      });
  for (int i = 0; i < kMessages; ++i) {
    DieUnlessOk(stream->Send(i, Query(x, kRows)));
  }
  DieUnlessOk(stream->Finish());
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (failed > 0) {
    DieUnlessOk(absl::InternalError("a reply of the stream was an error"));
  }
  std::cout << absl::StreamFormat(
      "%d rows a message on one stream: %.0f rows/s\n", kRows,
      kMessages * kRows / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: score_rates HOST:PORT\n";
    return 2;
  }
  const auto client = scoreserve::Client::New({.target = argv[1]});
  DieUnlessOk(client.status());
  const auto model = (*client)->GetModel({"digits"});
  DieUnlessOk(model.status());
  PrintLatency(**client, model->dim());
  PrintRate(**client, model->dim());
}
