#include "server/engine/data_map.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

TEST(DataMapTest, GoesToModelSpaceAndBack) {
  DataSpace space;
  space.shape = {2};
  space.offset = 4.0;
  space.scale = 2.0;
  std::vector<float> model(2), data(2);
  ToModelSpace(space, {8.0f, 3.0f}, model.data());
  EXPECT_THAT(model, ElementsAre(2.0f, -0.5f));
  ToDataSpace(space, model, data.data());
  EXPECT_THAT(data, ElementsAre(8.0f, 3.0f));
}

// p_data(x) = p_model((x − offset) / scale) / scale, so its score is divided.
TEST(DataMapTest, ScoresAreOfTheDataDensity) {
  DataSpace space;
  space.shape = {2};
  space.scale = 2.0;
  std::vector<float> scores = {1.0f, -4.0f};
  ScoreToDataSpace(space, absl::MakeSpan(scores));
  EXPECT_THAT(scores, ElementsAre(0.5f, -2.0f));
}

}  // namespace
}  // namespace scoreserve
