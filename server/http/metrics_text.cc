#include "server/http/metrics_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "prometheus/metric_family.h"
#include "prometheus/text_serializer.h"
#include "server/engine/metrics.h"

namespace scoreserve {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Family(const char* name, const char* help, MetricType type) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

// Adds a gauge or counter, whose labels are left to the caller.
ClientMetric& AddValue(MetricFamily& family, double value) {
  ClientMetric& metric = family.metric.emplace_back();
  (family.type == MetricType::Gauge ? metric.gauge.value
                                    : metric.counter.value) = value;
  return metric;
}

MetricFamily Single(const char* name, const char* help, MetricType type,
                    double value) {
  MetricFamily family = Family(name, help, type);
  AddValue(family, value);
  return family;
}

MetricFamily FromHistogram(const char* name, const char* help,
                           const Histogram& histogram) {
  const Histogram::Snapshot snapshot = histogram.Take();
  MetricFamily family = Family(name, help, MetricType::Histogram);
  ClientMetric::Histogram& out = family.metric.emplace_back().histogram;
  uint64_t total = 0;
  for (size_t i = 0; i < snapshot.counts.size(); ++i) {
    total += static_cast<uint64_t>(snapshot.counts[i]);
    const bool last = i == snapshot.bounds.size();
    out.bucket.push_back({total, last ? std::numeric_limits<double>::infinity()
                                      : snapshot.bounds[i]});
  }
  out.sample_count = total;
  out.sample_sum = snapshot.sum;
  return family;
}

MetricFamily Requests(const RequestMetrics& requests) {
  MetricFamily family = Family(
      "scoreserve_requests_total",
      "Requests ended, by model, method and status code.", MetricType::Counter);
  for (const auto& [key, count] : requests.Snapshot()) {
    const auto& [model, method, code] = key;
    AddValue(family, static_cast<double>(count)).label = {
        {"model", model},
        {"method", method},
        {"code", absl::StatusCodeToString(code)}};
  }
  return family;
}

// One value for each of some names, as `label`.
MetricFamily Labelled(
    const char* name, const char* help, MetricType type, const char* label,
    const std::vector<std::pair<std::string, double>>& values) {
  MetricFamily family = Family(name, help, type);
  for (const auto& [of, value] : values) {
    AddValue(family, value).label = {{label, of}};
  }
  return family;
}

MetricFamily Waiting(const EngineMetrics& engine) {
  const auto of = [](WorkClass work_class, int64_t rows) {
    return std::make_pair(std::string(WorkClassName(work_class)),
                          static_cast<double>(rows));
  };
  return Labelled("scoreserve_waiting_rows",
                  "Rows that wait to enter a pass, by class of work.",
                  MetricType::Gauge, "class",
                  {of(WorkClass::kQuery, engine.waiting_query_rows),
                   of(WorkClass::kSampling, engine.waiting_sampling_rows)});
}

MetricFamily Refused(const WorkLedger& ledger) {
  std::vector<std::pair<std::string, double>> values;
  for (const Refusal refusal :
       {Refusal::kFull, Refusal::kShare, Refusal::kDeadline}) {
    values.emplace_back(RefusalName(refusal),
                        static_cast<double>(ledger.refused(refusal)));
  }
  return Labelled("scoreserve_refused_total",
                  "Requests refused for want of room, by reason.",
                  MetricType::Counter, "reason", values);
}

MetricFamily Models(const ModelRegistry& registry) {
  MetricFamily family =
      Family("scoreserve_model_versions", "Versions by model and state.",
             MetricType::Gauge);
  for (const auto& [name, entry] : *registry.table()) {
    const auto add = [&family, &name = name](const char* state, size_t count) {
      AddValue(family, static_cast<double>(count)).label = {{"model", name},
                                                            {"state", state}};
    };
    add("loaded", entry.versions.size());
    add("refused", entry.refused.size());
  }
  return family;
}

// What the jobs that are there have come to, by model: a sum goes down where a
// job is deleted, so these are gauges.
void AddFineTunes(const FineTunes& fine_tunes,
                  std::vector<MetricFamily>& families) {
  using Value = double (*)(const FineTuneStatus&);
  const std::vector<FineTuneStatus> jobs = fine_tunes.List("");
  const auto add = [&](const char* name, const char* help, Value value) {
    std::map<std::string, double> sums;
    for (const FineTuneStatus& job : jobs) sums[job.spec.model] += value(job);
    families.push_back(Labelled(name, help, MetricType::Gauge, "model",
                                {sums.begin(), sums.end()}));
  };
  add("scoreserve_fine_tunes", "Fine-tunes that are kept.",
      [](const FineTuneStatus&) { return 1.0; });
  add("scoreserve_fine_tunes_running", "Fine-tunes that have not ended.",
      [](const FineTuneStatus& job) {
        return HasEnded(job.state) ? 0.0 : 1.0;
      });
  add("scoreserve_fine_tunes_failed", "Fine-tunes that ended with an error.",
      [](const FineTuneStatus& job) {
        return job.state == FineTuneState::kFailed ? 1.0 : 0.0;
      });
  add("scoreserve_fine_tune_steps", "Steps done.",
      [](const FineTuneStatus& job) { return static_cast<double>(job.step); });
  add("scoreserve_fine_tune_steps_per_second", "Over the last seconds.",
      [](const FineTuneStatus& job) { return job.steps_per_second; });
  add("scoreserve_fine_tune_skipped_steps",
      "Steps whose loss or gradient was not finite.",
      [](const FineTuneStatus& job) {
        return static_cast<double>(job.skipped_steps);
      });
  add("scoreserve_fine_tune_rows", "Rows that are durable.",
      [](const FineTuneStatus& job) { return static_cast<double>(job.rows); });
  add("scoreserve_fine_tune_published",
      "Versions published, of the newest 100 of each job.",
      [](const FineTuneStatus& job) {
        return static_cast<double>(job.published.size());
      });
  add("scoreserve_fine_tune_rolled_back",
      "Published versions that were rolled back, of the same.",
      [](const FineTuneStatus& job) {
        return static_cast<double>(
            std::count_if(job.published.begin(), job.published.end(),
                          [](const PublishedVersion& version) {
                            return version.rolled_back;
                          }));
      });
}

}  // namespace

