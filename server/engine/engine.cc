#include "server/engine/engine.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "models/status.h"
#include "server/engine/numerics.h"
#include "server/engine/request_checks.h"
#include "server/engine/resume_checks.h"
#include "server/engine/scheduler.h"

namespace scoreserve {
namespace {

absl::Status Offer(DeviceLoop& loop, Work work) {
  absl::Status offered = loop.inbox().Offer(std::move(work));
  return offered.ok() ? offered
                      : WithReason(std::move(offered), Reason::kStopping);
}

}  // namespace

Engine::Engine(const Options& options, const Clock* clock)
    : threads_(options.threads),
      limits_(options.limits),
      clock_(clock),
      ledger_(options.ledger),
      device_(NewDevice(options.device, options.threads)),
      loop_(device_.get(), &ledger_, &metrics_, clock),
      thread_([this] {
        loop_.Run();
        ended_.Notify();
      }) {}

Engine::~Engine() { Drain(absl::ZeroDuration()); }

absl::Status Engine::Score(ScoreQuery query) {
  absl::Status checked = CheckQuery(limits_, query);
  if (!checked.ok()) return checked;
  absl::StatusOr<Ticket> ticket = ledger_.Reserve(
      WorkClass::kQuery, "x", EvaluationsOfRows(query, 0, query.rows()));
  if (!ticket.ok()) return ticket.status();
  query.ticket = *std::move(ticket);
  return Offer(loop_, std::move(query));
}

absl::Status Engine::Sample(SampleRequest request) {
  absl::Status checked = CheckSampleRequest(limits_, request);
  if (!checked.ok()) return checked;
  absl::StatusOr<Ticket> ticket =
      ledger_.Reserve(WorkClass::kSampling, "rows", EvaluationsLeft(request));
  if (!ticket.ok()) return ticket.status();
  request.ticket = *std::move(ticket);
  if (StateBytes(request) > limits_.max_state_bytes) {
    request.state_interval.reset();
  }
  return Offer(loop_, std::move(request));
}

std::string Engine::NumericsOf(const ModelSnapshot& model) const {
  return CpuNumerics(threads_, DeterministicRows(model.max_batch_rows));
}

void Engine::Drain(absl::Duration patience) {
  loop_.Drain();
  if (!ended_.WaitForNotificationWithTimeout(patience)) loop_.Abandon();
  absl::MutexLock lock(&join_mu_);
  if (thread_.joinable()) thread_.join();
}

}  // namespace scoreserve
