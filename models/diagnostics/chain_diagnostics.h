#ifndef SCORESERVE_MODELS_DIAGNOSTICS_CHAIN_DIAGNOSTICS_H_
#define SCORESERVE_MODELS_DIAGNOSTICS_CHAIN_DIAGNOSTICS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/diagnostics/batch_means.h"
#include "models/diagnostics/projections.h"

namespace scoreserve {

struct DiagnosticsOptions {
  int64_t burn_in = 0;  // Steps at the beginning that do not count.
  // Stop once the largest split R̂ is at most this; absent: never. More than 1.
  std::optional<double> stop_at_r_hat = {};
};

// The quantity that there always is.
inline constexpr absl::string_view kScoreNorm = "score_norm";

// How one quantity mixes over all chains.
struct QuantityMixing {
  std::string quantity;
  double mean = 0.0;  // Of all draws; NaN where there is none yet.
  // As mixing.h, of full batches. NaN until a chain has kMinSteps steps that
  // count.
  double split_r_hat = 0.0, effective_sample_size = 0.0;
};

struct ChainSummary {
  int64_t chains = 0;  // Observed.
  int64_t steps = 0;   // That count, of the chain that has fewest.
  // Proposals accepted, of those made; absent where none was tested yet.
  std::optional<double> acceptance_rate = {};
  // kScoreNorm, "energy" where it was asked for, "projection_0" to
  // "projection_7".
  std::vector<QuantityMixing> mixing = {};
};

// Chains that move together, after a step. All in model space.
struct ChainObservation {
  const float* x = nullptr;           // [rows, dim]: where they stand.
  const float* score = nullptr;       // [rows, dim].
  const double* energy = nullptr;     // [rows]; null where not asked for.
  const uint8_t* accepted = nullptr;  // [rows]; null where nothing was tested.
};

// How well the chains of one run have mixed: each row is a chain. They come in
// groups, which move together and may be at different steps. Of a run of more
// than kMaxChains chains the first are observed. Takes at most 512 bytes for
// each chain and quantity, however many steps there are. Thread-compatible.
class ChainDiagnostics {
 public:
  static constexpr int64_t kMaxChains = 1024;
  // Fewer tell nothing: 16 batches of 4.
  static constexpr int64_t kMinSteps = 64;

  // `group_rows`: chains of each group, in their order.
  ChainDiagnostics(const DiagnosticsOptions& options,
                   absl::Span<const int64_t> group_rows, int64_t dim,
                   bool energies);

  // `group` has made its step `step`, counted from 0. Does nothing during
  // burn-in. What is not finite makes what is told of its quantity NaN. The
  // test of step 0 is of no proposal, but of the start: it is not counted.
  void Observe(int64_t group, int64_t step,
               const ChainObservation& observation);

  // To be asked after steps: whether the chains agree as options.stop_at_r_hat
  // wants. Looks each time that the group which is behind has filled a batch,
  // some 16 times while its steps double, and says no in between.
  bool ShouldStop();

  ChainSummary Summary() const;

 private:
  struct Group {
    int64_t rows = 0;   // That are observed.
    BatchMeans series;  // Of quantity q of row i at q · rows + i.
  };

  int64_t quantities() const { return energies_ ? 10 : 9; }
  std::string NameOf(int64_t quantity) const;
  // The group that has fewest steps that count.
  const Group& Slowest() const;
  QuantityMixing MixingOf(int64_t quantity) const;

  const DiagnosticsOptions options_;
  const int64_t dim_;
  const bool energies_;
  const Projections projections_;
  std::vector<Group> groups_;  // Without those that nothing is observed of.
  int64_t tests_ = 0, accepted_ = 0;
  int64_t next_look_ = kMinSteps;  // Of ShouldStop(), in steps that count.
  std::vector<double> values_;     // Scratch, reused.
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_DIAGNOSTICS_CHAIN_DIAGNOSTICS_H_
