#ifndef SCORESERVE_CLIENT_SRC_SAMPLE_ASSEMBLER_H_
#define SCORESERVE_CLIENT_SRC_SAMPLE_ASSEMBLER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scoreserve/sampling.h"
#include "scoreserve/v1/sampling.pb.h"

namespace scoreserve {
inline namespace client {

// Puts the frames of one run together. Thread-compatible.
class SampleAssembler {
 public:
  // `rows` is what was asked for.
  SampleAssembler(SampleObserver observer, int64_t rows);

  // Tells the observer, or keeps the samples. INTERNAL where frames are not
  // what sampling.proto says; no more may be given then.
  absl::Status Take(const v1::SampleResponse& frame);

  // Forgets the samples that it has: another stream will send them all.
  void Restart();

  // The samples, once the stream has ended with `status`; its error, or
  // INTERNAL where a part is missing. To be called once, last.
  absl::StatusOr<Samples> End(const absl::Status& status);

 private:
  void TellProgress(const v1::SampleProgress& progress);
  absl::Status TakeStates(const v1::SampleStates& states);
  absl::Status TakeFinal(const v1::SampleFinal& final_frame);

  const SampleObserver observer_;
  const int64_t rows_;
  Samples samples_;
  bool told_start_ = false;
  bool complete_ = false;
};

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_SAMPLE_ASSEMBLER_H_
