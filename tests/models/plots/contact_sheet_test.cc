#include "models/plots/contact_sheet.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/plots/png.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

// `count` images of 2 by 2: black, white / white, black.
Rows Checks(int count) {
  Rows rows = {.dim = 4, .values = std::vector<float>(4 * count, 0.0f)};
  for (int i = 0; i < count; ++i) {
    rows.values[4 * i + 1] = rows.values[4 * i + 2] = 1.0f;
  }
  return rows;
}

class ContactSheetTest : public testing::Test {
 protected:
  Picture Draw(const ContactSheet& sheet) {
    const absl::Status status = WritePng(sheet, path_);
    EXPECT_TRUE(status.ok()) << status;
    return ReadPng(path_);
  }
  std::string Refused(const ContactSheet& sheet) {
    return std::string(WritePng(sheet, path_).message());
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "sheet.png";
};

TEST_F(ContactSheetTest, DrawsEachValueAsASquare) {
  const Picture picture =
      Draw({.image_shape = {2, 2}, .groups = {{"", Checks(1)}}});
  const int first = 14 * 2;  // The margin.
  EXPECT_EQ(picture.At(first + 10, first + 10), 0x000000u);
  EXPECT_EQ(picture.At(first + 60, first + 10), 0xFFFFFFu);
  EXPECT_EQ(picture.At(first + 10, first + 60), 0xFFFFFFu);
  EXPECT_EQ(picture.At(first + 60, first + 60), 0x000000u);
}

TEST_F(ContactSheetTest, AGroupGoesOnInTheNextLine) {
  const ContactSheet one_line = {
      .image_shape = {2, 2}, .columns = 5, .groups = {{"", Checks(5)}}};
  ContactSheet two_lines = one_line;
  two_lines.groups[0].images = Checks(6);
  const Picture one = Draw(one_line), two = Draw(two_lines);
  EXPECT_EQ(one.width, two.width);
  EXPECT_EQ(two.height - one.height, 2 * (48 + 4));
}

TEST_F(ContactSheetTest, CaptionsAndTitleTakeRoom) {
  const Picture bare =
      Draw({.image_shape = {2, 2}, .groups = {{"", Checks(3)}}});
  const Picture captioned = Draw({.title = "Sheet",
                                  .image_shape = {2, 2},
                                  .groups = {{"original", Checks(3)}}});
  EXPECT_GT(captioned.width, bare.width + 2 * 30);
  EXPECT_GT(captioned.height, bare.height);
}

TEST_F(ContactSheetTest, ColumnTitlesTakeALineAboveAndMoveNothingElse) {
  ContactSheet sheet = {
      .image_shape = {2, 2}, .columns = 3, .groups = {{"", Checks(3)}}};
  const Picture bare = Draw(sheet);
  sheet.column_titles = {{"0"}, {""}, {"2"}};
  const Picture titled = Draw(sheet);
  const int line = 2 * (14 + 5);
  ASSERT_EQ(titled.height, bare.height + line);
  ASSERT_EQ(titled.width, bare.width);
  const int first = 14 * 2;
  int words[3] = {};
  for (int y = 0; y < bare.height - first; ++y) {
    for (int x = first; x < bare.width - first; ++x) {
      if (y >= first) {
        ASSERT_EQ(titled.At(x, y + line), bare.At(x, y));
      } else if (y < first - 2) {  // Above the line around an image.
        words[(x - first) / (2 * 52)] += titled.At(x, y + line) != 0xFFFFFF;
      }
    }
  }
  EXPECT_GT(words[0], 0);
  EXPECT_EQ(words[1], 0);
  EXPECT_GT(words[2], 0);
}

TEST_F(ContactSheetTest, ATitleMayStandOverSeveralColumns) {
  ContactSheet sheet = {
      .image_shape = {2, 2}, .columns = 4, .groups = {{"", Checks(4)}}};
  const Picture bare = Draw(sheet);
  sheet.column_titles = {{"original"}, {"three completions", 3}};
  const Picture titled = Draw(sheet);
  // A column must hold "original"; three hold more than the other asks for.
  EXPECT_GT(titled.width, bare.width);
  sheet.column_titles = {{"", 1}, {"three completions", 3}};
  const Picture wide = Draw(sheet);
  EXPECT_EQ(wide.width, bare.width + 2 * (12 - 4)) << "they stand apart";
  // Its rule is as long as the three.
  int rule = 0;
  for (int x = 0; x < wide.width; ++x) {
    rule += wide.At(x, 2 * (14 + 14)) != 0xFFFFFF;
  }
  EXPECT_EQ(rule, 2 * (3 * 52 - 4));
}

TEST_F(ContactSheetTest, ColumnsMoveApartForATitleAndItsLinesStack) {
  ContactSheet sheet = {.image_shape = {2, 2},
                        .columns = 2,
                        .column_titles = {{"DPM-Solver++(2M) 20"}, {"b"}},
                        .groups = {{"", Checks(2)}}};
  const Picture one_line = Draw(sheet);
  sheet.column_titles[0].text = "DPM-Solver++(2M)\n20";
  const Picture two_lines = Draw(sheet);
  EXPECT_LT(two_lines.width, one_line.width);
  EXPECT_EQ(two_lines.height, one_line.height + 2 * 14);
}

TEST_F(ContactSheetTest, ThreeChannelsAreColours) {
  const Rows red = {.dim = 3, .values = {1, 0, 0}};
  const Picture picture =
      Draw({.image_shape = {1, 1, 3}, .groups = {{"", red}}});
  EXPECT_GT(picture.Count(0xFF0000), 80 * 80);
}

TEST_F(ContactSheetTest, ValuesBeyondTheRangeAreTakenToItsEndsAndNanIsRed) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Rows values = {.dim = 4, .values = {-9, 9, nan, 0}};
  const Picture picture = Draw(
      {.image_shape = {2, 2}, .min = -1, .max = 1, .groups = {{"", values}}});
  const int first = 14 * 2;
  EXPECT_EQ(picture.At(first + 10, first + 10), 0x000000u);
  EXPECT_EQ(picture.At(first + 60, first + 10), 0xFFFFFFu);
  EXPECT_EQ(picture.At(first + 10, first + 60), 0xFF0000u);
  EXPECT_EQ(picture.At(first + 60, first + 60), 0x808080u);
  EXPECT_EQ(Draw({.image_shape = {2, 2},
                  .min = -1,
                  .max = 1,
                  .not_finite = Rgb(0x9DC3E6),
                  .groups = {{"", values}}})
                .At(first + 10, first + 60),
            0x9DC3E6u);
}

