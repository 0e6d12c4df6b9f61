// ModelAdmin over the wire: desired states that are changed while the server
// runs, and others that share its repository.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/io/files.h"
#include "models/io/sha256.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"
#include "tests/support/test_server.h"

namespace scoreserve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "OK", or the status' reason.
std::string ReasonIn(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const std::string reason = DetailsOf(status).reason;
  return reason.empty() ? status.error_message() : reason;
}

class ModelAdminTest : public testing::Test {
 protected:
  ModelAdminTest() : server_({{"gauss", GaussianFiles(2, 1.0f)}}) {}

  void Write(float variance = 1.0f) {
    ASSERT_TRUE(
        server_.repository().Write("gauss", GaussianFiles(2, variance)).ok());
  }

  grpc::Status Update(
      const std::function<void(v1::UpdateModelRequest&)>& change,
      v1::Model* model = nullptr) {
    v1::UpdateModelRequest request;
    request.set_name("gauss");
    change(request);
    grpc::ClientContext context;
    v1::UpdateModelResponse response;
    const grpc::Status status =
        admin_->UpdateModel(&context, request, &response);
    if (model != nullptr) *model = response.model();
    return status;
  }

  grpc::Status SetStable(int64_t version, v1::Model* model = nullptr) {
    return Update(
        [&](auto& request) {
          (*request.mutable_set_aliases())["stable"] = version;
        },
        model);
  }

  // The version that answers `caller`, who names none; 0 where none does.
  static int64_t Answering(TestServer& server, const std::string& caller = "") {
    grpc::ClientContext context;
    if (!caller.empty()) context.AddMetadata("x-scoreserve-client", caller);
    v1::ScoreResponse response;
    server.scoring()->Score(&context, ScoreOf("gauss", {1, 1}, 2), &response);
    return response.version();
  }

  TestServer server_;
  std::unique_ptr<v1::ModelAdmin::Stub> admin_ =
      v1::ModelAdmin::NewStub(server_.channel());
};

TEST_F(ModelAdminTest, AnUpdateIsServedWhenItAnswers) {
  Write();  // Which no poll has found yet.
  v1::Model model;
  ASSERT_EQ(ReasonIn(SetStable(1, &model)), "OK");
  EXPECT_EQ(Answering(server_), 1);
  EXPECT_EQ(model.version(), 1);
  EXPECT_EQ(model.generation(), 1);
  EXPECT_EQ(model.all_aliases().at("stable"), 1);
  EXPECT_THAT(model.versions(), ElementsAre(1, 2));
  ASSERT_EQ(ReasonIn(SetStable(2, &model)), "OK");
  EXPECT_EQ(Answering(server_), 2);
  ASSERT_EQ(ReasonIn(SetStable(1, &model)), "OK");
  EXPECT_EQ(Answering(server_), 1);
  EXPECT_EQ(model.generation(), 3);
}

TEST_F(ModelAdminTest, AllFieldsAreSetAndClearedTogether) {
  Write();
  v1::Model model;
  ASSERT_EQ(ReasonIn(Update(
                [](auto& request) {
                  (*request.mutable_set_aliases())["stable"] = 1;
                  (*request.mutable_set_aliases())["canary"] = 2;
                  request.set_canary_share(0.5);
                  request.set_keep(4);
                },
                &model)),
            "OK");
  EXPECT_EQ(model.canary_share(), 0.5);
  EXPECT_EQ(model.keep(), 4);
  EXPECT_EQ(model.all_aliases().size(), 2u);
  ASSERT_EQ(ReasonIn(Update(
                [](auto& request) {
                  request.add_clear_aliases("canary");
                  request.add_clear_aliases("never_set");
                },
                &model)),
            "OK");
  EXPECT_EQ(model.all_aliases().size(), 1u);
  EXPECT_EQ(model.canary_share(), 0.5);
  EXPECT_EQ(model.keep(), 4);
}

