// A server of fine-tuning jobs as a client sees it: the real service over jobs
// in memory, which learn nothing (fake_fine_tunes.h). No header of the server's
// comes along: some of its names are the client's, too.

#ifndef SCORESERVE_TESTS_SUPPORT_TUNE_SERVER_H_
#define SCORESERVE_TESTS_SUPPORT_TUNE_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace scoreserve {

// Serves the model "plain", N(0, 2 I) of two numbers, in two versions of which
// the second is in service.
class TuneServer {
 public:
  explicit TuneServer(bool has_jobs = true, int64_t classes = 0);
  ~TuneServer();

  // Starts again, on the port that it had, with the jobs that it had.
  void Start();
  void Stop();

  std::string address() const;
  int port() const { return port_; }

  // What the job was sent.
  std::vector<float> Rows(const std::string& name) const;
  std::vector<int64_t> Classes(const std::string& name) const;

  // Additions wait until Release().
  void Hold();
  void Release();
  void AwaitAppends(int64_t count);
  void AwaitWatches(int64_t count);

  // The next addition after so many fails once: UNAVAILABLE.
  void FailAfter(int64_t appends);

  // The job is at `step` now, with that loss.
  void Step(const std::string& name, int64_t step, double loss);
  // It has published a version, which was better.
  void Publish(const std::string& name, int64_t version);
  void Succeed(const std::string& name);
  void Fail(const std::string& name, const std::string& why);
  // Jobs do all that and end once they have so many rows; `publish`: or say why
  // they have not.
  void EndWithRows(int64_t rows, bool publish);

 private:
  struct Parts;

  int port_ = 0;
  std::unique_ptr<Parts> parts_;
};

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_SUPPORT_TUNE_SERVER_H_
