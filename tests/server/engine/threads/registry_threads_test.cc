// Models that come and go while they are used. As engine_threads_test.cc: what
// is looked for is a report of ThreadSanitizer.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "server/engine/engine.h"
#include "server/engine/model_registry.h"
#include "tests/server/engine/threads/crowd.h"
#include "tests/support/one_thread.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

constexpr int64_t kVersions = 40;

TEST(RegistryThreadsTest, PollsMeetFindsAndWhatIsForgottenIsStillServed) {
  const TempFolder folder;
  const ModelRepository repository(folder.path());
  ASSERT_TRUE(repository.Write("gauss", GaussianFiles(2, 0.5f)).ok());
  ModelRegistry registry(repository, {});
  ASSERT_TRUE(registry.Poll().ok());
  Engine engine({});
  std::atomic<bool> stopped = false;

  Crowd pollers, callers;
  pollers.Add(1, [&](int) {
    // The newest two stay: there is always one to find.
    for (int64_t version = 2; version <= kVersions; ++version) {
      EXPECT_TRUE(repository.Write("gauss", GaussianFiles(2, 0.5f)).ok());
      EXPECT_TRUE(registry.Poll().ok());
      std::filesystem::remove_all(folder / absl::StrCat("gauss/", version - 1));
      EXPECT_TRUE(registry.Poll().ok());
    }
    stopped = true;
  });
  pollers.Add(1, [&](int) {
    while (!stopped) {
      // A version that goes while it is read may fail a poll, and harms
      // nothing.
      (void)registry.Poll();
      EXPECT_TRUE(registry.table()->contains("gauss"));
    }
  });
  callers.Add(3, [&](int) {
    while (!stopped) {
      auto model = registry.Find({.name = "gauss", .version = {}, .alias = {}});
      ASSERT_TRUE(model.ok()) << model.status();
      AskedScore asked;
      ASSERT_TRUE(asked.Ask(engine, *std::move(model), 3, Fate::kPatient).ok());
      ASSERT_TRUE(asked.sink.status().ok()) << asked.sink.status();
      for (const float score : asked.sink.scores()) ASSERT_EQ(score, -2.0f);
      EXPECT_FALSE(
          registry
              .Find({.name = "gauss", .version = kVersions + 1, .alias = {}})
              .ok());
    }
  });
  callers.Join();
  pollers.Join();
  engine.Drain(absl::InfiniteDuration());
}

}  // namespace
}  // namespace scoreserve
