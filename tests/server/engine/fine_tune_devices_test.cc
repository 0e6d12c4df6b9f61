// Jobs of models on one of several devices, and jobs without room.

#include <cstdint>
#include <memory>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/engine/model_memory.h"
#include "tests/server/engine/blocker.h"
#include "tests/server/engine/fine_tune_rig.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kJob[] = "models/modes/fineTunes/job";

FineTuneSpec Spec() {
  FineTuneSpec spec;
  spec.model = "modes";
  spec.trainer_options = {{"batch", int64_t{64}}, {"ema", 0.9}};
  spec.steps = 200;
  spec.publish_interval = absl::Milliseconds(50);
  return spec;
}

TEST(FineTuneDevicesTest, AJobRunsWhereItsModelLies) {
  // Too small for any network.
  FineTuneRig rig(TwoModesFiles(),
                  {{.device = at::kCPU, .bytes = 1}, {.device = at::kCPU}});
  ASSERT_EQ(rig.Served()->device, 1u);
  const auto blocker = std::make_shared<Blocker>();
  rig.engine().Offer(0, 0, blocker);
  ASSERT_TRUE(rig.Create("job", Spec()).ok());
  ASSERT_EQ(rig.Append(kJob, 0, TwoModeRows(1.5, 8000, 0)).value(), 8000);
  const FineTuneStatus status = rig.AwaitEnd(kJob);
  EXPECT_EQ(status.state, FineTuneState::kSucceeded) << status.error;
  EXPECT_GT(rig.InService(), 1);
  EXPECT_EQ(rig.Served()->device, 1u);
  // So does one that goes on after a restart.
  rig.Stop();
  rig.Start();
  FineTuneSpec more = Spec();
  more.seed = 1;
  ASSERT_TRUE(rig.Create("more", more).ok());
  rig.Stop();
  rig.Start();
  const char* name = "models/modes/fineTunes/more";
  ASSERT_EQ(rig.Append(name, 0, TwoModeRows(1.5, 2000, 0)).value(), 2000);
  EXPECT_EQ(rig.AwaitEnd(name).state, FineTuneState::kSucceeded);
  blocker->end.Notify();
}

TEST(FineTuneDevicesTest, WithoutRoomForAnotherNothingIsPublished) {
  const ModelFiles files = TwoModesFiles();
  const auto network = *LoadNetwork(files.config, files.arrays);
  const int64_t bytes = ModelBytes(*network, files.config, 1024, /*loops=*/1);
  FineTuneRig rig(files, {{.device = at::kCPU, .bytes = bytes * 3 / 2}});
  ASSERT_TRUE(rig.Create("job", Spec()).ok());
  ASSERT_EQ(rig.Append(kJob, 0, TwoModeRows(1.5, 8000, 0)).value(), 8000);
  const FineTuneStatus status = rig.AwaitEnd(kJob);
  EXPECT_EQ(status.state, FineTuneState::kSucceeded) << status.error;
  EXPECT_TRUE(status.published.empty());
  EXPECT_THAT(status.not_published, HasSubstr("no device has room for "));
  EXPECT_THAT(status.not_published, HasSubstr(": cpu has "));
  EXPECT_EQ(rig.InService(), 1);
  EXPECT_THAT(*rig.repository().Versions("modes"), ElementsAre(1));
}

}  // namespace
}  // namespace scoreserve
