// What networks of a noise level have in common: the preconditioning of EDM
// (Karras, Aittala, Aila, Laine 2022, table 1) for data of unit variance,
//
//   D(x, u) = c_skip x + c_out F(c_in x, u),   s(x, u) = (D − x) / u²,
//   c_skip = 1/(1 + u²),  c_out = u/√(1 + u²),  c_in = 1/√(1 + u²),
//
// and what F is told of u. Where the label is a noise level, u is it. Where it
// is a time t of a process, x = αx₀ + σε, the noise of x/α is u = σ/α and the
// score s(x/α, u)/α. A network whose F is 0 is the best linear denoiser of
// white data.

#ifndef SCORESERVE_MODELS_NETWORKS_PRECONDITIONING_H_
#define SCORESERVE_MODELS_NETWORKS_PRECONDITIONING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/networks/linear.h"
#include "models/networks/workspace.h"
#include "models/processes/noise_process.h"

namespace scoreserve {

// float32 [rows, 1] each.
struct NoiseScales {
  at::Tensor noise;    // u.
  at::Tensor divisor;  // √(α² + σ²), by which x becomes c_in x/α.
};

// Immutable.
class Preconditioning {
 public:
  // INVALID_ARGUMENT as ProcessOf(), or for a label that is none or takes no
  // noise at all. `network` is named there.
  static absl::StatusOr<Preconditioning> New(const ModelConfig& config,
                                             absl::string_view network);

  LabelKind label_kind() const {
    return process_ == nullptr ? LabelKind::kNoiseLevel : LabelKind::kTime;
  }

  // Of labels [rows], float64.
  NoiseScales At(const at::Tensor& label) const;

  // The score [rows, dim] of what F gave, f, at `scaled`, x divided by the
  // divisor. Writes over f, which no operation before may have kept.
  static at::Tensor Score(at::Tensor f, const at::Tensor& scaled,
                          const NoiseScales& scales);

 private:
  explicit Preconditioning(std::shared_ptr<const NoiseProcess> process)
      : process_(std::move(process)) {}

  // That of the label, null where this is a noise level.
  std::shared_ptr<const NoiseProcess> process_;
};

// e = silu(linear([cos, sin](f ln u / 4))) with sixteen frequencies f from 0.16
// to 16, geometric; with classes, plus a vector of the row's class, or one more
// for none. Immutable but for its weights.
class NoiseEmbedding {
 public:
  static constexpr int64_t kWidth = 64;

  // Draws as UniformLinear() under `layer`, the classes under `class_layer`.
  NoiseEmbedding(int64_t classes, uint64_t seed, uint32_t layer,
                 uint32_t class_layer);

  // [rows, kWidth] of u [rows, 1] and a condition as ScoreInput's.
  at::Tensor At(const at::Tensor& noise, const at::Tensor& condition,
                Workspace& workspace) const;

  // Adds "embed.weight" and "embed.bias", or "classes.weight" if there are any.
  using NamedWeights = std::vector<std::pair<std::string, at::Tensor>>;
  void AddWeights(NamedWeights& weights) const;
  void AddClassWeights(NamedWeights& weights) const;
  // What is no weight: ScoreNetwork::Constants().
  std::vector<at::Tensor> Constants() const {
    return {waves_.weight, waves_.bias};
  }

 private:
  int64_t classes_;
  LinearWeights waves_;  // Constant.
  LinearWeights embed_;
  at::Tensor class_vectors_;  // [classes + 1, kWidth], where there are any.
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_PRECONDITIONING_H_
