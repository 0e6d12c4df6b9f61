#ifndef SCORESERVE_TESTS_FAULT_PUBLISHED_H_
#define SCORESERVE_TESTS_FAULT_PUBLISHED_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace scoreserve {

// What publish_driver makes version `k` of.
inline std::map<std::string, std::string> PublishedFiles(int64_t k) {
  std::mt19937_64 random(static_cast<uint64_t>(k));
  std::string weights;
  for (int i = 0; i < 5000; ++i) weights.push_back(static_cast<char>(random()));
  return {{"config.json", "{\"version\":" + std::to_string(k) + "}"},
          {"model.safetensors", weights}};
}

// And desired.json after it; none before the first.
inline std::string DesiredText(int64_t k) {
  return k == 0 ? "" : "{\"generation\":" + std::to_string(k) + "}";
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_FAULT_PUBLISHED_H_
