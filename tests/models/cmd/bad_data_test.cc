// Data that cannot be trained on: one clear line, exit code 2, nothing written.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/cmd/scoretrain_program.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

using ::testing::HasSubstr;

constexpr char kClean[] = "--network mlp --objective sliced";

// A file of lines "i,7i mod 20,…" with `last` in the end of each.
std::string Lines(const std::string& last, int lines = 20) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text +=
        std::to_string(i) + "," + std::to_string((7 * i) % 20) + last + "\n";
  }
  return text;
}

class BadDataTest : public ::testing::Test {
 protected:
  std::string Arguments(const std::string& file,
                        const std::string& more) const {
    return "--data " + folder_ / file + " --repository " + folder_ / "models" +
           " --checkpoint " + folder_ / "ck" +
           " --model rows --set width=8 --steps 3 --batch 4 " + more;
  }

  // Writes `text` into `file` and trains on it; the line without the program's
  // name and the folder.
  std::string Refusal(const std::string& file, const std::string& text,
                      const std::string& more = "") const {
    if (!text.empty()) std::ofstream(folder_ / file) << text;
    const Result result = TrainInProcess(Arguments(file, more));
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1)
        << result.output;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "models"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "ck"));
    std::string line = result.output;
    for (const std::string& prefix :
         {std::string("\n"), std::string("scoretrain: "),
          folder_.path() + "/"}) {
      const size_t at = line.find(prefix);
      if (at != std::string::npos) line.erase(at, prefix.size());
    }
    return line;
  }

  std::string Trains(const std::string& file, const std::string& text,
                     const std::string& more = "") const {
    std::ofstream(folder_ / file) << text;
    const Result result = TrainInProcess(Arguments(file, more));
    return result.exit_code == 0 ? "trains" : result.output;
  }

  const TempFolder folder_;
};

TEST_F(BadDataTest, FilesThatAreNoTable) {
  EXPECT_EQ(Refusal("none.csv", ""),
            "cannot open none.csv: No such file or directory");
  EXPECT_EQ(Refusal("ragged.csv", "1,2\n3,4\n5\n6,7\n"),
            "ragged.csv: line 3 must have 2 numbers, as those before it; "
            "had 1");
  EXPECT_EQ(Refusal("text.csv", "1,2\n3,four\n"),
            "text.csv: line 2, column 2 must be a number; was 'four'");
  EXPECT_EQ(Refusal("empty.csv", "\n"),
            "empty.csv: must have at least one line of numbers");
  EXPECT_EQ(Refusal("gap.csv", "1,2\n3,\n"),
            "gap.csv: line 2, column 2 must be a number; was ''");
  EXPECT_EQ(Refusal("rows.txt", Lines("")),
            "rows.txt: name must end in .npy, .csv or .csv.gz");
  std::filesystem::create_directory(folder_ / "folder.csv");
  EXPECT_EQ(Refusal("folder.csv", ""), "folder.csv: must be a regular file");
}

TEST_F(BadDataTest, ValuesThatAreNotFinite) {
  EXPECT_EQ(Refusal("nan.csv", "1,2\n3,4\nnan,6\n"),
            "nan.csv: line 3, column 1 must be finite; was 'nan'");
  EXPECT_EQ(Refusal("inf.csv", "1,-inf\n3,4\n"),
            "inf.csv: line 1, column 2 must be finite; was '-inf'");
  EXPECT_EQ(Refusal("large.csv", "1,2\n3,1e39\n"),
            "large.csv: line 2, column 2 must be finite; was '1e39'");
}

TEST_F(BadDataTest, TooFewRows) {
  EXPECT_EQ(Refusal("one.csv", "1,2\n"),
            "data must be of at least 2 training rows; was of 1");
  // Of two, the second is held out.
  EXPECT_EQ(Refusal("two.csv", "1,2\n3,4\n", "--hold-out-every 2"),
            "data must be of at least 2 training rows; was of 1");
  EXPECT_EQ(Refusal("few.csv", Lines(",1,2,3").substr(0, 40),
                    "--columns 0:2 --seeds 2"),
            "seeds must be 1 where no row is held out, as there is no loss to "
            "choose by; was 2");
}

TEST_F(BadDataTest, AConstantColumnHasNoDensityWithoutNoise) {
  const std::string rows = Lines(",9");
  EXPECT_EQ(Refusal("rows.csv", rows, kClean),
            "data must be without constant columns for objective 'sliced' "
            "without noise, whose loss has no lower bound there; was 9 in all "
            "18 training rows of column 2 (counted from 0)");
  // The column is the file's, wherever the data begin.
  EXPECT_THAT(Refusal("rows.csv", rows, std::string("--columns 1:3 ") + kClean),
              HasSubstr("of column 2 (counted from 0)"));
  // With noise there is one, at one level and at all.
  EXPECT_EQ(Trains("rows.csv", rows), "trains");
  EXPECT_EQ(Trains("rows.csv", rows,
                   std::string(kClean) + " --objective-set noise_level=0.1"),
            "trains");
  for (const char* noise : {" --dequantise 1", " --data-noise 0.5"}) {
    EXPECT_EQ(Trains("rows.csv", rows, kClean + std::string(noise)), "trains");
  }
  EXPECT_EQ(Trains("rows.csv", rows, std::string("--columns 0:2 ") + kClean),
            "trains");
}

TEST_F(BadDataTest, NothingButOneValueHasNoScale) {
  EXPECT_EQ(Refusal("rows.csv", Lines(",9"), "--columns 2:3"),
            "scale must be given where all training values are the same; all "
            "of columns 2:3 were 9");
}

TEST_F(BadDataTest, CopiesOfAFewRowsHaveNoDensityWithoutNoise) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += i % 2 == 0 ? "1,2\n" : "3,5\n";
  EXPECT_EQ(Refusal("copies.csv", text, kClean),
            "data must be of more distinct training rows than its 2 columns "
            "for objective 'sliced' without noise, whose loss has no lower "
            "bound else; was of 2");
  EXPECT_EQ(Trains("copies.csv", text), "trains");
}

TEST_F(BadDataTest, ConstantPixelsOfDigitsAreNoHindranceWithNoise) {
  const std::string digits = std::string("--data ") + SCORESERVE_TEST_DATA +
                             "/digits.csv.gz --columns 0:64 --repository " +
                             folder_ / "models" +
                             " --model digits --set width=8 --steps 3 ";
  EXPECT_EQ(TrainInProcess(digits).exit_code, 0);
  const Result clean = TrainInProcess(digits + kClean);
  EXPECT_EQ(clean.exit_code, 2);
  EXPECT_THAT(clean.output, HasSubstr("was 0 in all 1618 training rows of "
                                      "column 0 (counted from 0)"));
}

TEST_F(BadDataTest, TheProgramSaysSoOnStandardErrorAlone) {
  std::ofstream(folder_ / "rows.csv") << Lines(",9");
  const std::string arguments = Arguments("rows.csv", kClean);
  EXPECT_THAT(Scoretrain(arguments).output, HasSubstr("was 9 in all 18"));
  const Result silent = Scoretrain(arguments, "2>/dev/null");
  EXPECT_EQ(silent.exit_code, 2);
  EXPECT_EQ(silent.output, "");
}

}  // namespace
}  // namespace scoreserve
