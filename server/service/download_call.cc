#include "server/service/download_call.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/io/version_files.h"
#include "models/status.h"
#include "server/service/caller.h"
#include "server/service/request_codec.h"
#include "server/service/status_codec.h"

namespace scoreserve {
namespace {

constexpr int64_t kChunkBytes = int64_t{1} << 20;

// Either a task of the worker's has it or a write of gRPC's, never both: so it
// lives until the one Finish(), and needs no lock.
class DownloadCall final
    : public grpc::ServerWriteReactor<v1::DownloadVersionResponse> {
 public:
  DownloadCall(const Backend& backend, grpc::CallbackServerContext* context,
               const v1::DownloadVersionRequest& request)
      : backend_(backend), context_(context) {
    const absl::Status found = FindVersion(request);
    if (found.ok()) {
      backend_.worker->Post([this] { List(); });
    } else {
      End(found);
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(Cancelled());
    backend_.worker->Post([this] { WriteNext(); });
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  static absl::Status Cancelled() {
    return WithReason(absl::CancelledError("cancelled by the caller"),
                      Reason::kCancelled);
  }

  absl::Status FindVersion(const v1::DownloadVersionRequest& request) {
    const absl::StatusOr<std::string> caller =
        CallerOf(*context_, *backend_.proxies);
    if (!caller.ok()) return caller.status();
    const absl::StatusOr<ModelSelector> selector =
        DecodeModelRef(request.model());
    if (!selector.ok()) return selector.status();
    const absl::StatusOr<std::shared_ptr<const ModelSnapshot>> model =
        backend_.registry->Find(*selector, *caller);
    if (!model.ok()) return model.status();
    name_ = (*model)->name;
    version_ = (*model)->version;
    return absl::OkStatus();
  }

  void List() {
    absl::StatusOr<VersionFiles> files =
        VersionFiles::Open(*backend_.repository, name_, version_);
    if (!files.ok()) return End(files.status());
    v1::VersionListing* listing = message_.mutable_listing();
    listing->set_name(name_);
    listing->set_version(version_);
    for (const VersionFile& file : files->files()) {
      v1::VersionFile* wire = listing->add_files();
      wire->set_name(file.name);
      wire->set_size(file.size);
      wire->set_sha256(file.sha256);
    }
    files_ = *std::move(files);
    StartWrite(&message_);
  }

  void WriteNext() {
    if (cancelled_) return End(Cancelled());
    while (file_ < files_->files().size() &&
           offset_ == files_->files()[file_].size) {
      ++file_;
      offset_ = 0;
    }
    if (file_ == files_->files().size()) return End(absl::OkStatus());
    absl::StatusOr<std::string> bytes =
        files_->Read(file_, offset_, kChunkBytes);
    if (!bytes.ok()) return End(bytes.status());
    v1::FileChunk* chunk = message_.mutable_chunk();
    chunk->set_name(files_->files()[file_].name);
    chunk->set_offset(offset_);
    offset_ += static_cast<int64_t>(bytes->size());
    chunk->set_data(*std::move(bytes));
    StartWrite(&message_);
  }

  void End(const absl::Status& status) {
    backend_.requests->Count(version_ == 0 ? "unknown" : name_,
                             "DownloadVersion", status.code());
    Finish(ToGrpcStatus(status, context_));
  }

  const Backend backend_;
  grpc::CallbackServerContext* const context_;
  std::atomic<bool> cancelled_ = false;
  std::string name_;
  int64_t version_ = 0;  // 0: not found.
  std::optional<VersionFiles> files_;
  size_t file_ = 0;     // Whose bytes come next,
  int64_t offset_ = 0;  // and from where.
  v1::DownloadVersionResponse message_;
};

}  // namespace

grpc::ServerWriteReactor<v1::DownloadVersionResponse>* NewDownloadCall(
    const Backend& backend, grpc::CallbackServerContext* context,
    const v1::DownloadVersionRequest& request) {
  return new DownloadCall(backend, context, request);
}

}  // namespace scoreserve
