#include "server/engine/trajectory.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/engine/clock.h"
#include "server/engine/data_map.h"
#include "server/engine/ending.h"

namespace scoreserve {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(100);

}  // namespace

SampleRun::SampleRun(SampleRequest request, int64_t num_blocks)
    : request_(std::move(request)), block_steps_(num_blocks, 0) {}

SampleRun::~SampleRun() { Fail(StoppingError()); }

void SampleRun::Collect(int64_t first_row, absl::Span<const float> x) {
  if (ended_) return;
  const int64_t dim = request_.model->dim();
  samples_.resize(request_.rows * dim);
  ToDataSpace(request_.model->config.data, x,
              samples_.data() + first_row * dim);
  rows_done_ += static_cast<int64_t>(x.size()) / dim;
  if (rows_done_ == request_.rows) End(std::move(samples_));
}

void SampleRun::Fail(const absl::Status& status) {
  if (!ended_) End(status);
}

void SampleRun::Stepped(int64_t block, int64_t step, int64_t first_row,
                        absl::Span<const float> x, Instant now) {
  if (ended_) return;
  block_steps_[block] = step;
  if (request_.states_every > 0 && step % request_.states_every == 0) {
    states_.resize(x.size());
    ToDataSpace(request_.model->config.data, x, states_.data());
    request_.sink->States(step, first_row, states_);
  }
  if (!last_progress_.has_value()) last_progress_ = now;
  if (now - *last_progress_ < kProgressInterval) return;
  last_progress_ = now;
  request_.sink->Progress(
      *std::min_element(block_steps_.begin(), block_steps_.end()));
}

void SampleRun::End(absl::StatusOr<std::vector<float>> samples) {
  ended_ = true;
  request_.ticket.Release();
  request_.sink->Done(std::move(samples));
  request_.sink = nullptr;
}

}  // namespace scoreserve
