#include "models/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/io/safetensors_header.h"
#include "models/status.h"
#include "nlohmann/json.hpp"

namespace scoreserve {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint64_t kMaxHeaderBytes = uint64_t{1} << 20;
constexpr size_t kLengthBytes = sizeof(uint64_t);

absl::Status Corrupt(absl::string_view message) {
  return WithReason(absl::InvalidArgumentError(message), Reason::kCorruptModel);
}

absl::Status Unsupported(absl::string_view message) {
  return WithReason(absl::InvalidArgumentError(message),
                    Reason::kUnsupportedFormat);
}

// What a file that is no safetensors file may be instead.
absl::Status NotSafetensors(absl::string_view bytes, absl::string_view why) {
  if (bytes.substr(0, 4) == "PK\x03\x04") {
    return Unsupported(
        "must be a safetensors file; was a zip archive, as of TorchScript or "
        "torch.save, which can carry code");
  }
  if (bytes.size() >= 2 && bytes[0] == '\x80' && bytes[1] >= 2 &&
      bytes[1] <= 5) {
    return Unsupported(
        "must be a safetensors file; was a pickle, which can carry code");
  }
  return Corrupt(why);
}

// The text between the length and the data.
absl::StatusOr<absl::string_view> HeaderText(absl::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    return NotSafetensors(bytes,
                          absl::StrCat("must begin with the 8 bytes of the "
                                       "header's length; was ",
                                       bytes.size(), " bytes long"));
  }
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {
    return NotSafetensors(
        bytes, absl::StrCat("header must be at most ", kMaxHeaderBytes,
                            " bytes long; was ", length));
  }
  const absl::string_view rest = bytes.substr(kLengthBytes);
  if (length > rest.size()) {
    return NotSafetensors(
        bytes, absl::StrCat("header must end inside the file; was ", length,
                            " bytes long with ", rest.size(), " there"));
  }
  const absl::string_view text = rest.substr(0, length);
  if (text.empty() || text.front() != '{') {
    return NotSafetensors(bytes, "header must begin with '{'");
  }
  return text;
}

std::string Quoted(absl::string_view name) {
  return absl::StrCat("tensor '", absl::CHexEscape(name.substr(0, 100)), "'");
}

// The bytes that `shape` takes; nothing where that overflows.
bool BytesOf(const std::vector<int64_t>& shape, int64_t& bytes) {
  bytes = sizeof(float);
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) return false;
  }
  return true;
}

// Sorts `tensors` by place, and checks that they cover `data_bytes` exactly.
absl::Status CheckLayout(std::vector<TensorInfo>& tensors, int64_t data_bytes) {
  std::sort(tensors.begin(), tensors.end(),
            [](const TensorInfo& a, const TensorInfo& b) {
              return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
            });
  int64_t place = 0;
  for (const TensorInfo& tensor : tensors) {
    if (tensor.dtype != "F32") {
      return Unsupported(absl::StrCat(Quoted(tensor.name),
                                      ": dtype must be F32; was ",
                                      absl::CHexEscape(tensor.dtype)));
    }
    if (tensor.begin != place || tensor.end < tensor.begin) {
      return Corrupt(absl::StrCat(Quoted(tensor.name),
                                  ": data_offsets must begin at ", place,
                                  ", without hole or overlap; were ",
                                  tensor.begin, " to ", tensor.end));
    }
    int64_t bytes = 0;
    if (!BytesOf(tensor.shape, bytes) || bytes != tensor.end - tensor.begin) {
      return Corrupt(
          absl::StrCat(Quoted(tensor.name),
                       ": data_offsets must hold the shape's numbers, "
                       "4 bytes each; were ",
                       tensor.begin, " to ", tensor.end));
    }
    place = tensor.end;
  }
  if (place != data_bytes) {
    return Corrupt(absl::StrCat("data must end where the last tensor does, at ",
                                place, "; was ", data_bytes, " bytes long"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NamedArrays> ParseSafetensors(absl::string_view bytes) {
  const absl::StatusOr<absl::string_view> text = HeaderText(bytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::vector<TensorInfo>> tensors = ParseTensorInfos(*text);
  if (!tensors.ok()) {
    return Corrupt(absl::StrCat("header ", tensors.status().message()));
  }
  const absl::string_view data = bytes.substr(kLengthBytes + text->size());
  const absl::Status layout =
      CheckLayout(*tensors, static_cast<int64_t>(data.size()));
  if (!layout.ok()) return layout;

  NamedArrays arrays;
  for (TensorInfo& tensor : *tensors) {
    NamedArray array = {.shape = std::move(tensor.shape), .values = {}};
    array.values.resize((tensor.end - tensor.begin) / sizeof(float));
    if (!array.values.empty()) {
      std::memcpy(array.values.data(), data.data() + tensor.begin,
                  array.values.size() * sizeof(float));
    }
    for (size_t i = 0; i < array.values.size(); ++i) {
      if (std::isfinite(array.values[i])) continue;
      return Corrupt(absl::StrCat(Quoted(tensor.name),
                                  ": every value must be finite; was ",
                                  array.values[i], " at ", i));
    }
    arrays.emplace(std::move(tensor.name), std::move(array));
  }
  return arrays;
}

std::string SerializeSafetensors(const NamedArrays& arrays) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  uint64_t place = 0;
  for (const auto& [name, array] : arrays) {
    const uint64_t end = place + array.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"},
                    {"shape", array.shape},
                    {"data_offsets", {place, end}}};
    place = end;
  }
  std::string text = header.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes,
              ' ');

  const uint64_t length = text.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes.reserve(kLengthBytes + length + place);
  bytes += text;
  for (const auto& [name, array] : arrays) {
    bytes.append(reinterpret_cast<const char*>(array.values.data()),
                 array.values.size() * sizeof(float));
  }
  return bytes;
}

}  // namespace scoreserve
