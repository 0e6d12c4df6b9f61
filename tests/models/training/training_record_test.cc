#include "models/training/training_record.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "models/io/json_text.h"
#include "models/status.h"

namespace scoreserve {
namespace {

TrainingRecord Record() {
  return {.first_hold_out = 1.0 / 3.0,
          .curve = {{.step = 2, .loss = 0.1, .hold_out = 1e-300},
                    {.step = 4,
                     .loss = -2.0,
                     .hold_out = std::numeric_limits<double>::quiet_NaN()}},
          .loss_sum = 0.7 + 0.1,
          .losses = 2,
          .seconds = 12.5};
}

TEST(TrainingRecordTest, ReadsBackEveryBit) {
  const TrainingRecord record = Record();
  const std::string text = JsonText(RecordToJson(record));
  const auto read = RecordFromJson(*ParseJson(text), "");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->first_hold_out, record.first_hold_out);
  EXPECT_EQ(read->loss_sum, record.loss_sum);
  EXPECT_EQ(read->losses, 2);
  EXPECT_EQ(read->seconds, 12.5);
  ASSERT_EQ(read->curve.size(), 2u);
  EXPECT_EQ(read->curve[0].step, 2);
  EXPECT_EQ(read->curve[0].loss, 0.1);
  EXPECT_EQ(read->curve[0].hold_out, 1e-300);
  EXPECT_TRUE(std::isnan(read->curve[1].hold_out));
}

TEST(TrainingRecordTest, LossIsOfTheBatchesSinceTheLastPoint) {
  TrainingRecord record = Record();
  EXPECT_EQ(record.Loss(), (0.7 + 0.1) / 2);
  record.losses = 0;
  EXPECT_EQ(record.Loss(), -2.0);
}

TEST(TrainingRecordTest, HoldOutIsTheNewest) {
  TrainingRecord record = Record();
  record.curve.pop_back();
  EXPECT_EQ(record.HoldOut(), 1e-300);
  record.curve.pop_back();
  EXPECT_EQ(record.HoldOut(), 1.0 / 3.0);
}

TEST(TrainingRecordTest, RefusesWhatIsNone) {
  const auto field = [](const char* text) {
    return FieldOf(RecordFromJson(*ParseJson(text), "record").status())
        .value_or("none");
  };
  EXPECT_EQ(field("{}"), "record.first_hold_out");
  EXPECT_EQ(field(R"({"first_hold_out":1,"curve":[[1,2]],"loss_sum":0,)"
                  R"("losses":0,"seconds":0})"),
            "record.curve[0]");
  EXPECT_EQ(field(R"({"first_hold_out":1,"curve":[],"loss_sum":0,)"
                  R"("losses":-1,"seconds":0})"),
            "record.losses");
}

}  // namespace
}  // namespace scoreserve
