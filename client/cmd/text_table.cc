#include "client/cmd/text_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace scoreserve::ctl {
namespace {

// Code points of UTF-8: bytes that do not continue one.
size_t Width(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (c & 0xC0) != 0x80; });
}

}  // namespace

std::string TextTable(const std::vector<std::vector<std::string>>& lines) {
  std::vector<size_t> widths(lines.empty() ? 0 : lines[0].size());
  for (const auto& cells : lines) {
    for (size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], Width(cells[i]));
    }
  }
  std::string text;
  for (const auto& cells : lines) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      const size_t gap = last ? 0 : widths[i] - Width(cells[i]) + 2;
      absl::StrAppend(&text, cells[i], std::string(gap, ' '));
    }
    text += '\n';
  }
  return text;
}

}  // namespace scoreserve::ctl
