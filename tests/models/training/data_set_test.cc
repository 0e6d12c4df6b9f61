#include "models/training/data_set.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

// Six rows: i, 10 i, 9.
Rows Table() {
  Rows rows = {.dim = 3, .values = {}};
  for (int i = 0; i < 6; ++i) {
    rows.values.insert(rows.values.end(), {1.0f * i, 10.0f * i, 9.0f});
  }
  return rows;
}

TEST(DataSetTest, LastOfEveryNRowsIsHeldOut) {
  const DataSet set =
      *MakeDataSet(Table(), {.end_column = 1, .hold_out_every = 3});
  EXPECT_EQ(set.training.values, (std::vector<float>{0, 1, 3, 4}));
  EXPECT_EQ(set.hold_out.values, (std::vector<float>{2, 5}));
}

TEST(DataSetTest, ColumnsThatAreNoDataAreLeftOut) {
  const DataSet set = *MakeDataSet(
      Table(), {.first_column = 1, .end_column = 2, .hold_out_every = 0});
  EXPECT_EQ(set.training.values, (std::vector<float>{0, 10, 20, 30, 40, 50}));
  EXPECT_EQ(set.hold_out.rows(), 0);
  EXPECT_EQ(set.space.shape, std::vector<int64_t>{1});
}

TEST(DataSetTest, ModelSpaceOfTheTrainingRowsHasMeanZeroAndVarianceOne) {
  const DataSet set =
      *MakeDataSet(Table(), {.end_column = 2, .hold_out_every = 2});
  const at::Tensor x = ToModelSpace(set.training, set.space);
  EXPECT_NEAR(x.mean().item<double>(), 0.0, 1e-6);
  EXPECT_NEAR(x.square().mean().item<double>(), 1.0, 1e-6);
}

TEST(DataSetTest, GivenOffsetAndScaleAreKept) {
  const DataSet set =
      *MakeDataSet(Table(), {.hold_out_every = 0, .offset = 1.0, .scale = 4.0});
  EXPECT_EQ(ToModelSpace(set.training, set.space)[5][1].item<float>(),
            49.0f / 4.0f);
}

TEST(DataSetTest, ClassesFollowTheirRows) {
  const DataSet set = *MakeDataSet(Table(), {.first_column = 1,
                                             .hold_out_every = 3,
                                             .scale = 1.0,
                                             .class_column = 0});
  EXPECT_EQ(set.training_classes, (std::vector<int64_t>{0, 1, 3, 4}));
  EXPECT_EQ(set.hold_out_classes, (std::vector<int64_t>{2, 5}));
  EXPECT_EQ(set.classes, 6);
  const ConditionedRows rows =
      ToModelSpace(set.hold_out, set.hold_out_classes, set.space);
  EXPECT_EQ(rows.size(), 2);
  EXPECT_EQ(rows.condition[1].item<int64_t>(), 5);
  EXPECT_FALSE(ToModelSpace(set.hold_out, {}, set.space).condition.defined());
}

TEST(DataSetTest, RefusesClassesThatAreNone) {
  const auto message = [](Rows rows, int64_t column) {
    return std::string(
        MakeDataSet(
            rows, {.first_column = 1, .end_column = 2, .class_column = column})
            .status()
            .message());
  };
  EXPECT_EQ(message(Table(), 3),
            "class-column must be inside 0:3, the file's; was 3");
  EXPECT_EQ(message(Table(), 1),
            "class-column must be outside of the data's columns; was 1");
  for (const float value : {-1.0f, 0.5f, 1e6f}) {
    Rows rows = Table();
    rows.values[3] = value;  // Of the second row.
    EXPECT_EQ(message(rows, 0),
              absl::StrCat("class-column must be of integers from 0 to 999999; "
                           "was ",
                           value, " in row 2"));
  }
}

TEST(DataSetTest, RefusesWhatDoesNotFit) {
  const auto field = [](const DataOptions& options) {
    return FieldOf(MakeDataSet(Table(), options).status()).value_or("none");
  };
  EXPECT_EQ(field({.first_column = 2, .end_column = 2}), "columns");
  EXPECT_EQ(field({.end_column = 4}), "columns");
  EXPECT_EQ(field({.shape = {2, 2}}), "shape");
  EXPECT_EQ(field({.hold_out_every = 1}), "hold_out_every");
  EXPECT_EQ(field({.first_column = 2}), "scale");  // All values are the same.
  EXPECT_FALSE(MakeDataSet({.dim = 3, .values = {}}, {}).ok());
  EXPECT_EQ(MakeDataSet({.dim = 2, .values = {1, 2}}, {}).status().message(),
            "data must be of at least 2 training rows; was of 1");
}

TEST(DataSetTest, TheSameValueThroughoutHasNoScaleOfItsOwn) {
  // 0.1 in float32 has a mean in double that is not exactly itself.
  const Rows rows = {.dim = 1, .values = std::vector<float>(7, 0.1f)};
  EXPECT_EQ(MakeDataSet(rows, {}).status().message(),
            "scale must be given where all training values are the same; all "
            "of columns 0:1 were 0.1");
  EXPECT_TRUE(MakeDataSet(rows, {.scale = 2.0}).ok());
}

}  // namespace
}  // namespace scoreserve
