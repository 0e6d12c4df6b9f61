#ifndef SCORESERVE_CLIENT_CMD_STATE_FRAMES_H_
#define SCORESERVE_CLIENT_CMD_STATE_FRAMES_H_

#include <cstdint>
#include <map>
#include <vector>

#include "models/io/rows.h"
#include "scoreserve/sampling.h"

namespace scoreserve::ctl {

// All rows of a run after `step` steps.
struct StateFrame {
  int64_t step = 0;
  Rows x = {};
};

// Collects the positions of a run's first rows, which a server sends step by
// step and in parts: rows of a large request may be many steps apart. Takes at
// most max_frames · rows · dim floats of memory, whatever arrives.
// Thread-compatible.
class StateFrames {
 public:
  StateFrames(int64_t rows, int64_t dim, int64_t max_frames);

  // Keeps what `state` has of those rows: what comes twice, the later one;
  // a step that is one too many, not at all.
  void Take(const SampleState& state);

  // The steps at which every row is known, in their order; the others are
  // dropped. To be called once, last.
  std::vector<StateFrame> Complete();

 private:
  struct Partial {
    std::vector<float> x;
    std::vector<bool> known;  // A flag a row.
    int64_t missing = 0;
  };

  const int64_t rows_, dim_;
  const size_t max_frames_;
  std::map<int64_t, Partial> frames_;  // By step.
};

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_STATE_FRAMES_H_