TEST_F(ModelAdminTest, ARefusedUpdateChangesNothing) {
  Write();
  Write();
  ASSERT_TRUE(
      WriteFile(server_.path() + "/gauss/3/model.safetensors", "").ok());
  ASSERT_EQ(ReasonIn(SetStable(1)), "OK");
  const struct {
    std::function<void(v1::UpdateModelRequest&)> change;
    grpc::StatusCode code;
    std::string reason, field;
  } cases[] = {
      {[](auto& r) { r.set_expected_generation(0); }, grpc::StatusCode::ABORTED,
       "GENERATION_CHANGED", ""},
      {[](auto& r) { r.set_name("none"); }, grpc::StatusCode::NOT_FOUND,
       "MODEL_NOT_FOUND", ""},
      {[](auto& r) { (*r.mutable_set_aliases())["stable"] = 9; },
       grpc::StatusCode::NOT_FOUND, "VERSION_NOT_FOUND", ""},
      {[](auto& r) { (*r.mutable_set_aliases())["stable"] = 3; },
       grpc::StatusCode::FAILED_PRECONDITION, "CORRUPT_MODEL", ""},
      {[](auto& r) { (*r.mutable_set_aliases())["stable"] = 0; },
       grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "set_aliases"},
      {[](auto& r) { (*r.mutable_set_aliases())["Stable!"] = 2; },
       grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "set_aliases"},
      {[](auto& r) { r.add_clear_aliases(""); },
       grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "clear_aliases"},
      {[](auto& r) {
         (*r.mutable_set_aliases())["stable"] = 2;
         r.add_clear_aliases("stable");
       },
       grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "clear_aliases"},
      {[](auto& r) { r.set_canary_share(1.5); },
       grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "canary_share"},
      {[](auto& r) { r.set_keep(0); }, grpc::StatusCode::INVALID_ARGUMENT,
       "INVALID_FIELD", "keep"},
      {[](auto& r) { r.set_name("../gauss"); },
       grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "name"},
  };
  for (const auto& c : cases) {
    const grpc::Status status = Update([&](auto& request) {
      (*request.mutable_set_aliases())["other"] = 2;
      c.change(request);
    });
    EXPECT_EQ(status.error_code(), c.code) << status.error_message();
    EXPECT_EQ(DetailsOf(status).reason, c.reason) << status.error_message();
    EXPECT_EQ(DetailsOf(status).field, c.field) << status.error_message();
  }
  const auto desired = server_.repository().ReadDesired("gauss");
  EXPECT_EQ(desired->generation, 1);
  EXPECT_EQ(desired->aliases.size(), 1u);
  EXPECT_EQ(Answering(server_), 1);
}

