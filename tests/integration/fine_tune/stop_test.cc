#include <cstdint>

#include "gtest/gtest.h"
#include "models/io/model_repository.h"
#include "tests/integration/fine_tune/fine_tune_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/two_mode_rows.h"

namespace scoreserve {
namespace {

TEST(FineTuneStopTest, AServerThatIsStoppedKeepsACheckpointOfItsJobs) {
  constexpr char kJob[] = "models/modes/fineTunes/job";
  const TempFolder folder;
  ASSERT_TRUE(
      ModelRepository(folder / "models").Write("modes", TwoModesFiles()).ok());
  const FineTuneServer::Options options = {.repository = folder / "models",
                                           .state_dir = folder / "state"};
  int64_t step = 0;
  {
    FineTuneServer server(options);
    ASSERT_TRUE(server.AwaitListening());
    v1::FineTuneSpec spec = BusySpec();
    // None but the last one.
    spec.mutable_checkpoint_interval()->set_seconds(3600);
    ASSERT_TRUE(server.Create("job", spec).ok());
    ASSERT_EQ(server.Stream(kJob, 0, TwoModeRows(1.5, 1000, 0)).value(), 1000);
    step =
        server.AwaitJob(kJob, [](const auto& job) { return job.step() > 20; })
            .step();
    EXPECT_EQ(server.Get(kJob)->checkpoint_step(), 0);
    EXPECT_EQ(server.Stop(), 0) << server.Log();
  }
  FineTuneServer server(options);
  ASSERT_TRUE(server.AwaitListening());
  EXPECT_GE(server.Get(kJob)->step(), step);
  EXPECT_EQ(server.Get(kJob)->rows(), 1000);
  EXPECT_EQ(server.Stop(), 0) << server.Log();
}

}  // namespace
}  // namespace scoreserve
