// What power_cut_preload keeps, as a folder again.
//
//   root            a link whose target is the folder's key
//   KEY.folder      its names when it was synced last: "f KEY name", "d KEY
//   name" KEY.file        what the file held when it was synced last

#ifndef SCORESERVE_TESTS_FAULT_POWER_CUT_H_
#define SCORESERVE_TESTS_FAULT_POWER_CUT_H_

#include <filesystem>
#include <fstream>
#include <string>

namespace scoreserve {

// Makes `folder` as the power cut left the one with `key`. A file or folder
// that was never synced is empty.
inline void RestoreFolder(const std::filesystem::path& shadow,
                          const std::string& key,
                          const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  fs::create_directories(folder);
  std::ifstream names(shadow / (key + ".folder"));
  std::string kind, entry_key, name;
  while (names >> kind >> entry_key && names.ignore() &&
         std::getline(names, name)) {
    if (kind == "d") {
      RestoreFolder(shadow, entry_key, folder / name);
    } else if (fs::exists(shadow / (entry_key + ".file"))) {
      fs::copy_file(shadow / (entry_key + ".file"), folder / name);
    } else {
      std::ofstream(folder / name);
    }
  }
}

// `folder`, which must not exist, as the power cut left the watched one.
inline void AfterPowerCut(const std::filesystem::path& shadow,
                          const std::filesystem::path& folder) {
  RestoreFolder(shadow, std::filesystem::read_symlink(shadow / "root").string(),
                folder);
}

}  // namespace scoreserve

#endif  // SCORESERVE_TESTS_FAULT_POWER_CUT_H_
