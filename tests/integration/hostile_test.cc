// Messages and repositories that mean harm, and folders that cannot be read.

#include <grpc/compression.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;

ServerOptions SmallMessages() {
  ServerOptions options;
  options.limits.max_message_bytes = 1 << 20;
  return options;
}

// A query whose data alone is `bytes` zeros.
v1::ScoreRequest Zeros(size_t bytes) {
  v1::ScoreRequest request = ScoreOf("gauss", {}, 2);
  request.mutable_x()->set_shape(0, static_cast<int64_t>(bytes / 8));
  request.mutable_x()->mutable_data()->assign(bytes, '\0');
  return request;
}

grpc::Status Send(TestServer& server, const v1::ScoreRequest& request,
                  grpc_compression_algorithm compression) {
  grpc::ClientContext context;
  context.set_compression_algorithm(compression);
  v1::ScoreResponse response;
  return server.scoring()->Score(&context, request, &response);
}

TEST(HostileTest, AMessageOverTheCapIsRefusedBeforeItIsDecoded) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, SmallMessages());
  EXPECT_EQ(Send(server, Zeros(2 << 20), GRPC_COMPRESS_NONE).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Send(server, Zeros(1 << 16), GRPC_COMPRESS_NONE).ok());
}

// 64 MiB of zeros are 64 KiB on the wire: the cap holds for what they become.
TEST(HostileTest, ACompressedBombIsRefusedByTheSizeThatItUnpacksTo) {
  TestServer server({{"gauss", GaussianFiles(2, 1.0f)}}, SmallMessages());
  EXPECT_EQ(Send(server, Zeros(64 << 20), GRPC_COMPRESS_GZIP).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Send(server, Zeros(1 << 16), GRPC_COMPRESS_GZIP).ok());
}

// Root reads everything, so the question is asked by a child that is nobody.
TEST(HostileTest, AnUnreadableRepositoryIsOneClearError) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make itself nobody";
  TempFolder folder;
  fs::permissions(folder.path(), fs::perms::none);
  const pid_t child = fork();
  if (child == 0) {
    if (setuid(65534) != 0) _exit(9);
    const auto models = ModelRepository(folder.path()).Models();
    const bool clear =
        models.status().code() == absl::StatusCode::kPermissionDenied &&
        absl::StrContains(models.status().message(), folder.path());
    _exit(clear ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(HostileTest, AReadOnlyRepositoryIsNormal) {
  TempFolder folder;
  ASSERT_TRUE(ModelRepository(folder.path())
                  .Write("gauss", GaussianFiles(2, 1.0f))
                  .ok());
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    fs::permissions(entry, entry.is_directory()
                               ? fs::perms::owner_read | fs::perms::owner_exec
                               : fs::perms::owner_read);
  }
  ServerOptions options;
  options.repository = folder.path();
  options.port = 0;
  const auto server = Server::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE((*server)
                  ->registry()
                  .Find({.name = "gauss", .version = {}, .alias = {}})
                  .ok());
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    for (const auto& version : fs::directory_iterator(entry)) {
      fs::permissions(version, fs::perms::owner_all);
    }
    fs::permissions(entry, fs::perms::owner_all);
  }
}

}  // namespace
}  // namespace scoreserve
