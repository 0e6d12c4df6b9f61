// The program scoreserve with fine-tuning jobs, to be killed at will, and the
// calls of a client, which never hang.

#ifndef SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_FINE_TUNE_SERVER_H_
#define SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_FINE_TUNE_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/v1/training.pb.h"

namespace scoreserve {

// A stream of rows of one number. To be used by one thread.
class ExampleWriter {
 public:
  virtual ~ExampleWriter() = default;
  virtual bool Write(int64_t first_offset, const std::vector<float>& rows) = 0;
  // The next answer; none at the stream's end.
  virtual std::optional<int64_t> Acknowledged() = 0;
  // No more rows; how the stream ended.
  virtual absl::Status Finish() = 0;
};

// Messages of errors begin with the wire's reason: "JOB_NOT_FOUND: there is …".
// Thread-safe once it listens, but for Stop() and WasKilled().
class FineTuneServer {
 public:
  struct Options {
    std::string repository;
    std::string state_dir = {};                           // Empty: none.
    std::map<std::string, std::string> environment = {};  // Beside our own.
  };

  explicit FineTuneServer(const Options& options);
  ~FineTuneServer();  // Kills it.

  // Waits until it listens; false where it ended before.
  bool AwaitListening();

  void Kill();  // Also while another thread is in AwaitListening().
  // Waits for its end, and says whether SIGKILL was it.
  bool WasKilled();
  int Stop();  // By SIGTERM; its exit code.

  // What it logged so far, a line each; all of it after its end.
  std::string Log() const;

  absl::StatusOr<v1::FineTune> Create(const std::string& id,
                                      const v1::FineTuneSpec& spec);
  absl::StatusOr<v1::FineTune> Get(const std::string& name);
  absl::StatusOr<std::vector<v1::FineTune>> List();
  absl::StatusOr<v1::FineTune> Pause(const std::string& name);
  absl::StatusOr<v1::FineTune> Resume(const std::string& name);
  absl::StatusOr<v1::FineTune> Cancel(const std::string& name);
  absl::Status Delete(const std::string& name);

  std::unique_ptr<ExampleWriter> StreamExamples(const std::string& name);
  // Writes all rows and waits until they are durable; the last answer.
  absl::StatusOr<int64_t> Stream(const std::string& name, int64_t first_offset,
                                 const std::vector<float>& rows);

  // Shows the job as it changes until `seen` says that this is enough, or the
  // watch ends.
  absl::Status Watch(const std::string& name,
                     const std::function<bool(const v1::FineTune&)>& seen);
  // The job when `until` was so; ends the program where the watch ends before.
  v1::FineTune AwaitJob(const std::string& name,
                        const std::function<bool(const v1::FineTune&)>& until);

  // Of one row of model "modes": the version that answered. An error where the
  // score is not one finite number.
  absl::StatusOr<int64_t> Score();

  // The value of a metric; none where it is not shown.
  std::optional<double> Metric(const std::string& name);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Of a job of "modes" (two_modes.h) that publishes and saves as often as it
// may.
v1::FineTuneSpec BusySpec();

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_FINE_TUNE_SERVER_H_
