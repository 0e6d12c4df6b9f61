#include "models/networks/activation.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using Named = std::pair<const char*, Activation>;
constexpr Named kNamed[] = {{"elu", Activation::kElu},
                            {"relu", Activation::kRelu},
                            {"silu", Activation::kSilu},
                            {"softplus", Activation::kSoftplus},
                            {"tanh", Activation::kTanh}};

}  // namespace

absl::StatusOr<Activation> ActivationNamed(const std::string& name) {
  for (const auto& [known, activation] : kNamed) {
    if (name == known) return activation;
  }
  return InvalidField("activation", absl::StrCat("one of ", ActivationNames()),
                      absl::StrCat("'", name, "'"));
}

std::string ActivationNames() {
  return absl::StrJoin(kNamed, ", ", [](std::string* out, const Named& named) {
    absl::StrAppend(out, named.first);
  });
}

bool Smooth(Activation activation) { return activation != Activation::kRelu; }

}  // namespace scoreserve
