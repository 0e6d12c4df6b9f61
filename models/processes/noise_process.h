// How noise is added to data over time, and back.

#ifndef SCORESERVE_MODELS_PROCESSES_NOISE_PROCESS_H_
#define SCORESERVE_MODELS_PROCESSES_NOISE_PROCESS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/io/model_config.h"
#include "models/options.h"

namespace scoreserve {

// One moment of a process: x_t = alpha · x₀ + sigma · ε, ε standard normal. The
// default is clean data.
struct Level {
  double time = 0.0;
  double alpha = 1.0;
  double sigma = 0.0;

  // u, the noise beside data of unit scale. Samplers step in it.
  double ratio() const { return sigma / alpha; }
};

// The forward stochastic differential equation dx = f(t)·x dt + g(t) dw on
// times from 0, clean data, to 1, nearly pure noise, by its marginals (Song et
// al. 2021). All in double, and sigma without cancellation near t = 0.
// Immutable and thread-safe.
class NoiseProcess {
 public:
  virtual ~NoiseProcess() = default;

  // α(t) and σ(t). σ rises with t.
  virtual double Alpha(double time) const = 0;
  virtual double Sigma(double time) const = 0;
  // f(t) and g²(t).
  virtual double Drift(double time) const = 0;
  virtual double SquaredDiffusion(double time) const = 0;
  // t with σ(t)/α(t) = ratio. Requires ratio > 0.
  virtual double TimeOf(double ratio) const = 0;
  // Whether the increments of the process exist in closed form, as the sampler
  // `increments` needs them.
  virtual bool has_increments() const { return true; }
  // Whether levels are spread evenly in time by default, or evenly in log u.
  virtual bool uniform_in_time() const { return true; }

  // The noisiest time there is.
  static constexpr double kEnd = 1.0;

  Level At(double time) const {
    return {.time = time, .alpha = Alpha(time), .sigma = Sigma(time)};
  }
  // The level with that σ/α: α = α(t(u)), σ = αu.
  Level AtRatio(double ratio) const {
    const double time = TimeOf(ratio), alpha = Alpha(time);
    return {.time = time, .alpha = alpha, .sigma = alpha * ratio};
  }
};

// A kind of process: one line in process_list.cc.
struct ProcessKind {
  std::string name;
  std::string help;  // One sentence, with the source.
  std::vector<OptionDescription> options;
  absl::StatusOr<std::shared_ptr<const NoiseProcess>> (*create)(
      const OptionValues& options);
};
const std::vector<ProcessKind>& ProcessKinds();

// INVALID_ARGUMENT for an unknown name, listing those that there are; else as
// ProcessKind::create.
absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewProcess(
    const ProcessConfig& config);

// The process that a model's label belongs to. Of a time: the one its config
// names. Of a noise level: the variance-exploding one between the ends of the
// label's range, whose σ is the label (from max/10⁵ where the range begins at
// 0). Null where the network takes no label. INVALID_ARGUMENT naming the key of
// the config.
absl::StatusOr<std::shared_ptr<const NoiseProcess>> ProcessOf(
    const ModelConfig& config);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PROCESSES_NOISE_PROCESS_H_
