#ifndef SCORESERVE_SERVER_ENGINE_VERSION_KEEPER_H_
#define SCORESERVE_SERVER_ENGINE_VERSION_KEEPER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/engine/clock.h"

namespace scoreserve {

// The file of a version that fine-tuning published.
inline constexpr char kFineTuneFile[] = "fine_tune.json";

// Which versions of models may go: arithmetic over what is told of them; it
// reads no clock and deletes nothing. Thread-compatible.
//
// Kept are the newest `keep` versions and those with an alias. Where `keep` is
// unset, only versions that fine-tuning published ever go, and of those the
// newest `keep_published` are kept. A version that is kept no more goes once
// `grace` has passed in which it was never kept. That is counted from the first
// time it was shown here so: a new process begins anew.
class VersionKeeper {
 public:
  struct Options {
    double grace = 600.0;        // In seconds.
    int64_t keep_published = 8;  // At least 1.
  };

  // What there is of one model.
  struct Versions {
    std::set<int64_t> all;
    std::set<int64_t> published;  // Those of them that fine-tuning published.
    std::set<int64_t> named;      // Those with an alias.
    std::optional<int64_t> keep;  // At least 1.
  };

  explicit VersionKeeper(const Options& options) : options_(options) {}

  // The versions of `model` that may go at `now`, ascending: never the highest.
  // Those that cannot be deleted after all are named again a grace later.
  std::vector<int64_t> Expired(const std::string& model,
                               const Versions& versions, Instant now);

 private:
  const Options options_;
  // Version → since when it has not been kept, by model.
  std::map<std::string, std::map<int64_t, Instant>> unkept_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_VERSION_KEEPER_H_
