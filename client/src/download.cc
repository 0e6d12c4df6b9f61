#include "client/src/download.h"

#include <utility>

#include "absl/status/status.h"
#include "client/src/call_context.h"
#include "client/src/model_codec.h"
#include "client/src/status_codec.h"
#include "client/src/version_folder.h"
#include "scoreserve/v1/model_admin.grpc.pb.h"

namespace scoreserve {
inline namespace client {
namespace {

// Takes what `next(&message)` gives until it gives no more. `placed` is null
// where nothing came.
template <typename Next>
absl::Status Take(Next&& next, const std::string& model,
                  const std::string& folder,
                  std::unique_ptr<VersionFolder>& placed,
                  DownloadedVersion& version) {
  v1::DownloadVersionResponse message;
  if (!next(&message)) return absl::OkStatus();
  const v1::VersionListing& listing = message.listing();
  if (listing.name() != model) {
    return absl::DataLossError("the server must begin with a list of files");
  }
  auto made = VersionFolder::In(folder, listing);
  if (!made.ok()) return made.status();
  placed = *std::move(made);
  version = {
      .model = model, .version = listing.version(), .folder = placed->path()};
  while (next(&message)) {
    absl::Status added = placed->Add(message.chunk());
    if (!added.ok()) return added;
    version.bytes += static_cast<int64_t>(message.chunk().data().size());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DownloadedVersion> DownloadNow(
    const std::shared_ptr<grpc::Channel>& channel, const ClientOptions& options,
    const ModelRef& model, const std::string& folder, const CallOptions& call) {
  v1::DownloadVersionRequest request;
  absl::Status encoded = EncodeModelRef(model, request.mutable_model());
  if (!encoded.ok()) return encoded;
  CallContext context(options, options.stream_timeout, call);
  v1::ModelAdmin::Stub stub(channel);
  const auto reader = stub.DownloadVersion(context.get(), request);
  std::unique_ptr<VersionFolder> placed;
  DownloadedVersion version;
  absl::Status taken =
      Take([&](auto* message) { return reader->Read(message); }, model.name,
           folder, placed, version);
  if (!taken.ok()) context.get()->TryCancel();
  const grpc::Status ended = reader->Finish();
  if (!taken.ok()) return taken;
  if (!ended.ok()) return FromGrpc(ended);
  if (placed == nullptr) {
    return absl::DataLossError("the server must begin with a list of files");
  }
  absl::Status done = placed->Place();
  if (!done.ok()) return done;
  return version;
}

}  // namespace client
}  // namespace scoreserve
