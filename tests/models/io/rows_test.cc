#include "models/io/rows.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::Each;
using ::testing::EndsWith;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kDigits =
    std::string(SCORESERVE_TEST_DATA) + "/digits.csv.gz";

TEST(RowsTest, ReadsTheDigits) {
  const auto rows = ReadRows(kDigits);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->rows(), 1797);
  EXPECT_EQ(rows->dim, 65);
  EXPECT_THAT(rows->values, Each(Ge(0)));
}

TEST(RowsTest, WritesByItsSuffixWhatItReads) {
  const TempFolder folder;
  const Rows rows = {.dim = 2, .values = {1, 2, 3, 0.25}};
  for (const char* name : {"rows.npy", "rows.csv"}) {
    ASSERT_TRUE(WriteRows(folder / name, rows).ok());
    const auto read = ReadRows(folder / name);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->dim, 2);
    EXPECT_EQ(read->values, rows.values);
  }
}

TEST(RowsTest, OtherSuffixesAreRefused) {
  EXPECT_THAT(std::string(ReadRows("x.xls").status().message()),
              EndsWith("x.xls: name must end in .npy, .csv or .csv.gz"));
  EXPECT_EQ(WriteRows("x.csv.gz", Rows()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RowsTest, MessagesBeginWithThePath) {
  const TempFolder folder;
  const std::string path = folder / "rows.csv";
  EXPECT_EQ(ReadRows(path).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(ReadRows(path).status().message()), HasSubstr(path));
  ASSERT_TRUE(WriteFile(path, "1\nx\n").ok());
  EXPECT_THAT(std::string(ReadRows(path).status().message()),
              StartsWith(path + ": line 2, column 1"));
}

TEST(RowsTest, AZipFileThatWasCutShortIsRefused) {
  const TempFolder folder;
  const auto whole = ReadFile(kDigits, kMaxRowsBytes);
  ASSERT_TRUE(whole.ok());
  const std::string path = folder / "cut.csv.gz";
  ASSERT_TRUE(WriteFile(path, whole->substr(0, whole->size() / 2)).ok());
  EXPECT_EQ(ReadRows(path).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace scoreserve
