// Versions that were damaged after they were published.

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/manifest.h"
#include "models/io/model_repository.h"
#include "models/status.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int64_t kMaxBytes = 1 << 20;
constexpr const char* kFiles[] = {"config.json", "model.safetensors",
                                  "MANIFEST"};

// A repository with version 1 of the model "m".
class DamagedVersionTest : public testing::Test {
 protected:
  DamagedVersionTest() {
    ModelFiles files;
    files.config.network = "residual_mlp";
    files.config.data.shape = {2};
    files.arrays["w"] = {.shape = {2}, .values = {1, 2}};
    EXPECT_TRUE(repository_.Write("m", files).ok());
  }

  std::string Path(const std::string& file) { return root_ / ("m/1/" + file); }
  std::string Contents(const std::string& file) {
    return ReadFile(Path(file), kMaxBytes).value_or("");
  }
  void Replace(const std::string& file, const std::string& contents) {
    ASSERT_TRUE(WriteFile(Path(file), contents).ok());
  }
  // With a manifest that says it is right.
  void ReplaceCovered(const std::string& file, const std::string& contents) {
    Replace(file, contents);
    Manifest manifest = *ParseManifest(Contents("MANIFEST"));
    manifest[file] = EntryFor(contents);
    Replace("MANIFEST", SerializeManifest(manifest));
  }
  absl::Status Read() { return repository_.Read("m", 1).status(); }

  void ExpectCorrupt(const std::string& message) {
    const absl::Status status = Read();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(ReasonOf(status), Reason::kCorruptModel) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }

  TempFolder root_;
  const ModelRepository repository_{root_.path()};
};

TEST_F(DamagedVersionTest, AFileCutAnywhereIsCorrupt) {
  for (const char* file : kFiles) {
    const std::string whole = Contents(file);
    for (size_t size = 0; size < whole.size(); ++size) {
      Replace(file, whole.substr(0, size));
      ExpectCorrupt(file);
    }
    Replace(file, whole);
    ASSERT_TRUE(Read().ok());
  }
}

TEST_F(DamagedVersionTest, ABitFlippedAnywhereIsCorrupt) {
  for (const char* file : kFiles) {
    const std::string whole = Contents(file);
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string flipped = whole;
      flipped[i] ^= 1 << (i % 8);
      Replace(file, flipped);
      ExpectCorrupt(file);
    }
    Replace(file, whole);
  }
}

TEST_F(DamagedVersionTest, AFileThatIsMissingIsCorrupt) {
  fs::remove(Path("model.safetensors"));
  ExpectCorrupt("model.safetensors");
}

TEST_F(DamagedVersionTest, AManifestMustListTheModelsFiles) {
  Replace("MANIFEST", SerializeManifest({}));
  ExpectCorrupt("MANIFEST: must list config.json");
}

TEST_F(DamagedVersionTest, AManifestMayNotNameFilesElsewhere) {
  Manifest manifest = *ParseManifest(Contents("MANIFEST"));
  manifest["../../x"] = EntryFor("");
  Replace("MANIFEST", SerializeManifest(manifest));
  ExpectCorrupt("MANIFEST");
}

TEST_F(DamagedVersionTest, AConfigThatVerifiesMustStillParse) {
  ReplaceCovered("config.json", "{}");
  ExpectCorrupt("config.json: network must be given");
}

// A pickle can run any command where it is loaded: this one leaves a marker.
TEST_F(DamagedVersionTest, AnotherFormatUnderThatNameIsUnsupportedAndNotRun) {
  const std::string marker = root_ / "marker";
  const std::string run = "cos\nsystem\n(S'touch " + marker + "'\ntR.";
  for (const std::string& bytes :
       {"PK\x03\x04" + std::string(100, '\0') + run, "\x80\x02" + run}) {
    ReplaceCovered("model.safetensors", bytes);
    EXPECT_EQ(Read().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(Read()), Reason::kUnsupportedFormat) << Read();
    EXPECT_THAT(std::string(Read().message()),
                HasSubstr("model.safetensors: "));
    EXPECT_FALSE(fs::exists(marker));
  }
}

TEST_F(DamagedVersionTest, AFileOverTheLimitIsNotRead) {
  const ModelRepository strict(root_.path(), {.max_weights_bytes = 10});
  EXPECT_THAT(std::string(strict.Read("m", 1).status().message()),
              HasSubstr("must be at most 10 bytes"));
}

TEST_F(DamagedVersionTest, APipeInPlaceOfAFileIsRefusedAtOnce) {
  fs::remove(Path("config.json"));
  ASSERT_EQ(::mkfifo(Path("config.json").c_str(), 0600), 0);
  ExpectCorrupt("config.json: must be a regular file");
}

TEST_F(DamagedVersionTest, LinksInsideTheRepositoryAreFollowedAndNoOthers) {
  const TempFolder outside;
  const ModelFiles files = *repository_.Read("m", 1);
  fs::rename(Path("config.json"), root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", Path("config.json"));
  EXPECT_TRUE(Read().ok()) << Read();

  fs::rename(root_ / "elsewhere", outside / "config.json");
  fs::remove(Path("config.json"));
  fs::create_symlink(outside / "config.json", Path("config.json"));
  EXPECT_EQ(Read().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(Read().message()), HasSubstr("must lie in"));

  fs::create_directory_symlink(outside.path(), root_ / "away");
  EXPECT_EQ(repository_.Versions("away").status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(repository_.Write("away", files).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(DamagedVersionTest, AWriteThatFailsLeavesNothingBehind) {
  ModelFiles files = *repository_.Read("m", 1);
  files.arrays["w"] = {.shape = {4096}, .values = std::vector<float>(4096)};
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {.rlim_cur = 8192, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = repository_.Write("m", files).status();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot write"));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "m"),
                          fs::directory_iterator()),
            1);
  EXPECT_EQ(*repository_.Write("m", files), 2);
}

}  // namespace
}  // namespace scoreserve
