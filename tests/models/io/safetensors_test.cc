#include "models/io/safetensors.h"

#include <sys/resource.h>

#include <cstdint>
#include <cstring>
#include <ctime>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/status.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A file: the length of `header`, `header`, `data`.
std::string File(const std::string& header, const std::string& data = "") {
  const uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

std::string Entry(const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "\"F32\"") {
  return absl::StrCat("{\"dtype\":", dtype, ",\"shape\":", shape,
                      ",\"data_offsets\":", offsets, "}");
}

std::string Floats(std::initializer_list<float> values) {
  std::string bytes;
  for (const float value : values) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return bytes;
}

TEST(SafetensorsTest, ReadsWhatItWrites) {
  const NamedArrays written = {
      {"a", {.shape = {2, 1}, .values = {1.5f, -0.0f}}},
      {"nothing", {.shape = {0, 3}, .values = {}}},
      {"scalar", {.shape = {}, .values = {1e-45f}}}};
  const auto read = ParseSafetensors(SerializeSafetensors(written));
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 3u);
  EXPECT_THAT(read->at("a").shape, ElementsAre(2, 1));
  EXPECT_THAT(read->at("a").values, ElementsAre(1.5f, -0.0f));
  EXPECT_THAT(read->at("nothing").shape, ElementsAre(0, 3));
  EXPECT_THAT(read->at("scalar").shape, IsEmpty());
  EXPECT_THAT(read->at("scalar").values, ElementsAre(1e-45f));
}

TEST(SafetensorsTest, DataBeginsAtAMultipleOfEightBytes) {
  for (int length = 1; length <= 8; ++length) {
    const std::string bytes = SerializeSafetensors(
        {{std::string(length, 'x'), {.shape = {1}, .values = {2.0f}}}});
    EXPECT_EQ((bytes.size() - sizeof(float)) % 8, 0u);
  }
}

TEST(SafetensorsTest, TensorsMayLieInAnyOrder) {
  const auto read = ParseSafetensors(
      File(absl::StrCat("{\"z\":", Entry("[1]", "[0,4]"),
                        ",\"__metadata__\":{\"format\":\"pt\"},\"a\":",
                        Entry("[]", "[4,8]"), "}  "),
           Floats({1, 2})));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->at("z").values, ElementsAre(1));
  EXPECT_THAT(read->at("a").values, ElementsAre(2));
}

TEST(SafetensorsTest, MessagesAreAsciiWhateverTheFileHolds) {
  for (const std::string& header :
       {std::string("{\"\xff\":1}"), std::string("{\"\xc3\xa9\":1}"),
        "{\"a\":" + Entry("[1]", "[0,4]", "\"\xc3\xa9\"") + "}"}) {
    const absl::Status status = ParseSafetensors(File(header)).status();
    ASSERT_FALSE(status.ok());
    for (const char c : status.message()) EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

TEST(SafetensorsTest, NoTensorsIsAFileToo) {
  EXPECT_TRUE(ParseSafetensors(File("{}")).ok());
}

struct Rejection {
  const char* name;
  std::string bytes;
  const char* message;
  Reason reason = Reason::kCorruptModel;
};

// The most that this process has had in memory so far, in bytes.
int64_t PeakMemory() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

// As many tensors as a header may hold, each with a name of its own, and at
// last one that is wrong.
TEST(SafetensorsTest, TheLargestHeaderIsRefusedWithinASecondAndInLittleMemory) {
  std::string header = "{";
  for (int i = 0; header.size() < (1 << 20) - 100; ++i) {
    absl::StrAppend(&header, "\"", i, "\":", Entry("[0]", "[0,0]"), ",");
  }
  const std::string bytes = File(header + "\"last\":[]}");
  const int64_t before = PeakMemory();
  const std::clock_t begin = std::clock();  // The processor's time.
  const absl::Status status = ParseSafetensors(bytes).status();
  EXPECT_LT(std::clock() - begin, CLOCKS_PER_SEC);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("tensor 'last'"));
#ifndef __SANITIZE_ADDRESS__  // Which keeps what was freed.
  EXPECT_LT(PeakMemory() - before, 8 << 20);
#endif
}

class SafetensorsRejectionTest : public testing::TestWithParam<Rejection> {};

TEST_P(SafetensorsRejectionTest, IsRefusedWithItsReason) {
  const auto read = ParseSafetensors(GetParam().bytes);
  EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(read.status()), GetParam().reason);
  EXPECT_THAT(std::string(read.status().message()),
              HasSubstr(GetParam().message));
}

std::string One(const std::string& entry, const std::string& data) {
  return File(absl::StrCat("{\"a\":", entry, "}"), data);
}

// A million tensors of nothing.
std::string MillionEntries() {
  std::string header = "{";
  for (int i = 0; i < 1'000'000; ++i) {
    absl::StrAppend(&header, i == 0 ? "\"" : ",\"", i,
                    "\":", Entry("[0]", "[0,0]"));
  }
  return File(header + "}");
}

const float kNan = std::numeric_limits<float>::quiet_NaN();
const float kInf = std::numeric_limits<float>::infinity();
const std::string kFour(4, '\0'), kEight(8, '\0');

