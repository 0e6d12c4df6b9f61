// What calls of the tests have in common, as gRPC knows it.

#ifndef SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_WIRE_H_
#define SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_WIRE_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "scoreserve/v1/training.grpc.pb.h"
#include "tests/integration/fine_tune/fine_tune_server.h"

namespace scoreserve {

constexpr int kPatienceMs = 20'000;  // For what should take a moment.

void SetDeadline(grpc::ClientContext& context);

// Its message begins with the reason, where there is one.
absl::Status FromWire(const grpc::Status& status);

// Of rows of one number.
v1::StreamExamplesRequest RowsMessage(int64_t first_offset,
                                      const std::vector<float>& rows);

std::unique_ptr<ExampleWriter> NewExampleWriter(v1::FineTuning::Stub& stub,
                                                const std::string& name);

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_INTEGRATION_FINE_TUNE_WIRE_H_