TEST_F(ModelAdminTest, OfTwoWhoExpectTheSameGenerationOneIsFirst) {
  Write();
  std::vector<std::thread> threads;
  std::vector<grpc::Status> ended(6);
  for (size_t i = 0; i < ended.size(); ++i) {
    threads.emplace_back([&, i] {
      ended[i] = Update([&](auto& request) {
        (*request.mutable_set_aliases())["stable"] =
            1 + static_cast<int64_t>(i % 2);
        request.set_expected_generation(0);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  int won = 0;
  for (const grpc::Status& status : ended) {
    if (status.ok()) {
      ++won;
    } else {
      EXPECT_EQ(ReasonIn(status), "GENERATION_CHANGED");
    }
  }
  EXPECT_EQ(won, 1);
}

TEST_F(ModelAdminTest, AnotherServerFindsTheAliasWhenItPolls) {
  Write();
  ServerOptions options;
  options.repository = server_.path();
  options.port = 0;
  const auto second = Server::Start(options);
  ASSERT_TRUE(second.ok()) << second.status();
  const auto served = [&] {
    return (*(*second)->registry().Find(
                {.name = "gauss", .version = {}, .alias = {}}))
        ->version;
  };
  EXPECT_EQ(served(), 2);
  ASSERT_EQ(ReasonIn(SetStable(1)), "OK");
  ASSERT_TRUE((*second)->registry().Poll().ok());
  EXPECT_EQ(served(), 1);
}

TEST_F(ModelAdminTest, ACanaryCallerKeepsItsVersion) {
  Write();
  ASSERT_EQ(ReasonIn(Update([](auto& request) {
              (*request.mutable_set_aliases())["stable"] = 1;
              (*request.mutable_set_aliases())["canary"] = 2;
              request.set_canary_share(0.5);
            })),
            "OK");
  std::map<std::string, int64_t> versions;
  int canaries = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string caller = absl::StrCat("caller-", i);
    versions[caller] = Answering(server_, caller);
    canaries += versions[caller] == 2;
  }
  EXPECT_GT(canaries, 8);
  EXPECT_LT(canaries, 32);
  for (const auto& [caller, version] : versions) {
    EXPECT_EQ(Answering(server_, caller), version) << caller;
  }
}

TEST_F(ModelAdminTest, ADownloadIsTheFilesAsTheyLie) {
  v1::DownloadVersionRequest request;
  request.mutable_model()->set_name("gauss");
  grpc::ClientContext context;
  const auto reader = admin_->DownloadVersion(&context, request);
  v1::DownloadVersionResponse message;
  ASSERT_TRUE(reader->Read(&message));
  const v1::VersionListing listing = message.listing();
  EXPECT_EQ(listing.name(), "gauss");
  EXPECT_EQ(listing.version(), 1);
  std::map<std::string, std::string> files;
  while (reader->Read(&message)) {
    std::string& file = files[message.chunk().name()];
    EXPECT_EQ(message.chunk().offset(), static_cast<int64_t>(file.size()));
    file += message.chunk().data();
  }
  EXPECT_TRUE(reader->Finish().ok());
  std::vector<std::string> names;
  for (const v1::VersionFile& file : listing.files()) {
    names.push_back(file.name());
    EXPECT_EQ(static_cast<int64_t>(files[file.name()].size()), file.size());
    EXPECT_EQ(Sha256Hex(files[file.name()]), file.sha256());
    EXPECT_EQ(files[file.name()],
              *ReadFile(server_.path() + "/gauss/1/" + file.name(), 1 << 20));
  }
  EXPECT_THAT(names,
              ElementsAre("config.json", "model.safetensors", "MANIFEST"));
}

TEST_F(ModelAdminTest, ADownloadOfWhatIsNotThereIsRefused) {
  const auto ask = [&](const std::function<void(v1::ModelRef&)>& name) {
    v1::DownloadVersionRequest request;
    request.mutable_model()->set_name("gauss");
    name(*request.mutable_model());
    grpc::ClientContext context;
    v1::DownloadVersionResponse message;
    const auto reader = admin_->DownloadVersion(&context, request);
    EXPECT_FALSE(reader->Read(&message));
    return ReasonIn(reader->Finish());
  };
  EXPECT_EQ(ask([](auto& ref) { ref.set_name("none"); }), "MODEL_NOT_FOUND");
  EXPECT_EQ(ask([](auto& ref) { ref.set_version(7); }), "VERSION_NOT_FOUND");
  EXPECT_EQ(ask([](auto& ref) { ref.set_alias("x"); }), "VERSION_NOT_FOUND");
  std::filesystem::remove_all(server_.path() + "/gauss/1");
  // Whether or not the poller has seen it.
  const std::string gone = ask([](auto& ref) { ref.set_version(1); });
  EXPECT_EQ(gone, "VERSION_NOT_FOUND");
}

TEST_F(ModelAdminTest, ADownloadThatIsCancelledLeavesTheServerWell) {
  ModelFiles large = GaussianFiles(2, 1.0f);
  ASSERT_TRUE(
      server_.repository()
          .Write("gauss", large, {{"notes.txt", std::string(64 << 20, 'x')}})
          .ok());
  ASSERT_TRUE(server_.server().registry().Poll().ok());
  v1::DownloadVersionRequest request;
  request.mutable_model()->set_name("gauss");
  grpc::ClientContext context;
  const auto reader = admin_->DownloadVersion(&context, request);
  v1::DownloadVersionResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_TRUE(reader->Read(&message));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ASSERT_EQ(ReasonIn(SetStable(1)), "OK");
  EXPECT_EQ(Answering(server_), 1);
}

}  // namespace
}  // namespace scoreserve
