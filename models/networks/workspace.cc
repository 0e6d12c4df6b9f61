#include "models/networks/workspace.h"

#include <cstdint>

#include "ATen/ops/addmm.h"
#include "ATen/ops/div.h"
#include "ATen/ops/elu.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/layer_norm.h"
#include "ATen/ops/relu.h"
#include "ATen/ops/silu.h"
#include "ATen/ops/softplus.h"
#include "ATen/ops/tanh.h"
#include "c10/core/GradMode.h"
#include "c10/core/InferenceMode.h"

namespace scoreserve {
namespace {

bool Recording() { return c10::GradMode::is_enabled(); }

}  // namespace

bool Workspace::Fresh() const { return functional_ || Recording(); }

at::Tensor Workspace::Linear(const at::Tensor& x, const at::Tensor& weight,
                             const at::Tensor& bias) {
  if (Fresh()) return at::addmm(bias, x, weight.t());
  at::Tensor& out = Next(x, x.size(0), weight.size(0));
  at::addmm_out(out, bias, x, weight.t());
  return out;
}

at::Tensor Workspace::AddLinear(at::Tensor base, const at::Tensor& x,
                                const at::Tensor& weight) {
  if (Fresh()) return at::addmm(base, x, weight.t());
  return base.addmm_(x, weight.t());
}

at::Tensor Workspace::Activate(Activation activation, at::Tensor x) {
  const bool fresh = Fresh();
  switch (activation) {
    case Activation::kElu:
      return fresh ? at::elu(x) : at::elu_(x);
    case Activation::kRelu:
      return fresh ? at::relu(x) : at::relu_(x);
    case Activation::kSoftplus:
      return fresh ? at::softplus(x) : at::softplus_out(x, x);
    case Activation::kTanh:
      return fresh ? at::tanh(x) : at::tanh_(x);
    case Activation::kSilu:
      break;
  }
  return fresh ? at::silu(x) : at::silu_(x);
}

at::Tensor Workspace::LayerNorm(const at::Tensor& x, const at::Tensor& weight,
                                const at::Tensor& bias) {
  constexpr double kEpsilon = 1e-5;
  if (Recording() && x._fw_grad(/*level=*/0).defined()) {
    // Under forward mode in its parts: the tangent that LibTorch has for the
    // whole is right, but the gradient of that tangent takes mean and deviation
    // for constants.
    const at::Tensor centred = x.sub(x.mean(-1, /*keepdim=*/true));
    const at::Tensor variance = centred.square().mean(-1, /*keepdim=*/true);
    return centred.div(variance.add(kEpsilon).sqrt()).mul(weight).add(bias);
  }
  return at::layer_norm(x, weight.sizes(), weight, bias, kEpsilon);
}

at::Tensor Workspace::Add(at::Tensor a, const at::Tensor& b) {
  return Fresh() ? a.add(b) : a.add_(b);
}

at::Tensor Workspace::Divide(const at::Tensor& x, const at::Tensor& divisor) {
  if (Fresh()) return at::div(x, divisor);
  at::Tensor& out = Next(x, x.size(0), x.size(1));
  at::div_out(out, x, divisor);
  return out;
}

at::Tensor& Workspace::Next(const at::Tensor& x, int64_t rows, int64_t width) {
  if (next_ == buffers_.size()) buffers_.emplace_back();
  Buffer& buffer = buffers_[next_++];
  at::Tensor& storage = buffer.storage;
  // Tensors made under inference mode may not be written outside it, and
  // writing others inside it costs version counters.
  if (!storage.defined() || storage.numel() < rows * width ||
      storage.is_inference() != c10::InferenceMode::is_enabled() ||
      storage.device() != x.device() || storage.dtype() != x.dtype()) {
    storage = at::empty({rows * width}, x.options().requires_grad(false));
    buffer.view = at::Tensor();
  }
  if (!buffer.view.defined() || buffer.view.size(0) != rows ||
      buffer.view.size(1) != width) {
    buffer.view = storage.narrow(0, 0, rows * width).view({rows, width});
  }
  return buffer.view;
}

}  // namespace scoreserve