std::string MetricsText(const Backend& backend) {
  const EngineMetrics& engine = backend.engine->metrics();
  const WorkLedger& ledger = backend.engine->ledger();
  const auto counter = [](const char* name, const char* help, double value) {
    return Single(name, help, MetricType::Counter, value);
  };
  const auto gauge = [](const char* name, const char* help, double value) {
    return Single(name, help, MetricType::Gauge, value);
  };
  std::vector<MetricFamily> families = {
      Requests(*backend.requests),
      Models(*backend.registry),
      gauge("scoreserve_queue_rows", "Query rows that wait for a pass.",
            static_cast<double>(engine.waiting_query_rows)),
      gauge("scoreserve_live_trajectories",
            "Blocks of sampler rows in a lane or waiting for one.",
            static_cast<double>(engine.live_trajectories)),
      gauge("scoreserve_outstanding_query_rows",
            "Query rows accepted, not answered.",
            static_cast<double>(ledger.outstanding(WorkClass::kQuery))),
      gauge("scoreserve_outstanding_sampling_row_evaluations",
            "Row-evaluations of samplers accepted, not ended.",
            static_cast<double>(ledger.outstanding(WorkClass::kSampling))),
      Waiting(engine),
      Refused(ledger),
      gauge("scoreserve_parked_blocks",
            "Blocks of sampler rows copied out of a pass half-way.",
            static_cast<double>(engine.parked_blocks)),
      counter("scoreserve_parkings_total", "How often a block was parked.",
              static_cast<double>(engine.parkings)),
      counter("scoreserve_passes_total", "Batches computed.",
              static_cast<double>(engine.passes)),
      counter("scoreserve_query_rows_total", "Query rows answered.",
              static_cast<double>(engine.query_rows)),
      counter("scoreserve_row_steps_total",
              "Rows of samplers times steps done.",
              static_cast<double>(engine.row_steps)),
      counter("scoreserve_dropped_total",
              "Requests cancelled or expired in the queue.",
              static_cast<double>(engine.dropped)),
      counter("scoreserve_divergences_total",
              "Requests ended by a value that was not finite.",
              static_cast<double>(engine.divergences)),
      counter("scoreserve_busy_seconds_total", "Time from pick to deliver.",
              engine.busy_seconds),
      FromHistogram("scoreserve_batch_rows", "Rows of a pass.",
                    engine.batch_rows),
      FromHistogram("scoreserve_forward_seconds",
                    "Time of a pass, assembling and stepping included.",
                    engine.forward_seconds),
  };
  if (backend.fine_tunes != nullptr) {
    families.push_back(
        counter("scoreserve_fine_tune_recoveries_total",
                "Fine-tunes that this start of the server took up again.",
                static_cast<double>(engine.recoveries)));
    AddFineTunes(*backend.fine_tunes, families);
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace scoreserve
