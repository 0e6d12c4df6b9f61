#include "server/engine/resume_checks.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "models/samplers/metropolis.h"
#include "models/status.h"
#include "tests/server/engine/hand_made.h"
#include "tests/support/test_models.h"

namespace scoreserve {
namespace {

constexpr int64_t kDim = 3;

// A request for 10 rows whose first four stand at step 7 and whose last two are
// done.
SampleRequest Good(const std::string& planes) {
  SampleRequest request = HandMadeRequest(Snapshot(GaussianFiles(kDim, 1.0f)),
                                          planes, 10, 1, nullptr);
  for (const auto& [first_row, rows, step] :
       std::vector<std::array<int64_t, 3>>{{8, 2, 30}, {0, 4, 7}}) {
    BlockState state = {.first_row = first_row, .rows = rows, .step = step};
    state.x.resize(rows * kDim);
    if (planes != "none") state.y.resize(rows * kDim);
    if (planes == "metropolis") {
      state.held_score.resize(rows * kDim);
      state.held_energy.resize(rows);
    }
    request.resume_from.push_back(state);
  }
  return request;
}

std::string RefusedField(const std::string& planes,
                         const std::function<void(BlockState&)>& damage) {
  SampleRequest request = Good(planes);
  damage(request.resume_from[1]);
  const absl::Status status = CheckResume(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return FieldOf(status).value_or("");
}

TEST(ResumeChecksTest, TakesStatesWithThePlanesOfTheirSampler) {
  for (const std::string planes : {"none", "companion", "metropolis"}) {
    EXPECT_EQ(CheckResume(Good(planes)), absl::OkStatus()) << planes;
  }
}

TEST(ResumeChecksTest, NamesWhatCannotBe) {
  using S = BlockState;
  EXPECT_EQ(RefusedField("none", [](S& s) { s.step = -1; }),
            "resume_from[1].step");
  EXPECT_EQ(RefusedField("none", [](S& s) { s.step = 31; }),
            "resume_from[1].step");
  for (const int64_t row : {int64_t{-1}, int64_t{7}, int64_t{1} << 62,
                            std::numeric_limits<int64_t>::min()}) {
    EXPECT_EQ(RefusedField("none", [row](S& s) { s.first_row = row; }),
              "resume_from[1].first_row");
  }
  // Row 8 is the other state's, which is the one that is named: it comes later
  // in the order of rows.
  EXPECT_EQ(RefusedField("none", [](S& s) { s.first_row = 6; }),
            "resume_from[0].first_row");
  EXPECT_EQ(RefusedField("none", [](S& s) { s.x.pop_back(); }),
            "resume_from[1].x");
  EXPECT_EQ(RefusedField("none", [](S& s) { s.y = s.x; }),
            "resume_from[1].companion");
  EXPECT_EQ(RefusedField("companion", [](S& s) { s.y.clear(); }),
            "resume_from[1].companion");
  EXPECT_EQ(RefusedField("companion", [](S& s) { s.held_score = s.x; }),
            "resume_from[1].held_score");
  EXPECT_EQ(RefusedField("metropolis", [](S& s) { s.held_score.clear(); }),
            "resume_from[1].held_score");
  EXPECT_EQ(RefusedField("metropolis", [](S& s) { s.held_energy.pop_back(); }),
            "resume_from[1].held_energy");
  EXPECT_EQ(RefusedField("metropolis",
                         [](S& s) {
                           s.held_energy[2] =
                               std::numeric_limits<double>::quiet_NaN();
                         }),
            "resume_from[1].held_energy[2]");
}

TEST(ResumeChecksTest, CountsWhatIsLeftToDo) {
  EXPECT_EQ(EvaluationsLeft(Good("none")), 10 * 30 - 4 * 7 - 2 * 30);
}

TEST(ResumeChecksTest, CountsTheBytesOfEveryPlane) {
  EXPECT_EQ(StateBytes(Good("none")), 10 * kDim * 4);
  EXPECT_EQ(StateBytes(Good("companion")), 2 * 10 * kDim * 4);
  EXPECT_EQ(StateBytes(Good("metropolis")), 10 * (3 * kDim * 4 + 8));
}

}  // namespace
}  // namespace scoreserve
