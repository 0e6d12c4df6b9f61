// Whatever the bytes, ParseSafetensors() gives arrays that survive being
// written and read again, or a reason in plain ASCII.

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "models/io/safetensors.h"
#include "models/status.h"
#include "tests/fuzz/check.h"

namespace scoreserve {
namespace {

void CheckRefusal(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  Check(reason == Reason::kCorruptModel || reason == Reason::kUnsupportedFormat,
        "a refusal has one of two reasons");
  for (const char c : status.message()) {
    Check(c >= ' ' && c <= '~', "messages are ASCII");
  }
}

void CheckArrays(const NamedArrays& arrays) {
  const std::string bytes = SerializeSafetensors(arrays);
  const auto again = ParseSafetensors(bytes);
  Check(again.ok(), "what was read can be written and read");
  Check(SerializeSafetensors(*again) == bytes, "it is the same then");
}

}  // namespace
}  // namespace scoreserve

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto arrays = scoreserve::ParseSafetensors(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  if (arrays.ok()) {
    scoreserve::CheckArrays(*arrays);
  } else {
    scoreserve::CheckRefusal(arrays.status());
  }
  return 0;
}
