#include <string>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/http/metrics_text.h"
#include "tests/support/fake_fine_tunes.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(FineTuneMetricsTest, JobsAreSummedByModel) {
  TempFolder folder;
  ModelRegistry registry(ModelRepository(folder.path()), {});
  RequestMetrics requests;
  Engine engine({});
  FakeFineTunes jobs(GaussianFiles(2, 1.0f).config);
  Backend backend = {
      .engine = &engine, .registry = &registry, .requests = &requests};
  EXPECT_THAT(MetricsText(backend), Not(HasSubstr("fine_tune")));
  backend.fine_tunes = &jobs;
  for (const char* id : {"one", "two"}) {
    FineTuneSpec spec;
    spec.model = "plain";
    absl::Notification made;
    jobs.Create(id, spec, [&](auto) { made.Notify(); });
    made.WaitForNotification();
    jobs.Change(
        std::string("models/plain/fineTunes/") + id,
        [](FineTuneStatus& status) {
          status.step = 20;
          status.skipped_steps = 1;
          status.published = {
              {.version = 2, .time = {}, .comparison = {}, .rolled_back = true},
              {.version = 3, .time = {}, .comparison = {}}};
        });
  }
  jobs.Change("models/plain/fineTunes/two", [](FineTuneStatus& status) {
    status.state = FineTuneState::kFailed;
  });
  EXPECT_THAT(
      MetricsText(backend),
      AllOf(HasSubstr("scoreserve_fine_tunes{model=\"plain\"} 2"),
            HasSubstr("scoreserve_fine_tunes_running{model=\"plain\"} 1"),
            HasSubstr("scoreserve_fine_tunes_failed{model=\"plain\"} 1"),
            HasSubstr("scoreserve_fine_tune_steps{model=\"plain\"} 40"),
            HasSubstr("scoreserve_fine_tune_skipped_steps{model=\"plain\"} 2"),
            HasSubstr("scoreserve_fine_tune_published{model=\"plain\"} 4"),
            HasSubstr("scoreserve_fine_tune_rolled_back{model=\"plain\"} 2")));
}

}  // namespace
}  // namespace scoreserve
