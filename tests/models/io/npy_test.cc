#include "models/io/npy.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A file as numpy writes it, but for the padding.
std::string File(const std::string& descr, const std::string& shape,
                 const std::string& data, const std::string& order = "False",
                 char version = 1) {
  const std::string header =
      absl::StrCat("{'descr': ", descr, ", 'fortran_order': ", order,
                   ", 'shape': ", shape, ", }\n");
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes += static_cast<char>(header.size());
  bytes.append(version == 1 ? 1 : 3, '\0');
  return bytes + header + data;
}

template <typename Number>
std::string Bytes(const std::vector<Number>& numbers) {
  return std::string(reinterpret_cast<const char*>(numbers.data()),
                     numbers.size() * sizeof(Number));
}

TEST(NpyTest, ReadsWhatItWrites) {
  const Rows rows = {.dim = 3, .values = {1, 2, 3, 4, 5, 6.5}};
  const std::string bytes = SerializeNpy(rows);
  EXPECT_EQ((bytes.size() - 6 * sizeof(float)) % 64, 0u);
  const auto read = ParseNpy(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->dim, 3);
  EXPECT_EQ(read->values, rows.values);
}

TEST(NpyTest, NoRowsKeepTheirDimension) {
  const auto read = ParseNpy(SerializeNpy({.dim = 3, .values = {}}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->dim, 3);
  EXPECT_EQ(read->rows(), 0);
}

TEST(NpyTest, ReadsEveryTypeAndVersion) {
  for (const std::string& bytes :
       {File("'<f4'", "(1, 2)", Bytes<float>({1, 200})),
        File("'<f8'", "(1, 2)", Bytes<double>({1, 200})),
        File("'<i4'", "(1, 2)", Bytes<int32_t>({1, 200})),
        File("'<i8'", "(1, 2)", Bytes<int64_t>({1, 200})),
        File("'|u1'", "(1, 2)", Bytes<uint8_t>({1, 200})),
        File("'<f4'", "(1, 2)", Bytes<float>({1, 200}), "False", 2),
        File("'<f4'", "(1, 2)", Bytes<float>({1, 200}), "False", 3)}) {
    const auto read = ParseNpy(bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->dim, 2);
    EXPECT_THAT(read->values, ElementsAre(1, 200));
  }
}

TEST(NpyTest, OneAxisIsAColumnAndMoreThanTwoAreFlattened) {
  EXPECT_EQ(ParseNpy(File("'|u1'", "(4,)", "abcd"))->dim, 1);
  EXPECT_EQ(ParseNpy(File("'|u1'", "(1, 2, 2)", "abcd"))->dim, 4);
}

TEST(NpyTest, RefusalsSayWhatIsWrong) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string good = File("'|u1'", "(2, 2)", "abcd");
  const struct {
    std::string bytes;
    const char* message;
  } cases[] = {
      {"", "must begin as .npy files do"},
      {"1,2\n", "must begin as .npy files do"},
      {"\x93NUMPY\x04" + std::string(9, ' '), "version must be 1, 2 or 3"},
      {good.substr(0, 9), "header must end inside the file"},
      {good.substr(0, 30), "header must end inside the file"},
      {good.substr(0, good.size() - 1), "data must be 4 numbers of 1 bytes"},
      {good + "e", "data must be 4 numbers of 1 bytes"},
      {File("'|u1'", "(2, 2)", "abcd", "True"), "must be in C order"},
      {File("'>f4'", "(1, 1)", "abcd"), "descr must be <f4, <f8"},
      {File("'|O'", "(1,)", "abcd"), "was |O"},
      {File("[('x', '<f4')]", "(1,)", "abcd"), "must be of plain numbers"},
      {File("'|u1'", "()", "a"), "must have an axis for the rows"},
      {File("'|u1'", "(2, 0)", ""), "at least one number a row"},
      {File("'|u1'", "(-2, 2)", "abcd"), "whole numbers"},
      {File("'|u1'", "(2, x)", "abcd"), "whole numbers"},
      {File("'|u1'", "4", "abcd"), "tuple"},
      {File("'<f8'", "(4294967296, 4294967296)", ""), "not too many"},
      {File("'<f8'", "(2305843009213693952, 1)", ""), "data must be"},
      {File("'<f4'", "(1, 2)", Bytes<float>({1, nan})),
       "row 1, column 2 must be finite; was nan"},
      {File("'<f8'", "(2, 1)", Bytes<double>({1, 1e300})),
       "row 2, column 1 must be finite; was 1e+300"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ParseNpy(c.bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace scoreserve
