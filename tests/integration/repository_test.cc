// Versions that appear, go bad, or are pinned, while a server runs.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

// The score of x = 1 by `model`, or the status' reason.
std::string Ask(TestServer& server, v1::ScoreRequest request) {
  grpc::ClientContext context;
  v1::ScoreResponse response;
  const grpc::Status status =
      server.scoring()->Score(&context, request, &response);
  if (!status.ok()) return DetailsOf(status).reason;
  return absl::StrCat(response.version(), ": ", Values(response.score())[0]);
}

std::string Ask(TestServer& server) {
  return Ask(server, ScoreOf("gauss", {1, 1}, 2));
}

void Overwrite(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(RepositoryTest, ANewVersionIsServedOnceItIsFound) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  EXPECT_EQ(Ask(server), "1: -1");
  ASSERT_TRUE(server.repository().Write("gauss", GaussianFiles(2, 0.5f)).ok());
  ASSERT_TRUE(server.server().registry().Poll().ok());
  EXPECT_EQ(Ask(server), "2: -2");
  v1::ScoreRequest pinned = ScoreOf("gauss", {1, 1}, 2);
  pinned.mutable_model()->set_version(1);
  EXPECT_EQ(Ask(server, pinned), "1: -1");
}

TEST(RepositoryTest, TheAliasStableGoesBeforeTheNewest) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  ASSERT_TRUE(server.repository().Write("gauss", GaussianFiles(2, 0.5f)).ok());
  Overwrite(fs::path(server.path()) / "gauss" / "desired.json",
            R"({"generation": 1, "aliases": {"stable": 1, "canary": 2}})");
  ASSERT_TRUE(server.server().registry().Poll().ok());
  EXPECT_EQ(Ask(server), "1: -1");
  v1::ScoreRequest canary = ScoreOf("gauss", {1, 1}, 2);
  canary.mutable_model()->set_alias("canary");
  EXPECT_EQ(Ask(server, canary), "2: -2");
}

TEST(RepositoryTest, ABadVersionIsRefusedWithItsReasonAndOthersLoad) {
  TestServer server(
      {{"gauss", GaussianFiles(2, 1.0f)}, {"other", GaussianFiles(2, 1.0f)}});
  ASSERT_TRUE(server.repository().Write("gauss", GaussianFiles(2, 0.5f)).ok());
  const fs::path weights =
      fs::path(server.path()) / "gauss" / "2" / "model.safetensors";
  fs::resize_file(weights, fs::file_size(weights) - 1);
  ASSERT_TRUE(server.server().registry().Poll().ok());
  EXPECT_EQ(Ask(server), "1: -1");

  grpc::ClientContext context;
  v1::GetModelRequest request;
  request.mutable_model()->set_name("gauss");
  v1::GetModelResponse response;
  ASSERT_TRUE(server.models()->GetModel(&context, request, &response).ok());
  ASSERT_EQ(response.model().refused_size(), 1);
  EXPECT_EQ(response.model().refused(0).version(), 2);
  EXPECT_NE(response.model().refused(0).why().find("model.safetensors"),
            std::string::npos);
}

TEST(RepositoryTest, AFileThatChangesUnderALoadedModelChangesNothing) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  Overwrite(fs::path(server.path()) / "gauss" / "1" / "model.safetensors", "");
  ASSERT_TRUE(server.server().registry().Poll().ok());
  EXPECT_EQ(Ask(server), "1: -1");
}

TEST(RepositoryTest, AVersionThatIsGoneIsForgotten) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}});
  ASSERT_TRUE(server.repository().Write("gauss", GaussianFiles(2, 0.5f)).ok());
  ASSERT_TRUE(server.server().registry().Poll().ok());
  fs::remove_all(fs::path(server.path()) / "gauss" / "2");
  ASSERT_TRUE(server.server().registry().Poll().ok());
  EXPECT_EQ(Ask(server), "1: -1");
}

TEST(RepositoryTest, AMissingRepositoryIsOneClearError) {
  ServerOptions options;
  options.repository = "/no/such/folder";
  options.port = 0;
  const auto server = Server::Start(options);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(server.status().message().find("/no/such/folder"),
            std::string::npos);
}

TEST(RepositoryTest, AnAddressForEverybodyNeedsInsecure) {
  TempFolder folder;
  ServerOptions options;
  options.repository = folder.path();
  options.host = "0.0.0.0";
  options.port = 0;
  EXPECT_EQ(Server::Start(options).status().code(),
            absl::StatusCode::kInvalidArgument);
  options.insecure = true;
  EXPECT_TRUE(Server::Start(options).ok());
}

}  // namespace
}  // namespace scoreserve
