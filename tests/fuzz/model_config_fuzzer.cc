// Whatever the bytes, the strict readers of JSON give a value or a reason, and
// a config survives being written and read again.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "models/io/model_config.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using scoreserve::Check;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);

  const auto config = scoreserve::ParseModelConfig(text);
  if (config.ok()) {
    Check(config->data.dim() > 0 && config->data.dim() <= scoreserve::kMaxDim,
          "dimensions are in range");
    const std::string json = scoreserve::ModelConfigToJson(*config);
    const auto again = scoreserve::ParseModelConfig(json);
    Check(again.ok(), "what was read can be written and read");
    Check(scoreserve::ModelConfigToJson(*again) == json, "it is the same then");
  } else {
    Check(scoreserve::ReasonOf(config.status()) ==
              scoreserve::Reason::kInvalidField,
          "a refusal has its reason");
  }

  const auto desired = scoreserve::ParseDesiredState(text);
  if (!desired.ok()) {
    Check(scoreserve::ReasonOf(desired.status()) ==
              scoreserve::Reason::kInvalidField,
          "a refusal has its reason");
  }
  return 0;
}
