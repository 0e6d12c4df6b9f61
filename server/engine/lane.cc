#include "server/engine/lane.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "models/networks/score_network.h"
#include "server/engine/ending.h"

namespace scoreserve {

int64_t Lane::RowsOf(const ModelSnapshot& model, const LaneKind& kind) {
  return kind.deterministic ? DeterministicRows(model.max_batch_rows)
                            : model.max_batch_rows;
}

Lane::Lane(std::shared_ptr<const ModelSnapshot> model, const LaneKind& kind,
           std::unique_ptr<Pass> pass, EngineMetrics* metrics)
    : model_(std::move(model)),
      kind_(kind),
      max_rows_(RowsOf(*model_, kind)),
      reserve_(QueryReserve(max_rows_)),
      rate_(&model_->rates->Of(kind.energies)),
      pass_(std::move(pass)),
      queries_(model_.get(), metrics),
      samplers_(kind.deterministic ? max_rows_ : max_rows_ - reserve_,
                metrics) {}

Lane::~Lane() { FailAll(StoppingError()); }

void Lane::Add(ScoreQuery query, int64_t passes_begun, Instant now) {
  queries_.Add(std::move(query), passes_begun, now);
}

void Lane::Add(SampleRequest request, Instant now) {
  samplers_.Add(std::move(request), reserve_, now);
}

LaneLoad Lane::load(int64_t passes_begun) const {
  const QueryQueue::Waits waits = queries_.waits();
  return {.waiting_query_rows = waits.evaluations,
          .reserve = reserve_,
          .passes_waited =
              waits.evaluations == 0 ? 0 : passes_begun - waits.passes_begun,
          .sampling_rows = samplers_.live() + samplers_.waiting(),
          .served_seconds = served_seconds_,
          .in_flight = in_flight_};
}

bool Lane::HasRoomNow(int64_t evaluations) const {
  return !in_flight_ && samplers_.live_evaluations() +
                                queries_.waits().evaluations + evaluations <=
                            max_rows_;
}

void Lane::DropDead(Instant now, bool draining) {
  queries_.DropDead(now);
  samplers_.DropDead(now, draining, *pass_);
}

Pass& Lane::Assemble(Instant now, bool held_up) {
  samplers_.Assemble(now, *pass_);
  const int64_t live = samplers_.live_evaluations();
  if (kind_.deterministic) {
    Pad();
    pass_evaluations_ = max_rows_;
  } else {
    int64_t free_rows = max_rows_ - live;
    if (held_up) {
      const int64_t half = queries_.waits().evaluations / 2;
      free_rows = std::min(free_rows, std::max(half, reserve_));
    }
    pass_evaluations_ = live + queries_.Take(free_rows, reserve_, *pass_);
  }
  in_flight_ = true;
  return *pass_;
}

void Lane::Pad() {
  pass_->padding = max_rows_ - samplers_.live_evaluations();
  if (!pass_->condition.defined()) return;
  // One evaluation each, whatever rows lay there before.
  const int64_t row = samplers_.live();
  std::fill_n(pass_->condition.data_ptr<int64_t>() + row, pass_->padding,
              kNoCondition);
}

void Lane::Deliver(const absl::Status& status, int64_t pass_number,
                   double seconds, Instant now) {
  in_flight_ = false;
  served_seconds_ += seconds;
  if (status.ok()) rate_->Observe(pass_evaluations_, seconds);
  queries_.Deliver(status, samplers_.live(), *pass_, pass_number);
  samplers_.Deliver(status, now, *pass_);
}

void Lane::FailAll(const absl::Status& status) {
  queries_.FailAll(status);
  samplers_.FailAll(status);
}

void Lane::ServedAtLeast(double seconds) {
  served_seconds_ = std::max(served_seconds_, seconds);
}

}  // namespace scoreserve
