// The program scoreserve itself, over repositories that it may not read, may
// not write, or cannot find.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/server_process.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What comes before a command so that file permissions hold for it, as they do
// not for root.
std::vector<std::string> Bound() {
  if (::geteuid() != 0) return {};
  return {"setpriv", "--bounding-set=-dac_override,-dac_read_search",
          "--inh-caps=-dac_override,-dac_read_search"};
}

std::vector<std::string> Bound(std::vector<std::string> command) {
  std::vector<std::string> words = Bound();
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

int Shell(const std::vector<std::string>& words) {
  return WEXITSTATUS(std::system(absl::StrJoin(words, " ").c_str()));
}

class ProgramTest : public testing::Test {
 protected:
  ~ProgramTest() override { Permit(fs::perms::owner_all); }

  // Gives `folder_` and all in it these permissions.
  void Permit(fs::perms perms) {
    fs::permissions(folder_.path(), perms | fs::perms::owner_all);
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      fs::permissions(entry,
                      perms | (entry.is_directory() ? fs::perms::owner_exec
                                                    : fs::perms::none));
    }
    fs::permissions(folder_.path(), perms);
  }

  // Asserts that the program ends at once with 1 and one line, which it gives.
  std::string Refused(const std::string& repository,
                      const std::vector<std::string>& options = {}) {
    std::vector<std::string> words =
        Bound({SCORESERVE_BINARY, "--port", "0", "--repository", repository});
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {">", output_ / "out", "2>", output_ / "err"});
    EXPECT_EQ(Shell(words), 1);
    EXPECT_EQ(Read("out"), "");
    const std::string line = Read("err");
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    EXPECT_THAT(line, StartsWith("scoreserve: "));
    return line;
  }

  std::string Read(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(output_ / name).rdbuf();
    return text.str();
  }

  TempFolder folder_, output_;
};

TEST_F(ProgramTest, AMissingRepositoryIsOneClearLine) {
  EXPECT_THAT(Refused("/no/such/folder"), HasSubstr("/no/such/folder"));
}

TEST_F(ProgramTest, AFileInPlaceOfARepositoryIsOneClearLine) {
  const std::string file = output_ / "file";
  std::ofstream(file) << "x";
  EXPECT_THAT(Refused(file), HasSubstr(file));
}

TEST_F(ProgramTest, AnUnreadableRepositoryIsOneClearLine) {
  Permit(fs::perms::none);
  EXPECT_THAT(Refused(folder_.path()), HasSubstr(folder_.path()));
}

TEST_F(ProgramTest, AStateFolderThatIsInUseIsOneLineThatSaysWhose) {
  const std::string state = output_ / "state";
  ServerProcess first({SCORESERVE_BINARY, "--port", "0", "--repository",
                       folder_.path(), "--state-dir", state});
  ASSERT_THAT(first.ReadLine(), StartsWith("scoreserve listening on "));
  EXPECT_EQ(Refused(folder_.path(), {"--state-dir", state}),
            absl::StrCat("scoreserve: ", state, " is locked by pid ",
                         first.pid(), "\n"));
  EXPECT_EQ(first.Stop(), 0);
}

TEST_F(ProgramTest, AStateFolderThatCannotBeWrittenIsOneClearLine) {
  const std::string state = folder_ / "state";
  fs::create_directory(state);
  Permit(fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(Refused(output_.path(), {"--state-dir", state}),
            "scoreserve: cannot write to " + state + ": Permission denied\n");
  EXPECT_EQ(Refused(output_.path(), {"--state-dir", folder_ / "other"}),
            "scoreserve: cannot create " + folder_ / "other" +
                ": Permission denied\n");
}

TEST_F(ProgramTest, AReadOnlyRepositoryIsServedUntilSigterm) {
  ASSERT_TRUE(ModelRepository(folder_.path())
                  .Write("gauss", GaussianFiles(2, 0.5f))
                  .ok());
  Permit(fs::perms::owner_read | fs::perms::owner_exec);
  ASSERT_NE(Shell(Bound({"touch", folder_ / "gauss/x", "2>/dev/null"})), 0)
      << "the folder can be written to: this test would prove nothing";

  ServerProcess server(Bound(
      {SCORESERVE_BINARY, "--port", "0", "--repository", folder_.path()}));
  const std::string line = server.ReadLine();
  ASSERT_THAT(line, StartsWith("scoreserve listening on 127.0.0.1:"));
  const auto scoring = v1::Scoring::NewStub(grpc::CreateChannel(
      line.substr(line.rfind(' ') + 1), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::ScoreResponse response;
  const grpc::Status status =
      scoring->Score(&context, ScoreOf("gauss", {1, 2}, 2), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(Values(response.score()), (std::vector<float>{-2, -4}));
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace scoreserve
