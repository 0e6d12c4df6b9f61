#include "models/io/safetensors_header.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/json_events.h"

namespace scoreserve {
namespace {

constexpr char kMetadata[] = "__metadata__";
constexpr int kMaxDepth = 3;  // The object, a tensor's object, its arrays.

// {name: {"dtype": text, "shape": [n, …], "data_offsets": [n, n]}, …}, and
// "__metadata__": {text: text, …}.
class HeaderReader final : public JsonEvents {
 public:
  HeaderReader() : JsonEvents(kMaxDepth) {}

  std::vector<TensorInfo> Take() && { return std::move(tensors_); }

 private:
  enum class Field { kNone, kDtype, kShape, kOffsets };

  bool start_object(size_t) override {
    if (!Enter()) return false;
    return depth() <= 2 || Misplaced("an object");
  }

  bool end_object() override {
    const bool in_tensor = depth() == 2 && !in_metadata_;
    Leave();
    if (in_tensor && seen_.size() != 3) {
      return RefuseHere("must have dtype, shape and data_offsets");
    }
    if (in_tensor && offsets_.size() != 2) {
      return RefuseHere("data_offsets must be two numbers");
    }
    if (in_tensor) {
      tensors_.back().begin = offsets_[0];
      tensors_.back().end = offsets_[1];
    }
    field_ = Field::kNone;
    return true;
  }

  bool key(std::string& key) override {
    if (depth() == 1) return BeginTensor(key);
    if (!seen_.insert(key).second) return Twice(key);
    if (in_metadata_) return true;
    if (key == "dtype") {
      field_ = Field::kDtype;
    } else if (key == "shape") {
      field_ = Field::kShape;
    } else if (key == "data_offsets") {
      field_ = Field::kOffsets;
    } else {
      return RefuseHere(
          absl::StrCat("must have dtype, shape and data_offsets alone; had '",
                       absl::CHexEscape(key.substr(0, 100)), "'"));
    }
    return true;
  }

  bool BeginTensor(std::string& name) {
    if (!names_.insert(name).second) return Twice(name);
    seen_.clear();
    offsets_.clear();
    field_ = Field::kNone;
    in_metadata_ = name == kMetadata;
    if (!in_metadata_) tensors_.emplace_back().name = std::move(name);
    return true;
  }

  bool start_array(size_t) override {
    if (!Enter()) return false;
    const bool wanted = depth() == 3 && !in_metadata_ &&
                        (field_ == Field::kShape || field_ == Field::kOffsets);
    return wanted || Misplaced("an array");
  }

  bool end_array() override {
    Leave();
    field_ = Field::kNone;
    return true;
  }

  bool number_unsigned(uint64_t value) override {
    if (depth() != 3) return Misplaced("a number");
    if (value > uint64_t{std::numeric_limits<int64_t>::max()}) {
      return RefuseHere(
          absl::StrCat("numbers must be less than 2^63; one was ", value));
    }
    const int64_t number = static_cast<int64_t>(value);
    if (field_ == Field::kShape) {
      tensors_.back().shape.push_back(number);
    } else if (offsets_.size() < 2) {
      offsets_.push_back(number);
    } else {
      return RefuseHere("data_offsets must be two numbers");
    }
    return true;
  }

  bool string(std::string& value) override {
    if (depth() == 2 && in_metadata_) return true;
    if (depth() != 2 || field_ != Field::kDtype) return Misplaced("text");
    tensors_.back().dtype = value.substr(0, 100);
    field_ = Field::kNone;
    return true;
  }

  bool null() override { return Misplaced("null"); }
  bool boolean(bool) override { return Misplaced("true or false"); }
  bool number_integer(int64_t) override {
    return Misplaced("a negative number");
  }
  bool number_float(double, const std::string&) override {
    return Misplaced("a fraction");
  }

  // Refuses what is no value for the place that the text is at.
  bool Misplaced(absl::string_view what) {
    if (depth() == 0) return Refuse("must be an object");
    if (in_metadata_) return Refuse("must have text alone in __metadata__");
    return RefuseHere(absl::StrCat(
        "must have a dtype that is text, and a shape and data_offsets that are "
        "whole numbers; had ",
        what));
  }

  bool RefuseHere(absl::string_view message) {
    if (tensors_.empty()) return Refuse(message);
    const std::string name =
        absl::CHexEscape(tensors_.back().name.substr(0, 100));
    return Refuse(absl::StrCat("tensor '", name, "': ", message));
  }

  bool Twice(absl::string_view key) {
    return Refuse(absl::StrCat("must have each key once; had '",
                               absl::CHexEscape(key.substr(0, 100)),
                               "' twice"));
  }

  std::vector<TensorInfo> tensors_;  // The one being read is the last.
  std::set<std::string> names_, seen_;
  std::vector<int64_t> offsets_;
  Field field_ = Field::kNone;  // Whose value is next.
  bool in_metadata_ = false;
};

}  // namespace

absl::StatusOr<std::vector<TensorInfo>> ParseTensorInfos(
    absl::string_view header) {
  HeaderReader reader;
  const absl::Status status = reader.Read(header);
  if (!status.ok()) return status;
  return std::move(reader).Take();
}

}  // namespace scoreserve
