#ifndef SCORESERVE_CLIENT_CMD_TEXT_TABLE_H_
#define SCORESERVE_CLIENT_CMD_TEXT_TABLE_H_

#include <string>
#include <vector>

namespace scoreserve::ctl {

// Lines of cells as columns that stand two spaces apart, each as wide as its
// widest cell. All lines have as many cells as the first. Widths count code
// points.
std::string TextTable(const std::vector<std::vector<std::string>>& lines);

}  // namespace scoreserve::ctl

#endif  // SCORESERVE_CLIENT_CMD_TEXT_TABLE_H_
