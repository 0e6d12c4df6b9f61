// A job that learns, saves and publishes as often as it may, through the deaths
// of its server, and all that its client knows must not be lost by them.

#ifndef SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_FINE_TUNE_HISTORY_H_
#define SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_FINE_TUNE_HISTORY_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scoreserve/v1/training.pb.h"
#include "tests/integration/fine_tune/fine_tune_server.h"
#include "tests/support/temp_folder.h"

namespace scoreserve {

inline constexpr char kJob[] = "models/modes/fineTunes/job";
inline constexpr int64_t kMostOutstandingRows = 256;  // Sent, unanswered.
// How long a failpoint is waited for.
inline constexpr std::chrono::milliseconds kLongestLife(1500);

// The rows of the job's stream, of a law that moves on, so that there is always
// something to publish.
std::vector<float> RowsFrom(int64_t first_offset, int64_t rows);

// Whether a call was not answered because its server is no more.
bool IsDead(const absl::Status& status);

// When the server dies.
struct Death {
  // At a failpoint, "name:n", unless it is not reached in a while.
  std::string failpoint = {};
  // Else after so long from its start, or from when it listens.
  std::chrono::microseconds after{0};
  bool from_start = false;
};

class FineTuneHistory {
 public:
  // `power_cut`: whatever was not synced is lost with each death.
  explicit FineTuneHistory(bool power_cut);

  // Starts the server, checks that it has all that was acknowledged, streams
  // rows, watches, and creates, pauses, cancels and deletes other jobs until it
  // dies; then checks what is on the disk. Failures are the test's. True where
  // it died at its failpoint, or there was none.
  // `list` gets the names of the failpoints that were reached.
  bool Live(const Death& death, const std::string& list = "");

  int64_t rows() const { return known_.rows; }
  int64_t versions() const { return known_.published.size(); }
  int64_t rollbacks() const { return rollbacks_; }

 private:
  // What was acknowledged. Of a life's threads each writes other fields.
  struct Known {
    bool created = false;
    int64_t rows = 0;
    int64_t checkpoint_step = 0;
    std::set<int64_t> published = {};
    bool rolled_back = false;       // Any of these.
    std::set<int64_t> served = {};  // Versions that answered.
  };
  // What was acknowledged of another job: UNSPECIFIED is that it is deleted;
  // nothing is known while a call has not been answered.
  struct Other {
    std::string id;
    std::optional<v1::FineTuneState> state;
  };

  FineTuneServer::Options NextServer();
  // What a client does until the server is dead; true where it died before it
  // was killed from here.
  bool Run(FineTuneServer& server, const Death& death);
  void CheckStart(FineTuneServer& server);
  void CheckJob(const v1::FineTune& job);
  void CheckOthers(const std::vector<v1::FineTune>& jobs);
  void CheckStore();
  void CheckRepository();

  void StreamRows(FineTuneServer& server);
  void WatchJob(FineTuneServer& server);
  // Until `end`; false where the server did not live so long.
  bool UseOthers(FineTuneServer& server,
                 std::chrono::steady_clock::time_point end);

  const bool power_cut_;
  TempFolder folder_;
  std::string root_;    // In it: the repository, and the state.
  std::string shadow_;  // Of root_, of a power cut.
  int lives_ = 0;
  int others_made_ = 0;
  int64_t verified_version_ = 0;  // Versions up to this one are whole.
  int64_t rollbacks_ = 0;
  std::vector<Other> others_;
  Known known_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_FINE_TUNE_HISTORY_H_
