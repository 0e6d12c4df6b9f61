#include "server/engine/canary.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/io/sha256.h"

namespace scoreserve {

bool GetsCanary(absl::string_view model, absl::string_view caller,
                double share) {
  const std::string digest =
      Sha256Hex(absl::StrCat(model, absl::string_view("\0", 1), caller));
  uint64_t bits = 0;
  if (!absl::SimpleHexAtoi(absl::string_view(digest).substr(0, 16), &bits)) {
    return false;
  }
  // Uniform in [0, 1): as many bits as a double holds.
  return std::ldexp(static_cast<double>(bits >> 11), -53) < share;
}

}  // namespace scoreserve
