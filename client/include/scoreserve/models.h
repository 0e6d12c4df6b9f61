#ifndef SCORESERVE_MODELS_H_
#define SCORESERVE_MODELS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scoreserve {
inline namespace client {

// Names a version of a model. Without `version` and `alias` the server takes
// the alias "stable" where it is set, else the highest version, and "canary"
// for callers in its share; at most one of them may be given.
struct ModelRef {
  std::string name = {};
  std::optional<int64_t> version = {};
  std::optional<std::string> alias = {};
};

// NAME, NAME@VERSION (a positive integer) or NAME@ALIAS. INVALID_ARGUMENT where
// a part is empty or the version is no positive 64-bit integer.
absl::StatusOr<ModelRef> ParseModelRef(absl::string_view text);

// The label that a network takes beside x. A noise level is a standard
// deviation in model space.
enum class LabelType { kNone, kNoiseLevel, kTime };

// How rows as they travel ("data space") relate to what the network sees
// ("model space"): x_model = (x_data - offset) / scale, and so for scores
// s_data = s_model / scale.
struct DataInfo {
  std::vector<int64_t> shape = {};  // Of one row.
  double offset = 0.0;
  double scale = 1.0;
  std::optional<double> min = {}, max = {};  // Where data lies.
};

// A version on the server's disk that it does not serve.
struct RefusedVersionInfo {
  int64_t version = 0;
  std::string why = {};
};

// One version of a model.
struct ModelInfo {
  std::string name = {};
  int64_t version = 0;
  std::vector<std::string> aliases = {};  // That point at this version.
  std::string network = {};               // Its kind, "residual_mlp".
  int64_t num_parameters = 0;
  LabelType label = LabelType::kNone;
  double label_min = 0.0, label_max = 0.0;  // Both included.
  DataInfo data = {};
  std::string description = {};
  int64_t max_rows = 0;                // That one request may ask for.
  std::vector<int64_t> versions = {};  // Loaded, ascending.
  std::vector<RefusedVersionInfo> refused = {};
  int64_t classes = 0;  // To condition on, from 0; 0: it takes none.
  // Which a time belongs to ("vp"); "ve" for noise levels, empty without a
  // label.
  std::string process = {};
  // What ScoreQuery::energy asks for and Metropolis-adjusted samplers need.
  bool has_energy = false;
  // What the last bits of deterministic runs depend on at this server.
  std::string numerics = {};
  // All of the model's aliases, and the versions that they point at.
  std::map<std::string, int64_t> all_aliases = {};
  // Counts the changes of aliases and of what follows (ModelUpdate).
  int64_t generation = 0;
  // The share of callers without a version or alias that get "canary".
  double canary_share = 0.0;
  // How many of the newest versions are kept, where that was set.
  std::optional<int64_t> keep = {};

  // Numbers in a row: the product of data.shape.
  int64_t dim() const;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_H_
