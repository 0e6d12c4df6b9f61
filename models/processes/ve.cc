#include "models/processes/ve.h"

#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "models/status.h"

namespace scoreserve {
namespace {

class Ve final : public NoiseProcess {
 public:
  explicit Ve(const VeOptions& options)
      : options_(options),
        log_range_(std::log(options.sigma_max / options.sigma_min)) {}

  double Alpha(double) const override { return 1.0; }
  double Sigma(double time) const override {
    return options_.sigma_min * std::exp(log_range_ * time);
  }
  double Drift(double) const override { return 0.0; }
  double SquaredDiffusion(double time) const override {
    const double sigma = Sigma(time);
    return 2.0 * sigma * sigma * log_range_;
  }
  double TimeOf(double ratio) const override {
    return std::log(ratio / options_.sigma_min) / log_range_;
  }
  bool uniform_in_time() const override { return false; }

 private:
  const VeOptions options_;
  const double log_range_;
};

}  // namespace

const OptionTable<VeOptions>& VeOptionTable() {
  using O = VeOptions;
  static const auto& table = *new OptionTable<O>({
      {"sigma_min", &O::sigma_min, Positive(), "σ at time 0, in model space."},
      {"sigma_max", &O::sigma_max, Positive(),
       "σ at time 1, in model space; more than sigma_min."},
  });
  return table;
}

std::shared_ptr<const NoiseProcess> NewVe(const VeOptions& options) {
  return std::make_shared<Ve>(options);
}

absl::StatusOr<std::shared_ptr<const NoiseProcess>> NewVe(
    const OptionValues& options) {
  const absl::StatusOr<VeOptions> parsed = VeOptionTable().Parse(options);
  if (!parsed.ok()) return parsed.status();
  if (!(parsed->sigma_max > parsed->sigma_min)) {
    return InvalidField(
        "sigma_max", absl::StrCat("more than sigma_min, ", parsed->sigma_min),
        absl::StrCat(parsed->sigma_max));
  }
  return NewVe(*parsed);
}

}  // namespace scoreserve