INSTANTIATE_TEST_SUITE_P(
    Layout, SafetensorsRejectionTest,
    testing::Values(
        Rejection{"Empty", "", "must begin with the 8 bytes"},
        Rejection{"ShortLength", "1234567", "was 7 bytes long"},
        Rejection{"HugeLength", std::string(16, '\x7f'), "at most 1048576"},
        Rejection{"LengthPastTheEnd", File("{}").substr(0, 9),
                  "must end inside the file"},
        Rejection{"NoHeader", File(""), "must begin with '{'"},
        Rejection{"LeadingSpace", File(" {}"), "must begin with '{'"},
        Rejection{"Truncated", One(Entry("[2]", "[0,8]"), kFour),
                  "data must end where the last tensor does, at 8"},
        Rejection{"TrailingBytes", One(Entry("[1]", "[0,4]"), kEight),
                  "data must end where the last tensor does, at 4"},
        Rejection{"HoleAtTheStart", One(Entry("[1]", "[4,8]"), kEight),
                  "must begin at 0"},
        Rejection{"Hole",
                  File(absl::StrCat("{\"a\":", Entry("[1]", "[0,4]"),
                                    ",\"b\":", Entry("[1]", "[8,12]"), "}"),
                       kEight + kFour),
                  "tensor 'b': data_offsets must begin at 4"},
        Rejection{"Overlap",
                  File(absl::StrCat("{\"a\":", Entry("[2]", "[0,8]"),
                                    ",\"b\":", Entry("[1]", "[4,8]"), "}"),
                       kEight),
                  "tensor 'b': data_offsets must begin at 8"},
        Rejection{"BackwardOffsets", One(Entry("[0]", "[0,-4]"), ""),
                  "negative"},
        Rejection{"EndBeforeBegin",
                  File(absl::StrCat("{\"a\":", Entry("[1]", "[0,4]"),
                                    ",\"b\":", Entry("[0]", "[4,0]"), "}"),
                       kFour),
                  "tensor 'b': data_offsets"},
        Rejection{"ShapeTooLarge", One(Entry("[2]", "[0,4]"), kFour),
                  "must hold the shape's numbers"},
        Rejection{"ShapeOverflows",
                  One(Entry("[4294967296,4294967296]", "[0,0]"), ""),
                  "must hold the shape's numbers"},
        Rejection{"NumberOverflows",
                  One(Entry("[18446744073709551615]", "[0,4]"), kFour),
                  "less than 2^63"},
        Rejection{"Nan", One(Entry("[2]", "[0,8]"), Floats({1, kNan})),
                  "tensor 'a': every value must be finite; was nan at 1"},
        Rejection{"Infinity", One(Entry("[1]", "[0,4]"), Floats({kInf})),
                  "every value must be finite"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Header, SafetensorsRejectionTest,
    testing::Values(
        Rejection{"NotJson", File("{\"a\""), "must be JSON"},
        Rejection{"NotUtf8", File("{\"\xff\":1}"), "must be JSON"},
        Rejection{"TextAfterIt", File("{}{}"), "must be JSON"},
        Rejection{"MillionEntries", MillionEntries(), "at most 1048576"},
        Rejection{"Deep", File("{\"a\":" + std::string(500'000, '[')),
                  "tensor 'a'"},
        Rejection{"DeepShape", One(Entry("[[1]]", "[0,4]"), kFour),
                  "at most 3 deep"},
        Rejection{"TensorTwice",
                  File(absl::StrCat("{\"a\":", Entry("[1]", "[0,4]"),
                                    ",\"a\":", Entry("[1]", "[0,4]"), "}"),
                       kFour),
                  "each key once; had 'a' twice"},
        Rejection{"FieldTwice",
                  File("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}"),
                  "had 'dtype' twice"},
        Rejection{"MetadataTwice",
                  File("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"),
                  "had 'k' twice"},
        Rejection{"MetadataNumber", File("{\"__metadata__\":{\"k\":1}}"),
                  "text alone in __metadata__"},
        Rejection{"FieldMissing", File("{\"a\":{\"dtype\":\"F32\"}}"),
                  "must have dtype, shape and data_offsets"},
        Rejection{"FieldUnknown", File("{\"a\":{\"run\":\"rm\"}}"),
                  "had 'run'"},
        Rejection{"OneOffset", One(Entry("[0]", "[0]"), ""), "two numbers"},
        Rejection{"ThreeOffsets", One(Entry("[0]", "[0,0,0]"), ""),
                  "two numbers"},
        Rejection{"FractionOffset", One(Entry("[1]", "[0,4.0]"), kFour),
                  "had a fraction"},
        Rejection{"TensorIsText", File("{\"a\":\"b\"}"), "had text"},
        Rejection{"ShapeIsNumber", One(Entry("1", "[0,4]"), kFour),
                  "had a number"},
        Rejection{"DtypeIsNull", One(Entry("[1]", "[0,4]", "null"), kFour),
                  "had null"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OtherFormats, SafetensorsRejectionTest,
    testing::Values(
        Rejection{"Zip", "PK\x03\x04" + std::string(60, 'z'), "zip archive",
                  Reason::kUnsupportedFormat},
        Rejection{"ShortPickle", "\x80\x04N.", "pickle",
                  Reason::kUnsupportedFormat},
        Rejection{"Pickle",
                  "\x80\x02" + std::string("cos\nsystem\n(S'touch x'\ntR."),
                  "pickle", Reason::kUnsupportedFormat},
        Rejection{"Float16", One(Entry("[2]", "[0,4]", "\"F16\""), kFour),
                  "dtype must be F32; was F16", Reason::kUnsupportedFormat}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace scoreserve
