#include "tests/integration/fine_tune/wire.h"

#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace scoreserve {
namespace {

class WriterImpl final : public ExampleWriter {
 public:
  WriterImpl(v1::FineTuning::Stub& stub, const std::string& name) {
    SetDeadline(context_);
    stream_ = stub.StreamExamples(&context_);
    v1::StreamExamplesRequest message;
    message.set_name(name);
    stream_->Write(message);
  }
  ~WriterImpl() override {
    if (finished_) return;
    context_.TryCancel();
    Finish().IgnoreError();
  }

  bool Write(int64_t first_offset, const std::vector<float>& rows) override {
    return stream_->Write(RowsMessage(first_offset, rows));
  }
  std::optional<int64_t> Acknowledged() override {
    v1::StreamExamplesResponse answer;
    if (!stream_->Read(&answer)) return std::nullopt;
    return answer.acknowledged();
  }
  absl::Status Finish() override {
    finished_ = true;
    stream_->WritesDone();
    while (Acknowledged().has_value()) {
    }
    return FromWire(stream_->Finish());
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamExamplesRequest,
                                           v1::StreamExamplesResponse>>
      stream_;
  bool finished_ = false;
};

}  // namespace

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(kPatienceMs));
}

absl::Status FromWire(const grpc::Status& status) {
  std::string message = status.error_message();
  google::rpc::Status wire;
  wire.ParseFromString(status.error_details());
  for (const auto& any : wire.details()) {
    google::rpc::ErrorInfo info;
    if (any.UnpackTo(&info))
      message = absl::StrCat(info.reason(), ": ", message);
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      message);
}

v1::StreamExamplesRequest RowsMessage(int64_t first_offset,
                                      const std::vector<float>& rows) {
  v1::StreamExamplesRequest message;
  message.set_first_offset(first_offset);
  v1::Tensor* x = message.mutable_x();
  x->add_shape(static_cast<int64_t>(rows.size()));
  x->add_shape(1);
  x->set_dtype(v1::DTYPE_FLOAT32);
  x->set_data(rows.data(), rows.size() * sizeof(float));
  return message;
}

std::unique_ptr<ExampleWriter> NewExampleWriter(v1::FineTuning::Stub& stub,
                                                const std::string& name) {
  return std::make_unique<WriterImpl>(stub, name);
}

}  // namespace scoreserve
