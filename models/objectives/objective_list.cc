#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/objectives/denoising.h"
#include "models/objectives/exact.h"
#include "models/objectives/fd_denoising.h"
#include "models/objectives/fd_sliced.h"
#include "models/objectives/objective.h"
#include "models/objectives/sliced.h"
#include "models/status.h"

namespace scoreserve {

const std::vector<ObjectiveKind>& ObjectiveKinds() {
  static const auto& kinds = *new std::vector<ObjectiveKind>{
      {"denoising",
       "Denoising score matching at one noise level or over all of the label's "
       "(Vincent 2011; Song and Ermon 2019).",
       DenoisingOptionTable().Describe(), NewDenoising},
      {"exact",
       "Exact score matching, at a cost that grows with the dimension "
       "(Hyvärinen 2005).",
       ExactOptionTable().Describe(), NewExact},
      {"fd_denoising",
       "Denoising score matching of an energy by finite differences (Pang et "
       "al. 2020).",
       FdDenoisingOptionTable().Describe(), NewFdDenoising},
      {"fd_sliced",
       "Sliced score matching by finite differences, of a score or of an "
       "energy (Pang et al. 2020).",
       FdSlicedOptionTable().Describe(), NewFdSliced},
      {"sliced",
       "Sliced score matching, with variance reduction or without (Song, Garg, "
       "Shi and Ermon 2019).",
       SlicedOptionTable().Describe(), NewSliced},
  };
  return kinds;
}

absl::StatusOr<std::unique_ptr<Objective>> NewObjective(
    absl::string_view name, const OptionValues& options,
    const ModelConfig& config) {
  std::vector<std::string> names;
  for (const ObjectiveKind& kind : ObjectiveKinds()) {
    if (kind.name == name) return kind.create(options, config);
    names.push_back(kind.name);
  }
  return InvalidField(
      "objective", absl::StrCat("there is no objective '", name,
                                "'; there are: ", absl::StrJoin(names, ", ")));
}

}  // namespace scoreserve
