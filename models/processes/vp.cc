#include "models/processes/vp.h"

#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Vp final : public NoiseProcess {
 public:
  explicit Vp(const VpOptions& options) : options_(options) {}

  double Alpha(double time) const override {
    return std::exp(-0.5 * BetaIntegral(options_, time));
  }
  double Sigma(double time) const override {
    return std::sqrt(-std::expm1(-BetaIntegral(options_, time)));
  }
  double Drift(double time) const override {
    return -0.5 * Beta(options_, time);
  }
  double SquaredDiffusion(double time) const override {
    return Beta(options_, time);
  }
  double TimeOf(double ratio) const override {
    return TimeOfBetaIntegral(options_, std::log1p(ratio * ratio));
  }

 private:
  const VpOptions options_;
};

}  // namespace

const OptionTable<VpOptions>& VpOptionTable() {
  using O = VpOptions;
  static const auto& table = *new OptionTable<O>({
      {"beta_min", &O::beta_min, Positive(), "β at time 0."},
      {"beta_max", &O::beta_max, Between(0.0, 1e6),
       "β at time 1; at least beta_min."},
  });
  return table;
}

double Beta(const VpOptions& options, double time) {
  return options.beta_min + time * (options.beta_max - options.beta_min);
}

double BetaIntegral(const VpOptions& options, double time) {
  return time * options.beta_min +
         0.5 * time * time * (options.beta_max - options.beta_min);
}

double TimeOfBetaIntegral(const VpOptions& options, double b) {
  // The root of a quadratic in the form that does not cancel for small b.
  const double slope = options.beta_max - options.beta_min;
  const double root =
      std::sqrt(options.beta_min * options.beta_min + 2.0 * slope * b);
  return 2.0 * b / (options.beta_min + root);
}

absl::StatusOr<VpOptions> ParseVpOptions(const OptionValues& options) {
  absl::StatusOr<VpOptions> parsed = VpOptionTable().Parse(options);
  if (parsed.ok() && parsed->beta_max < parsed->beta_min) {
    return InvalidField("beta_max",
                        absl::StrCat("at least beta_min, ", parsed->beta_min),
                        absl::StrCat(parsed->beta_max));
  }
  return parsed;
}

absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewVp(
    const OptionValues& options) {
  const absl::StatusOr<VpOptions> parsed = ParseVpOptions(options);
  if (!parsed.ok()) return parsed.status();
  return std::make_shared<Vp>(*parsed);
}

}  // namespace scoreserve
