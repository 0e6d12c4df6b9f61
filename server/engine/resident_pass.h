#ifndef SCORESERVE_SERVER_ENGINE_RESIDENT_PASS_H_
#define SCORESERVE_SERVER_ENGINE_RESIDENT_PASS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/networks/score_network.h"
#include "models/networks/workspace.h"
#include "server/engine/pass.h"
#include "server/engine/stream.h"

namespace scoreserve {

// A pass whose rows live on a stream's device from step to step: those that
// enter travel there once, those that somebody asks for travel back. What it
// has in the processor's memory is where they are written and read (slabs from
// which copies run by themselves). For TorchDevice.
class ResidentPass final : public Pass {
 public:
  ResidentPass(std::shared_ptr<Stream> stream, const ScoreNetwork* network,
               int64_t max_rows, bool energies);

  // Asks the stream for the whole pass. RESOURCE_EXHAUSTED and INTERNAL as
  // Evaluate(); then nothing of it counts.
  absl::Status Begin();
  // Waits for it. What failed meanwhile: INTERNAL.
  absl::Status Finish();

  // Captures the forward of one more bucket of rows, the largest first, for
  // passes without energies or guidance to replay; false where none is left or
  // can be. For passes that carry nothing.
  bool CaptureNext();
  // The buckets that were captured, smallest first.
  std::vector<int64_t> captured() const;

  std::optional<int64_t> FirstDiverged(int64_t row, int64_t rows) override;

 protected:
  void Fetch() override;
  void Put(int64_t row, int64_t rows) override;
  void MovePoints(int64_t from, int64_t to, int64_t count) override;

 private:
  // A captured forward, and where it leaves its scores.
  struct Bucket {
    std::unique_ptr<StreamGraph> graph;
    at::Tensor score;
  };

  // Calls `work` on the stream, in inference mode.
  void OnStream(absl::FunctionRef<void()> work);
  void Allocate();
  // Rows of one plane to their place in the other.
  void Copy(const at::Tensor& from, const at::Tensor& to, int64_t first,
            int64_t rows);
  absl::Status Run();
  // Brings what was written here to the device.
  void Upload();
  // The same, and waits until it may be written again.
  void UploadNow();
  // The first `rows` rows, on the device.
  ScoreInput DeviceInput(int64_t rows) const;
  absl::StatusOr<ScoreAndEnergy> Forward();
  // Null where the rows have to be evaluated one operation after the other.
  const Bucket* FindBucket(int64_t rows) const;
  // Brings the conditions of the rows to the device, those that count; false
  // where a row takes two evaluations.
  bool UploadConditions(int64_t rows);
  // Whether a row's step takes more than Advance().
  bool StepsHere() const;
  // The steps of live rows, there; or here, once scores and energies are asked
  // for.
  void Step(const at::Tensor& scores);
  void StepHere();
  // Scores and energies of rows from `first` on.
  void Download(const ScoreAndEnergy& both, int64_t first);

  const std::shared_ptr<Stream> stream_;
  const std::unique_ptr<StreamEvent> done_;
  // On the device; undefined until the first Begin().
  at::Tensor device_x_, device_y_, device_label_, device_condition_;
  at::Tensor device_steps_, device_finite_;
  // The processor's side of them, beside x, y and label.
  at::Tensor host_condition_, host_steps_, host_finite_;
  at::Tensor host_score_, host_energy_;
  // Rows that were written here since the device had them, in order of writing.
  std::vector<std::pair<int64_t, int64_t>> written_;  // First, and how many.
  bool current_ = true;   // Whether live rows of x and y are up to date here.
  bool flagged_ = false;  // Whether host_finite_ tells of the last pass.
  Workspace capture_workspace_;        // What the graphs write to.
  std::map<int64_t, Bucket> buckets_;  // By rows.
  int64_t next_bucket_;                // To capture; 0: none is left.
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_RESIDENT_PASS_H_
