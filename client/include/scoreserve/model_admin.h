#ifndef SCORESERVE_MODEL_ADMIN_H_
#define SCORESERVE_MODEL_ADMIN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace scoreserve {
inline namespace client {

// What is to change of a model; what is not given stays as it is.
struct ModelUpdate {
  std::string model = {};
  // Alias → a version that the server has loaded. To set "stable" is to promote
  // a version, or to roll back to it.
  std::map<std::string, int64_t> set_aliases = {};
  std::vector<std::string> clear_aliases = {};
  // In [0, 1]: the share of callers that get "canary".
  std::optional<double> canary_share = {};
  // How many of the newest versions are kept beside those with an alias; at
  // least 1.
  std::optional<int64_t> keep = {};
  // ModelInfo::generation as it was seen: ABORTED, GENERATION_CHANGED, where
  // somebody has changed the model since.
  std::optional<int64_t> expected_generation = {};
};

// A version that has been fetched.
struct DownloadedVersion {
  std::string model = {};
  int64_t version = 0;
  std::string folder = {};  // Where its files lie.
  int64_t bytes = 0;        // Of all its files.
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_MODEL_ADMIN_H_
