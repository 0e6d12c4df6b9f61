#include "models/training/data_check.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

std::string Message(int64_t dim, std::vector<float> values, int64_t first = 0) {
  const Rows rows = {.dim = dim, .values = std::move(values)};
  const absl::Status status = CheckHasDensity(rows, first, "sliced");
  if (status.ok()) return "taken";
  EXPECT_EQ(FieldOf(status), "data");
  return std::string(status.message());
}

TEST(DataCheckTest, AConstantColumnIsNamedAsTheFileCountsIt) {
  EXPECT_EQ(Message(2, {1, 5, 2, 5, 3, 5, 4, 5}, 7),
            "data must be without constant columns for objective 'sliced' "
            "without noise, whose loss has no lower bound there; was 5 in all "
            "4 training rows of column 8 (counted from 0)");
}

TEST(DataCheckTest, RowsThatAlwaysLieInAPlaneAreTooFew) {
  EXPECT_EQ(Message(2, {0, 0, 1, 1, 0, 0, 1, 1}),
            "data must be of more distinct training rows than its 2 columns "
            "for objective 'sliced' without noise, whose loss has no lower "
            "bound else; was of 2");
  EXPECT_EQ(Message(2, {0, 0, 1, 1, 0, 0, 1, 2}), "taken");
  EXPECT_EQ(Message(1, {0, 1}), "taken");
}

}  // namespace
}  // namespace scoreserve