TEST_F(ContactSheetTest, RefusalsNameTheField) {
  EXPECT_THAT(Refused({.image_shape = {4}, .groups = {{"", Checks(1)}}}),
              HasSubstr("image_shape must be [height, width]"));
  EXPECT_EQ(Refused({.image_shape = {2, 3}, .groups = {{"", Checks(1)}}}),
            "groups[0].images must be rows of 6 numbers, as image_shape says; "
            "was 4");
  EXPECT_EQ(Refused({.image_shape = {2, 2}}),
            "groups must be at least one image; was empty");
  EXPECT_EQ(Refused({.image_shape = {2, 2}, .min = 1, .max = 1}),
            "max must be more than min, 1; was 1");
  EXPECT_EQ(Refused({.image_shape = {2, 2}, .columns = 0}),
            "columns must be more than 0; was 0");
  EXPECT_EQ(Refused({.image_shape = {2, 2},
                     .columns = 3,
                     .column_titles = {{"a"}, {"b", 3}},
                     .groups = {{"", Checks(1)}}}),
            "column_titles must be over at most 3 columns together; was more");
  EXPECT_EQ(Refused({.image_shape = {2, 2},
                     .column_titles = {{"a", 0}},
                     .groups = {{"", Checks(1)}}}),
            "column_titles must be each over at least 1 column; was 0");
  EXPECT_THAT(Refused({.image_shape = {2, 2},
                       .columns = 1,
                       .groups = {{"", Checks(1000)}}}),
              HasSubstr("picture must be between"));
}

}  // namespace
}  // namespace scoreserve
