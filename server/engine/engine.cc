#include "server/engine/engine.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "models/status.h"
#include "server/engine/numerics.h"
#include "server/engine/request_checks.h"
#include "server/engine/resume_checks.h"
#include "server/engine/scheduler.h"

namespace scoreserve {
namespace {

// Seconds of a pass that the RPC thread computes itself where the device's
// sleeps: it keeps that thread from other calls, so less than they would
// notice.
constexpr double kShortPass = 2e-4;

absl::Status Stopping(absl::Status offered) {
  return offered.ok() ? offered
                      : WithReason(std::move(offered), Reason::kStopping);
}

}  // namespace

Engine::Instance::Instance(const Options& options, at::Device on,
                           EngineMetrics* metrics, const Clock* clock)
    : device(NewDevice(on, options.threads)),
      loop(device.get(), metrics, clock, options.weights,
           options.training_share),
      thread([this] {
        loop.Run();
        ended.Notify();
      }) {}

Engine::Engine(const Options& options, const Clock* clock)
    : devices_(options.devices),
      loops_(static_cast<size_t>(options.instances)),
      threads_(options.threads),
      limits_(options.limits),
      clock_(clock),
      ledger_(options.ledger, devices_.size() * loops_) {
  for (const at::Device device : devices_) {
    for (size_t i = 0; i < loops_; ++i) {
      instances_.push_back(
          std::make_unique<Instance>(options, device, &metrics_, clock_));
    }
  }
}

Engine::~Engine() { Drain(absl::ZeroDuration()); }

WorkAsked Engine::Ask(WorkClass work_class, const ModelSnapshot& model,
                      bool energies) const {
  const size_t first = model.device * loops_;
  return {
      .device =
          loops_ == 1 ? first : ledger_.LeastLoaded(work_class, first, loops_),
      .work_class = work_class,
      .pass_rows = model.max_batch_rows,
      .sampler_rows = model.max_batch_rows - QueryReserve(model.max_batch_rows),
      .rate = &model.rates->Of(energies),
      .now = clock_->Now()};
}

absl::Status Engine::Score(ScoreQuery query) {
  absl::Status checked = CheckQuery(limits_, query);
  if (!checked.ok()) return checked;
  WorkAsked asked = Ask(WorkClass::kQuery, *query.model, query.energy);
  asked.caller = query.caller;
  asked.field = "x";
  asked.rows = asked.row_evaluations =
      EvaluationsOfRows(query, 0, query.rows());
  asked.deadline = query.deadline;
  absl::StatusOr<Ticket> ticket = ledger_.Reserve(asked);
  if (!ticket.ok()) return ticket.status();
  query.ticket = *std::move(ticket);
  const double seconds = asked.rate->PassSeconds(asked.rows);
  Instance& instance = *instances_[asked.device];
  if (instance.device->any_thread() && seconds > 0.0 && seconds < kShortPass) {
    return Stopping(instance.loop.ServeHere(std::move(query)));
  }
  return Stopping(instance.loop.inbox().Offer(std::move(query)));
}

absl::Status Engine::Sample(SampleRequest request) {
  absl::Status checked = CheckSampleRequest(limits_, request);
  if (!checked.ok()) return checked;
  WorkAsked asked =
      Ask(WorkClass::kSampling, *request.model, request.needs_energies());
  asked.caller = request.caller;
  asked.field = "rows";
  asked.rows = EvaluationsOfRows(request, 0, request.rows);
  asked.row_evaluations = EvaluationsLeft(request);
  asked.deadline = request.deadline;
  if (request.deterministic) {
    asked.pass_rows = DeterministicRows(asked.pass_rows);
    asked.sampler_rows = asked.pass_rows;
    asked.padded = true;
  }
  absl::StatusOr<Ticket> ticket = ledger_.Reserve(asked);
  if (!ticket.ok()) return ticket.status();
  request.ticket = *std::move(ticket);
  if (StateBytes(request) > limits_.max_state_bytes) {
    request.state_interval.reset();
  }
  return Stopping(
      instances_[asked.device]->loop.inbox().Offer(std::move(request)));
}

void Engine::Offer(size_t device, size_t place,
                   std::shared_ptr<QuantumTask> task) {
  instances_[device * loops_ + place % loops_]
      ->loop.inbox()
      .Offer(std::move(task))
      .IgnoreError();
}

std::string Engine::NumericsOf(const ModelSnapshot& model) const {
  std::string numerics =
      CpuNumerics(threads_, DeterministicRows(model.max_batch_rows));
  const at::Device device = devices_[model.device];
  if (!device.is_cpu()) {
    absl::StrAppend(&numerics, ", ",
                    c10::DeviceTypeName(device.type(), /*lower_case=*/true));
  }
  if (model.precision != Precision::kFp32) {
    absl::StrAppend(&numerics, ", ", PrecisionName(model.precision));
  }
  return numerics;
}

void Engine::Drain(absl::Duration patience) {
  const Instant begun = Clock::Real()->Now();
  for (const auto& instance : instances_) instance->loop.Drain();
  for (const auto& instance : instances_) {
    const absl::Duration left =
        patience - absl::Seconds(SecondsBetween(begun, Clock::Real()->Now()));
    if (!instance->ended.WaitForNotificationWithTimeout(left))
      instance->loop.Abandon();
  }
  absl::MutexLock lock(&join_mu_);
  for (const auto& instance : instances_) {
    if (instance->thread.joinable()) instance->thread.join();
  }
}

}  // namespace scoreserve
