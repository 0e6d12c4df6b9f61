// Our side of the interop tests: reads a safetensors file and writes its
// tensors to another. Exits with 1, and one line that names the reason, for
// what it refuses.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/files.h"
#include "models/io/safetensors.h"
#include "models/status.h"

namespace scoreserve {
namespace {

constexpr int64_t kMaxBytes = int64_t{1} << 30;

absl::Status Copy(const std::string& from, const std::string& to) {
  const absl::StatusOr<std::string> bytes = ReadFile(from, kMaxBytes);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<NamedArrays> arrays = ParseSafetensors(*bytes);
  if (!arrays.ok()) return arrays.status();
  return WriteFile(to, SerializeSafetensors(*arrays));
}

}  // namespace
}  // namespace scoreserve

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: safetensors_tool FROM TO\n";
    return 2;
  }
  const absl::Status status = scoreserve::Copy(argv[1], argv[2]);
  if (status.ok()) return 0;
  if (const auto reason = scoreserve::ReasonOf(status)) {
    std::cerr << scoreserve::ReasonName(*reason) << ": ";
  }
  std::cerr << status.message() << "\n";
  return 1;
}
