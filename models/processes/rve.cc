#include "models/processes/rve.h"

#include <cmath>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Rve final : public NoiseProcess {
 public:
  explicit Rve(const RveOptions& options)
      : sigma_max_(options.sigma_max),
        log_b_(std::log(options.sigma_min / options.sigma_max) /
               (1.0 / options.epsilon - 1.0)) {}

  double Alpha(double) const override { return 1.0; }
  double Sigma(double time) const override {
    if (time <= 0.0) return 0.0;
    return sigma_max_ * std::exp(log_b_ * (1.0 / time - 1.0));
  }
  double Drift(double) const override { return 0.0; }
  double SquaredDiffusion(double time) const override {
    if (time <= 0.0) return 0.0;  // The limit: σ vanishes faster than t.
    const double sigma = Sigma(time);
    return -2.0 * sigma * sigma * log_b_ / (time * time);
  }
  double TimeOf(double ratio) const override {
    return 1.0 / (1.0 + std::log(ratio / sigma_max_) / log_b_);
  }
  bool uniform_in_time() const override { return false; }

 private:
  const double sigma_max_;
  const double log_b_;
};

}  // namespace

const OptionTable<RveOptions>& RveOptionTable() {
  using O = RveOptions;
  static const auto& table = *new OptionTable<O>({
      {"sigma_min", &O::sigma_min, Positive(),
       "σ at time epsilon, in model space."},
      {"sigma_max", &O::sigma_max, Positive(),
       "σ at time 1, in model space; more than sigma_min."},
      {"epsilon", &O::epsilon, Between(1e-9, 0.5),
       "The time at which σ is sigma_min."},
  });
  return table;
}

absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewRve(
    const OptionValues& options) {
  const absl::StatusOr<RveOptions> parsed = RveOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  if (!(parsed->sigma_max > parsed->sigma_min)) {
    return InvalidField(
        "sigma_max", absl::StrCat("more than sigma_min, ", parsed->sigma_min),
        absl::StrCat(parsed->sigma_max));
  }
  return std::make_shared<Rve>(*parsed);
}

}  // namespace scoreserve
