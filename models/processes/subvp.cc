#include "models/processes/subvp.h"

#include <cmath>
#include <memory>

#include "models/processes/vp.h"

namespace scoreserve {
namespace {

class SubVp final : public NoiseProcess {
 public:
  explicit SubVp(const VpOptions& options) : options_(options) {}

  double Alpha(double time) const override {
    return std::exp(-0.5 * BetaIntegral(options_, time));
  }
  double Sigma(double time) const override {
    return -std::expm1(-BetaIntegral(options_, time));
  }
  double Drift(double time) const override {
    return -0.5 * Beta(options_, time);
  }
  double SquaredDiffusion(double time) const override {
    return Beta(options_, time) *
           -std::expm1(-2.0 * BetaIntegral(options_, time));
  }
  // u = 2 sinh(B/2).
  double TimeOf(double ratio) const override {
    return TimeOfBetaIntegral(options_, 2.0 * std::asinh(0.5 * ratio));
  }
  bool has_increments() const override { return false; }

 private:
  const VpOptions options_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewSubVp(
    const OptionValues& options) {
  const absl::StatusOr<VpOptions> parsed = ParseVpOptions(options);
  if (!parsed.ok()) return parsed.status();
  return std::make_shared<SubVp>(*parsed);
}

}  // namespace scoreserve
