#include "server/engine/device_loop.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/engine/ending.h"

namespace scoreserve {
namespace {

// How long an idle loop sleeps before it looks for lanes that nobody needs.
constexpr absl::Duration kIdlePatience = absl::Seconds(1);
constexpr std::chrono::seconds kRemoveInterval(1);  // The same of a busy one.

// Ends work that has not entered a lane.
template <typename Request>
void Refuse(Request& request, const absl::Status& status) {
  request.ticket.Release();
  request.sink->Done(status);
}

}  // namespace

DeviceLoop::DeviceLoop(Device* device, EngineMetrics* metrics,
                       const Clock* clock, const ByClass<double>& weights,
                       double training_share)
    : device_(device),
      metrics_(metrics),
      clock_(clock),
      scheduler_(weights),
      quanta_(training_share, clock, metrics) {}

void DeviceLoop::Run() {
  while (!inbox_.finished() || HasWork()) RunOnce(kIdlePatience);
  quanta_.Clear();
}

absl::Status DeviceLoop::ServeHere(ScoreQuery query) {
  const absl::StatusOr<bool> claimed = inbox_.OfferAndClaim(std::move(query));
  if (!claimed.ok()) return claimed.status();
  if (*claimed) {
    RunPass(absl::ZeroDuration());
    inbox_.HandBack(HasWork());
  }
  return absl::OkStatus();
}

bool DeviceLoop::RunOnce(absl::Duration patience) {
  const bool passed = RunPass(patience);
  const bool trained = RunQuantum();
  return passed || trained;
}

bool DeviceLoop::RunPass(absl::Duration patience) {
  Admit(HasWork() ? absl::ZeroDuration() : UntilQuantum(patience));
  const Instant now = clock_->Now();
  for (const std::unique_ptr<Lane>& lane : lanes_) {
    if (lane->in_flight()) continue;
    lane->DropDead(now, draining_);
    if (abandoned_) lane->FailAll(StoppingError());
  }
  while (in_flight_.size() < static_cast<size_t>(device_->pipeline_depth()) &&
         BeginNext()) {
  }
  const bool idle = in_flight_.empty();
  // A device that is never idle has versions that went too.
  if (idle || now >= remove_at_) {
    RemoveUnused();
    remove_at_ = now + kRemoveInterval;
  }
  if (idle) return false;
  FinishOldest();
  return true;
}

absl::Duration DeviceLoop::UntilQuantum(absl::Duration most) const {
  const Instant now = clock_->Now();
  const Instant next = quanta_.NextAt(now);
  if (next == Instant::max()) return most;
  return std::clamp(absl::FromChrono(next - now), absl::ZeroDuration(), most);
}

bool DeviceLoop::RunQuantum() {
  if (draining_) quanta_.Clear();
  const bool trained =
      quanta_.Run(*device_, [this] { return HasWork() || !inbox_.empty(); });
  held_up_ |= trained;
  return trained;
}

void DeviceLoop::Admit(absl::Duration patience) {
  inbox_.TakeAll(patience, taken_);
  const Instant now = clock_->Now();
  for (Work& work : taken_) {
    if (auto* query = std::get_if<ScoreQuery>(&work)) {
      const auto lane = LaneOf(*query);
      if (lane.ok()) {
        (*lane)->Add(std::move(*query), passes_begun_, now);
      } else {
        Refuse(*query, lane.status());
      }
    } else if (auto* request = std::get_if<SampleRequest>(&work)) {
      const auto lane =
          LaneOf(request->model, {.energies = request->needs_energies(),
                                  .deterministic = request->deterministic});
      if (lane.ok()) {
        (*lane)->Add(std::move(*request), now);
      } else {
        Refuse(*request, lane.status());
      }
    } else {
      quanta_.Add(std::get<std::shared_ptr<QuantumTask>>(std::move(work)));
    }
  }
  taken_.clear();
}

absl::StatusOr<Lane*> DeviceLoop::LaneOf(
    const std::shared_ptr<const ModelSnapshot>& model, const LaneKind& kind) {
  const auto fits = [&](const std::unique_ptr<Lane>& lane) {
    return lane->model() == model && lane->kind() == kind;
  };
  auto found = std::find_if(lanes_.begin(), lanes_.end(), fits);
  if (found == lanes_.end()) {
    auto pass = NewPass(*model, kind);
    if (!pass.ok()) return pass.status();
    lanes_.push_back(
        std::make_unique<Lane>(model, kind, *std::move(pass), metrics_));
    found = lanes_.end() - 1;
  }
  Lane* const lane = found->get();
  if (lane->idle()) lane->ServedAtLeast(scheduler_.floor());
  return lane;
}

absl::StatusOr<Lane*> DeviceLoop::LaneOf(const ScoreQuery& query) {
  LaneKind kind = {.energies = query.energy};
  const absl::StatusOr<Lane*> first = LaneOf(query.model, kind);
  if (!first.ok() || device_->pipeline_depth() == 1) return first;
  const int64_t evaluations = EvaluationsOfRows(query, 0, query.rows());
  if ((*first)->HasRoomNow(evaluations)) return first;
  kind.second = true;
  const absl::StatusOr<Lane*> second = LaneOf(query.model, kind);
  if (!second.ok()) return first;
  if ((*second)->HasRoomNow(evaluations)) return second;
  return (*second)->load(0).waiting_query_rows <
                 (*first)->load(0).waiting_query_rows
             ? second
             : first;
}

absl::StatusOr<std::unique_ptr<Pass>> DeviceLoop::NewPass(
    const ModelSnapshot& model, const LaneKind& kind) {
  // Those of a deterministic lane are smaller.
  if (!kind.deterministic) {
    auto warm = model.warm_passes->Take(kind.energies);
    if (warm != nullptr) return warm;
  }
  return device_->NewPass(model.network.get(), Lane::RowsOf(model, kind),
                          kind.energies);
}

void DeviceLoop::RemoveUnused() {
  // Several lanes may hold one model, and nobody else. Counted before any goes.
  std::map<const ModelSnapshot*, int64_t> lanes_of;
  for (const std::unique_ptr<Lane>& lane : lanes_)
    ++lanes_of[lane->model().get()];
  std::erase_if(lanes_, [&](const std::unique_ptr<Lane>& lane) {
    const std::shared_ptr<const ModelSnapshot>& model = lane->model();
    return lane->idle() && !lane->in_flight() &&
           model.use_count() <= lanes_of[model.get()];
  });
}

bool DeviceLoop::BeginNext() {
  loads_.clear();
  for (const std::unique_ptr<Lane>& lane : lanes_)
    loads_.push_back(lane->load(passes_begun_));
  const std::optional<Turn> next = scheduler_.PickLane(loads_);
  if (!next.has_value()) return false;
  const Instant begun = clock_->Now();
  Lane& lane = *lanes_[next->lane];
  Pass& pass = lane.Assemble(begun, std::exchange(held_up_, false));
  ++passes_begun_;
  metrics_->passes.fetch_add(1, std::memory_order_relaxed);
  device_->Begin(pass);
  in_flight_.push_back({.lane = &lane,
                        .pass = &pass,
                        .work_class = next->work_class,
                        .number = passes_begun_,
                        .begun = begun});
  return true;
}

void DeviceLoop::FinishOldest() {
  const InFlight oldest = in_flight_.front();
  in_flight_.pop_front();
  const absl::Status status = device_->Finish(*oldest.pass);
  const int64_t rows = oldest.pass->rows;
  const Instant computed = clock_->Now();
  const double seconds = SecondsBetween(oldest.begun, computed);
  metrics_->batch_rows.Record(static_cast<double>(rows));
  metrics_->forward_seconds.Record(seconds);
  oldest.lane->Deliver(status, oldest.number, seconds, computed);
  const Instant delivered = clock_->Now();
  const double whole = SecondsBetween(oldest.begun, delivered);
  quanta_.Served(delivered);
  scheduler_.Served(oldest.work_class, whole);
  metrics_->busy_seconds.fetch_add(whole, std::memory_order_relaxed);
  metrics_->SawPass(whole);
}

bool DeviceLoop::HasWork() const {
  return !in_flight_.empty() ||
         std::any_of(
             lanes_.begin(), lanes_.end(),
             [](const std::unique_ptr<Lane>& lane) { return !lane->idle(); });
}

}  // namespace scoreserve
