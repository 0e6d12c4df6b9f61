#ifndef SCORESERVE_MODELS_TRAINING_EXAMPLE_BUFFER_OPTIONS_H_
#define SCORESERVE_MODELS_TRAINING_EXAMPLE_BUFFER_OPTIONS_H_

#include <cstdint>

namespace scoreserve {

// Which rows of a stream are trained on.
enum class BufferPolicy {
  kWindow,     // The newest.
  kReservoir,  // A uniform sample of all so far.
};

struct ExampleBufferOptions {
  BufferPolicy policy = BufferPolicy::kWindow;
  int64_t capacity = 65536;     // Rows that are trained on; at least 1.
  double hold_out_share = 0.1;  // Of rows that never are; 0 to 0.9.

  friend bool operator==(const ExampleBufferOptions&,
                         const ExampleBufferOptions&) = default;
};

}  // namespace scoreserve

#endif  // SCORESERVE_MODELS_TRAINING_EXAMPLE_BUFFER_OPTIONS_H_
