#include "scoreserve/client.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/src/channels.h"
#include "client/src/model_calls.h"
#include "client/src/sample_call.h"
#include "client/src/sample_codec.h"
#include "client/src/score_codec.h"
#include "client/src/score_stream_call.h"
#include "client/src/unary_call.h"
#include "scoreserve/v1/sampling.grpc.pb.h"
#include "scoreserve/v1/scoring.grpc.pb.h"

namespace scoreserve {
inline namespace client {
namespace {

absl::StatusOr<std::vector<SamplerInfo>> Samplers(
    const v1::ListSamplersResponse& response) {
  return DecodeSamplers(response);
}

size_t NumEnergies(const ScoreQuery& query) {
  return query.energy ? static_cast<size_t>(query.rows) : 0;
}

// A score that has as many numbers as were asked about, and so many energies
// where they were (else 0), or INTERNAL.
absl::StatusOr<ScoreView> ScoreOf(const v1::ScoreResponse& response,
                                  size_t size, size_t energies) {
  absl::StatusOr<ScoreView> view = DecodeScore(response);
  if (!view.ok()) return view;
  if (view->score.size() != size) {
    return absl::InternalError(absl::StrCat("the server's score must have ",
                                            size, " numbers; had ",
                                            view->score.size()));
  }
  if (energies > 0 && view->energy.size() != energies) {
    return absl::InternalError(absl::StrCat("the server must answer ", energies,
                                            " energies; answered ",
                                            view->energy.size()));
  }
  return view;
}

class GrpcClient final : public ModelCalls {
 public:
  // Short calls never wait for long streams: they have connections of their
  // own.
  GrpcClient(const ClientOptions& options,
             const std::shared_ptr<grpc::Channel>& calls,
             const StreamChannels& streams)
      : ModelCalls(options, calls, streams),
        options_(options),
        streams_(streams),
        scoring_(calls),
        sampling_(calls) {}

  absl::StatusOr<int64_t> Score(const ScoreQuery& query,
                                absl::Span<float> score,
                                const CallOptions& call) override {
    if (query.energy) {
      return InvalidField("energy", "false: ScoreWithEnergy() has room for it",
                          "true");
    }
    return ScoreNow(query, score, {}, call);
  }

  absl::StatusOr<int64_t> ScoreWithEnergy(const ScoreQuery& query,
                                          absl::Span<float> score,
                                          absl::Span<double> energy,
                                          const CallOptions& call) override {
    if (static_cast<int64_t>(energy.size()) != query.rows) {
      return InvalidField(
          "energy",
          absl::StrCat("one number for each of ", query.rows, " rows"),
          absl::StrCat(energy.size(), " numbers"));
    }
    ScoreQuery asked = query;
    asked.energy = true;
    return ScoreNow(asked, score, energy, call);
  }

  void ScoreAsync(const ScoreQuery& query, Callback<ScoreView> done,
                  const CallOptions& call) override {
    v1::ScoreRequest request;
    absl::Status encoded =
        EncodeScore(query, options_.max_message_bytes, &request);
    if (!encoded.ok()) return done(encoded);
    CallLater<v1::ScoreResponse>(
        options_, call, std::move(request),
        [&](auto... args) { scoring_.async()->Score(std::move(args)...); },
        [size = query.x.size(),
         energies = NumEnergies(query)](const v1::ScoreResponse& response) {
          return ScoreOf(response, size, energies);
        },
        std::move(done));
  }

  std::unique_ptr<ScoreStream> OpenScoreStream(
      ScoreStream::ReplyCallback on_reply, const CallOptions& call) override {
    return NewScoreStream(streams_.Lease(), options_, std::move(on_reply),
                          call);
  }

  absl::StatusOr<std::vector<SamplerInfo>> ListSamplers(
      const CallOptions& call) override {
    return CallNow<v1::ListSamplersResponse>(
        options_, call,
        [&](auto* context, auto* response) {
          return sampling_.ListSamplers(context, {}, response);
        },
        Samplers);
  }

  void ListSamplersAsync(Callback<std::vector<SamplerInfo>> done,
                         const CallOptions& call) override {
    CallLater<v1::ListSamplersResponse>(
        options_, call, v1::ListSamplersRequest(),
        [&](auto... args) {
          sampling_.async()->ListSamplers(std::move(args)...);
        },
        Samplers, std::move(done));
  }

  absl::StatusOr<Samples> Sample(const SampleQuery& query,
                                 const SampleObserver& observer,
                                 const CallOptions& call) override {
    return SampleNow(streams_.Lease(), options_, query, observer, call);
  }

  void SampleAsync(const SampleQuery& query, SampleObserver observer,
                   Callback<Samples> done, const CallOptions& call) override {
    SampleLater(streams_.Lease(), options_, query, std::move(observer),
                std::move(done), call);
  }

 private:
  // `energy` is empty where query.energy is false.
  absl::StatusOr<int64_t> ScoreNow(const ScoreQuery& query,
                                   absl::Span<float> score,
                                   absl::Span<double> energy,
                                   const CallOptions& call) {
    if (score.size() != query.x.size()) {
      return InvalidField(
          "score", absl::StrCat("as long as x, ", query.x.size(), " numbers"),
          absl::StrCat(score.size()));
    }
    v1::ScoreRequest request;
    absl::Status encoded =
        EncodeScore(query, options_.max_message_bytes, &request);
    if (!encoded.ok()) return encoded;
    return CallNow<v1::ScoreResponse>(
        options_, call,
        [&](auto* context, auto* response) {
          return scoring_.Score(context, request, response);
        },
        [&](const v1::ScoreResponse& response) -> absl::StatusOr<int64_t> {
          const absl::StatusOr<ScoreView> view =
              ScoreOf(response, score.size(), energy.size());
          if (!view.ok()) return view.status();
          std::copy(view->score.begin(), view->score.end(), score.begin());
          if (!energy.empty()) {
            std::copy(view->energy.begin(), view->energy.end(), energy.begin());
          }
          return view->version;
        });
  }

  const ClientOptions options_;
  StreamChannels streams_;
  v1::Scoring::Stub scoring_;
  v1::Sampling::Stub sampling_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::New(
    const ClientOptions& options) {
  absl::Status checked = CheckClientOptions(options);
  if (!checked.ok()) return checked;
  return std::make_unique<GrpcClient>(options, NewChannel(options),
                                      StreamChannels(options));
}

}  // namespace client
}  // namespace scoreserve
