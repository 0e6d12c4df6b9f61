#include "server/engine/version_keeper.h"

#include <algorithm>
#include <iterator>

namespace scoreserve {
namespace {

// Those that are not kept now.
std::set<int64_t> Unkept(const VersionKeeper::Versions& versions,
                         int64_t keep_published) {
  std::set<int64_t> candidates =
      versions.keep.has_value() ? versions.all : versions.published;
  const int64_t keep = std::min(versions.keep.value_or(keep_published),
                                static_cast<int64_t>(candidates.size()));
  candidates.erase(std::prev(candidates.end(), keep), candidates.end());
  for (const int64_t version : versions.named) candidates.erase(version);
  return candidates;
}

}  // namespace

std::vector<int64_t> VersionKeeper::Expired(const std::string& model,
                                            const Versions& versions,
                                            Instant now) {
  const std::set<int64_t> candidates =
      Unkept(versions, options_.keep_published);
  std::map<int64_t, Instant>& since = unkept_[model];
  std::erase_if(since, [&](const auto& seen) {
    return !candidates.contains(seen.first);
  });
  std::vector<int64_t> expired;
  for (const int64_t version : candidates) {
    const auto [seen, first] = since.emplace(version, now);
    if (SecondsBetween(seen->second, now) < options_.grace) continue;
    seen->second = now;
    expired.push_back(version);
  }
  if (since.empty()) unkept_.erase(model);
  return expired;
}

}  // namespace scoreserve
