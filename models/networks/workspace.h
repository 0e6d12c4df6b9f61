#ifndef SCORESERVE_MODELS_NETWORKS_WORKSPACE_H_
#define SCORESERVE_MODELS_NETWORKS_WORKSPACE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "models/networks/activation.h"

namespace scoreserve {

// The primitive operations of a forward pass, and the buffers it writes to. A
// network is written once against these. Where gradients are recorded they are
// LibTorch's plain functions; elsewhere each result lies in a buffer that the
// workspace keeps from pass to pass (a third faster at 512 rows than fresh
// tensors), and a warm pass allocates only what LayerNorm needs. One thread at
// a time.
class Workspace {
 public:
  // While one lives, the workspace uses LibTorch's plain functions, which
  // autocast rounds, and no buffers.
  class Functional {
   public:
    explicit Functional(Workspace& workspace) : workspace_(workspace) {
      workspace_.functional_ = true;
    }
    ~Functional() { workspace_.functional_ = false; }
    Functional(const Functional&) = delete;
    Functional& operator=(const Functional&) = delete;

   private:
    Workspace& workspace_;
  };

  // Begins a pass: buffers are handed out again in the order of the calls.
  // Results of the pass before are overwritten.
  void Begin() { next_ = 0; }

  // x wᵀ + b: x [rows, in], weight [out, in], bias [out] → [rows, out].
  at::Tensor Linear(const at::Tensor& x, const at::Tensor& weight,
                    const at::Tensor& bias);
  // base + x wᵀ; may overwrite base [rows, out].
  at::Tensor AddLinear(at::Tensor base, const at::Tensor& x,
                       const at::Tensor& weight);
  // x · sigmoid(x); may overwrite x.
  at::Tensor Silu(at::Tensor x) { return Activate(Activation::kSilu, x); }
  // Coordinate by coordinate; may overwrite x.
  at::Tensor Activate(Activation activation, at::Tensor x);
  // (x − mean) / √(var + 1e-5) · weight + bias over the last dimension.
  at::Tensor LayerNorm(const at::Tensor& x, const at::Tensor& weight,
                       const at::Tensor& bias);
  // a + b; may overwrite a. b may be a bias [width].
  at::Tensor Add(at::Tensor a, const at::Tensor& b);
  // x / divisor: x [rows, width], divisor [rows, 1]. Leaves x alone.
  at::Tensor Divide(const at::Tensor& x, const at::Tensor& divisor);

 private:
  struct Buffer {
    at::Tensor storage;  // One dimension; grows.
    at::Tensor view;     // Of its beginning, as it was last asked for.
  };

  // A [rows, width] view of the next buffer, of x's type and device.
  at::Tensor& Next(const at::Tensor& x, int64_t rows, int64_t width);

  // Whether results must be tensors of their own.
  bool Fresh() const;

  std::vector<Buffer> buffers_;
  bool functional_ = false;
  size_t next_ = 0;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_NETWORKS_WORKSPACE_H_
