// Pictures before they are written; internal.

#ifndef SCORESERVE_MODELS_PLOTS_DRAWINGS_H_
#define SCORESERVE_MODELS_PLOTS_DRAWINGS_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/plots/canvas.h"
#include "models/plots/chart.h"
#include "models/plots/contact_sheet.h"

namespace scoreserve {

// INVALID_ARGUMENT as WritePng() of each.
absl::StatusOr<Canvas> Draw(const ContactSheet& sheet);
// Side by side.
absl::StatusOr<Canvas> Draw(absl::Span<const Chart> charts);

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_PLOTS_DRAWINGS_H_
