// Advance() for rows that lie on any device, in LibTorch's plain operations.

#ifndef SCORESERVE_MODELS_SAMPLERS_ADVANCE_TENSORS_H_
#define SCORESERVE_MODELS_SAMPLERS_ADVANCE_TENSORS_H_

#include "ATen/core/Tensor.h"
#include "absl/types/span.h"
#include "models/samplers/advance.h"

namespace scoreserve {

// What MoveRows() (move_rows.h) does to rows of the kinds kAffine and
// kCorrector that nothing is known of, written into x and y: contiguous float32
// [steps.size(), dim] on the device of `score`. y may be undefined where no row
// has a companion.
//
// Noise is drawn on the processor, so its bits are the same everywhere. On a
// processor affine rows come out the same to the bit as by Advance(), but for
// the sign of a zero; a corrector's norms are summed in another order. For
// inference.
void AdvanceTensors(absl::Span<const RowStep> steps, const at::Tensor& score,
                    const at::Tensor& x, const at::Tensor& y);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_SAMPLERS_ADVANCE_TENSORS_H_
