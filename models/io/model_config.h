// `config.json`: what a version of a model is, apart from its weights.

#ifndef SCORESERVE_MODELS_IO_MODEL_CONFIG_H_
#define SCORESERVE_MODELS_IO_MODEL_CONFIG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/options.h"

namespace scoreserve {

enum class LabelKind { kNone, kNoiseLevel, kTime };

// The label that a network takes beside x: its kind, and its range, both ends
// included. A noise level is a standard deviation in model space. Neither kind
// is ever negative.
struct LabelRule {
  LabelKind kind = LabelKind::kNone;
  double min = 0.0;
  double max = 0.0;
};

// OK where `label` lies in the rule's range; INVALID_ARGUMENT naming `field`.
absl::Status CheckLabel(const LabelRule& rule, absl::string_view field,
                        double label);

// The most numbers that one row may have.
inline constexpr int64_t kMaxDim = int64_t{1} << 24;

// How rows outside ("data space") relate to what the network sees ("model
// space"): x_model = (x_data − offset) / scale. The score of the data density
// is the model's score / scale.
struct DataSpace {
  std::vector<int64_t> shape;  // Of one row; its product is dim().
  double offset = 0.0;
  double scale = 1.0;              // More than 0.
  std::optional<double> min, max;  // Where data lies.

  int64_t dim() const;
};

// The noise process whose time is a network's label, by its name and options
// (models/processes/noise_process.h).
struct ProcessConfig {
  std::string name;
  OptionValues options;
};

struct ModelConfig {
  std::string description;       // One sentence.
  std::string network;           // As NewNetwork() knows it: "residual_mlp".
  OptionValues network_options;  // Checked by the network's own table.
  DataSpace data;
  LabelRule label;
  // Given where the label is a time, and nowhere else.
  std::optional<ProcessConfig> process;
  // How many classes rows can be conditioned on; 0: the network takes none.
  int64_t classes = 0;
  // How it was made: objective, data, seed, steps, … For people; not read back.
  std::map<std::string, std::string> provenance;
};

// The form, in which what has a default may be left out:
//
//   {"description": text, "network": text, "network_options": {name: value, …},
//    "data": {"shape": [n, …], "offset": x, "scale": x, "min": x, "max": x},
//    "label": {"kind": "none" | "noise_level" | "time", "min": x, "max": x},
//    "process": text, "process_options": {name: value, …}, "classes": n,
//    "provenance": {text: text, …}}
//
// Strict: an unknown, missing or duplicate key, a wrong type or a value out of
// range is INVALID_ARGUMENT naming the key (as "data.scale"). Never throws, and
// refuses texts over 1 MiB or nested deeper than 8.
absl::StatusOr<ModelConfig> ParseModelConfig(absl::string_view json);

// Indented, keys in a fixed order; ParseModelConfig() reads it back, unless a
// number is not finite or out of range.
std::string ModelConfigToJson(const ModelConfig& config);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_IO_MODEL_CONFIG_H_
