#ifndef SCORESERVE_CLIENT_CMD_ANIMATION_FILE_H_
#define SCORESERVE_CLIENT_CMD_ANIMATION_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cmd/state_frames.h"
#include "models/io/rows.h"
#include "scoreserve/models.h"

namespace scoreserve::ctl {

// Writes `frames` and then `last`, the samples after num_steps steps, which
// stay longer. Images are a contact sheet, whose grays reach as far as the data
// or, where it is wider, the bulk of the frame; points are a scatter over axes
// that hold the last. All must have the same rows, at least one, of a `model`
// that IsPlane() or IsImage().
absl::Status WriteAnimation(const std::string& path, const ModelInfo& model,
                            int64_t num_steps,
                            const std::vector<StateFrame>& frames,
                            const Rows& last);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_ANIMATION_FILE_H_
