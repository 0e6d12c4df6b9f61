#include "models/diagnostics/chain_diagnostics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/diagnostics/mixing.h"
#include "models/diagnostics/moments.h"

namespace scoreserve {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double Norm(const float* x, int64_t dim) {
  // Four sums, or each addition would wait for the one before.
  std::array<double, 4> squares = {};
  for (int64_t k = 0; k < dim; ++k) {
    squares[k % 4] += static_cast<double>(x[k]) * x[k];
  }
  return std::sqrt((squares[0] + squares[1]) + (squares[2] + squares[3]));
}

}  // namespace

ChainDiagnostics::ChainDiagnostics(const DiagnosticsOptions& options,
                                   absl::Span<const int64_t> group_rows,
                                   int64_t dim, bool energies)
    : options_(options), dim_(dim), energies_(energies), projections_(dim) {
  int64_t left = kMaxChains;
  for (const int64_t rows : group_rows) {
    const int64_t observed = std::min(rows, left);
    if (observed == 0) break;
    left -= observed;
    groups_.push_back(
        {.rows = observed, .series = BatchMeans(observed * quantities())});
  }
}

void ChainDiagnostics::Observe(int64_t group, int64_t step,
                               const ChainObservation& observation) {
  if (step < options_.burn_in ||
      group >= static_cast<int64_t>(groups_.size())) {
    return;
  }
  const int64_t rows = groups_[group].rows;
  values_.resize(rows * quantities());
  for (int64_t i = 0; i < rows; ++i) {
    double* value = values_.data() + i;
    const auto put = [&value, rows](double quantity) {
      *value = quantity;
      value += rows;
    };
    put(Norm(observation.score + i * dim_, dim_));
    if (energies_) put(observation.energy[i]);
    for (const double along : projections_.Of(observation.x + i * dim_)) {
      put(along);
    }
  }
  groups_[group].series.Add(values_);
  if (observation.accepted == nullptr || step == 0) return;
  tests_ += rows;
  accepted_ += std::count(observation.accepted, observation.accepted + rows, 1);
}

std::string ChainDiagnostics::NameOf(int64_t quantity) const {
  if (quantity == 0) return std::string(kScoreNorm);
  if (energies_ && quantity == 1) return "energy";
  return absl::StrCat("projection_", quantity - (energies_ ? 2 : 1));
}

const ChainDiagnostics::Group& ChainDiagnostics::Slowest() const {
  return *std::min_element(groups_.begin(), groups_.end(),
                           [](const Group& a, const Group& b) {
                             return a.series.count() < b.series.count();
                           });
}

bool ChainDiagnostics::ShouldStop() {
  if (!options_.stop_at_r_hat.has_value()) return false;
  const BatchMeans& slowest = Slowest().series;
  if (slowest.count() < next_look_) return false;
  next_look_ = (slowest.batches() + 1) * slowest.batch_length();
  for (int64_t quantity = 0; quantity < quantities(); ++quantity) {
    // Written so that NaN goes on.
    if (!(MixingOf(quantity).split_r_hat <= *options_.stop_at_r_hat)) {
      return false;
    }
  }
  return true;
}

QuantityMixing ChainDiagnostics::MixingOf(int64_t quantity) const {
  Moments all;
  std::vector<Moments> halves;
  std::vector<Batches> parts;
  for (const Group& group : groups_) {
    const BatchMeans& series = group.series;
    const bool counts = series.count() >= kMinSteps;
    const int64_t number = series.batches(), half = number / 2;
    const int64_t own = quantity * group.rows;
    // Of an odd number the batch in the middle is in neither half.
    for (const auto& [from, to] :
         {std::pair(int64_t{0}, half), std::pair(half, number - half),
          std::pair(number - half, number)}) {
      const bool is_half = from == 0 || to == number;
      for (const Batches& part : series.OfBatches(own, group.rows, from, to)) {
        all = Merged(all, part.draws);
        if (!counts) continue;
        if (is_half) halves.push_back(part.draws);
        parts.push_back(part);
      }
    }
    for (int64_t i = own; i < own + group.rows; ++i) {
      all = Merged(all, series.OfOpen(i));
    }
  }
  QuantityMixing mixing = {.quantity = NameOf(quantity),
                           .mean = all.count == 0 ? kNan : all.mean,
                           .split_r_hat = kNan,
                           .effective_sample_size = kNan};
  if (halves.empty()) return mixing;
  mixing.split_r_hat = PotentialScaleReduction(halves);
  mixing.effective_sample_size = EffectiveSampleSize(parts, halves);
  return mixing;
}

ChainSummary ChainDiagnostics::Summary() const {
  ChainSummary summary = {.steps = Slowest().series.count()};
  for (const Group& group : groups_) summary.chains += group.rows;
  if (tests_ > 0) {
    summary.acceptance_rate =
        static_cast<double>(accepted_) / static_cast<double>(tests_);
  }
  for (int64_t quantity = 0; quantity < quantities(); ++quantity) {
    summary.mixing.push_back(MixingOf(quantity));
  }
  return summary;
}

}  // namespace scoreserve
