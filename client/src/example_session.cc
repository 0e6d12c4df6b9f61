#include "client/src/example_session.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/condition_codec.h"
#include "client/src/tensor_codec.h"

namespace scoreserve {
inline namespace client {
namespace {

// What a message has beside its rows and classes.
constexpr int64_t kOtherBytes = 256;

int64_t BytesOf(const v1::StreamExamplesRequest& message) {
  return static_cast<int64_t>(message.ByteSizeLong());
}

int64_t EndOf(const v1::StreamExamplesRequest& message) {
  return message.first_offset() + message.x().shape(0);
}

}  // namespace

ExampleSession::Message ExampleSession::Question() const {
  auto question = std::make_shared<v1::StreamExamplesRequest>();
  question->set_name(name_);
  return question;
}

absl::Status ExampleSession::Begin(int64_t acknowledged) {
  if (acknowledged < acknowledged_) {
    return absl::DataLossError(
        absl::StrCat(name_, " must have the ", acknowledged_,
                     " rows that were acknowledged; has ", acknowledged));
  }
  Acknowledge(acknowledged);
  sent_ = 0;
  return absl::OkStatus();
}

bool ExampleSession::Acknowledge(int64_t acknowledged) {
  if (acknowledged <= acknowledged_) return false;
  acknowledged_ = acknowledged;
  // The job has rows that were not sent from here, at first or since.
  next_row_ = std::max(next_row_, acknowledged);
  while (!kept_.empty() && EndOf(*kept_.front()) <= acknowledged) {
    kept_bytes_ -= BytesOf(*kept_.front());
    kept_.pop_front();
    if (sent_ > 0) --sent_;
  }
  return true;
}

ExampleSession::Message ExampleSession::Unsent() {
  return sent_ < kept_.size() ? kept_[sent_++] : nullptr;
}

absl::Status ExampleSession::Add(const ExampleRows& rows) {
  absl::Status checked = CheckPerRow("classes", rows.classes.size(), rows.rows);
  if (!checked.ok()) return checked;
  const int64_t class_bytes = 10 * static_cast<int64_t>(rows.classes.size());
  checked = CheckRows("x", rows.x, rows.rows, kOtherBytes + class_bytes,
                      max_message_bytes_);
  if (!checked.ok()) return checked;
  auto message = std::make_shared<v1::StreamExamplesRequest>();
  message->set_name(name_);
  message->set_first_offset(next_row_);
  EncodeRows(rows.x, rows.rows, message->mutable_x());
  message->mutable_classes()->Add(rows.classes.begin(), rows.classes.end());
  next_row_ += rows.rows;
  kept_bytes_ += BytesOf(*message);
  kept_.push_back(std::move(message));
  return absl::OkStatus();
}

ExampleSource RowsSource(const ExampleRows& all) {
  constexpr int64_t kMessageBytes = int64_t{1} << 20;
  return [all](int64_t first) -> absl::StatusOr<ExampleRows> {
    if (first >= all.rows) return ExampleRows();
    absl::Status checked =
        CheckRows("x", all.x, all.rows, 0, std::numeric_limits<int64_t>::max());
    if (checked.ok()) {
      checked = CheckPerRow("classes", all.classes.size(), all.rows);
    }
    if (!checked.ok()) return checked;
    const int64_t dim = static_cast<int64_t>(all.x.size()) / all.rows;
    const int64_t bytes = dim * static_cast<int64_t>(sizeof(float));
    const int64_t rows =
        std::min(all.rows - first, std::max<int64_t>(kMessageBytes / bytes, 1));
    return ExampleRows{
        .rows = rows,
        .x = all.x.subspan(static_cast<size_t>(first * dim),
                           static_cast<size_t>(rows * dim)),
        .classes = all.classes.size() > 1
                       ? all.classes.subspan(static_cast<size_t>(first),
                                             static_cast<size_t>(rows))
                       : all.classes};
  };
}

}  // namespace client
}  // namespace scoreserve
