#include "models/io/csv.h"

#include <limits>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;

Rows Parsed(absl::string_view text) {
  const auto rows = ParseCsv(text);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.value_or(Rows());
}

TEST(CsvTest, ReadsLinesOfNumbers) {
  const Rows rows = Parsed("1,2.5,-3e2\n4, 5 ,6\n");
  EXPECT_EQ(rows.dim, 3);
  EXPECT_THAT(rows.values, ElementsAre(1, 2.5, -300, 4, 5, 6));
}

TEST(CsvTest, SemicolonsSeparateToo) {
  EXPECT_THAT(Parsed("1;2\n3;4").values, ElementsAre(1, 2, 3, 4));
}

TEST(CsvTest, AHeadingIsDropped) {
  EXPECT_THAT(Parsed("x,y\n1,2\n").values, ElementsAre(1, 2));
  EXPECT_THAT(Parsed("\"a;b\";c\n1;2\n").values, ElementsAre(1, 2));
}

TEST(CsvTest, WindowsLinesAndAByteOrderMarkAreTaken) {
  EXPECT_THAT(Parsed("\xef\xbb\xbf"
                     "1,2\r\n3,4\r\n")
                  .values,
              ElementsAre(1, 2, 3, 4));
}

TEST(CsvTest, ReadsBackTheSameNumbers) {
  using Limits = std::numeric_limits<float>;
  const Rows rows = {
      .dim = 2,
      .values = {0.1f, -1.0f / 3, Limits::max(), Limits::denorm_min()}};
  const std::string text = SerializeCsv(rows);
  EXPECT_EQ(text.substr(0, 17), "0.1,-0.33333334\n3");
  EXPECT_EQ(Parsed(text).values, rows.values);
}

TEST(CsvTest, RefusalsNameLineAndColumn) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"1,2\n3,x\n", "line 2, column 2 must be a number; was 'x'"},
      {"1,x\n", "line 1, column 2 must be a number; was 'x'"},
      {"1,2\n3,\n", "line 2, column 2 must be a number; was ''"},
      {"1,2\n\n3,4\n", "line 2, column 1 must be a number; was ''"},
      {"1,2\n3,nan\n", "line 2, column 2 must be finite; was 'nan'"},
      {"1,1e39\n", "line 1, column 2 must be finite; was '1e39'"},
      {"a,b\n1,2\n3\n",
       "line 3 must have 2 numbers, as those before it; had 1"},
      {"1,2\n3,4,5\n", "line 2 must have 2 numbers, as those before it; had 3"},
      {"", "must have at least one line of numbers"},
      {"a,b\n", "must have at least one line of numbers"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseCsv(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(), c.message);
  }
}

}  // namespace
}  // namespace scoreserve
