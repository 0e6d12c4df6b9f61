// LD_PRELOAD: keeps, beside a folder, what a power cut would leave of it, so
// that killing the program at any moment stands for one.
//
//   SCORESERVE_POWER_FOLDER  the folder, an absolute path
//   SCORESERVE_POWER_SHADOW  where that is kept: begun here unless it exists
//
// POSIX promises no more than this: what a file holds is on the disk once it
// was synced, and which names a folder holds once the folder was. So fsync()
// and fdatasync() copy the one or list the other, and nothing else does. What
// is in use is told by inode and time of birth, so that renamed files and
// folders keep what they had. power_cut.h says how a shadow is kept, and turns
// it into a folder again. Memory maps are not seen, nor SQLite's "-shm", which
// a power cut may take.

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

namespace {

namespace fs = std::filesystem;

template <typename F>
F* Real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

[[noreturn]] void Die(const char* what, const std::string& path) {
  std::fprintf(stderr, "power_cut_preload: cannot %s %s\n", what, path.c_str());
  std::abort();
}

// Which file or folder it is, for good: an inode is used again.
std::string KeyOf(int file, const char* path) {
  struct statx info;
  if (::statx(file, path, path[0] == '\0' ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW,
              STATX_INO | STATX_BTIME, &info) != 0) {
    return "";
  }
  char key[96];
  std::snprintf(key, sizeof(key), "%llx-%llx-%x",
                static_cast<unsigned long long>(info.stx_ino),
                static_cast<unsigned long long>(info.stx_btime.tv_sec),
                info.stx_btime.tv_nsec);
  return key;
}

class Shadow {
 public:
  Shadow() {
    const char* folder = std::getenv("SCORESERVE_POWER_FOLDER");
    const char* shadow = std::getenv("SCORESERVE_POWER_SHADOW");
    if (folder == nullptr || shadow == nullptr) return;
    folder_ = folder;
    shadow_ = shadow;
    if (fs::exists(shadow_)) return;
    // All that is there already has been there for long.
    fs::create_directories(shadow_);
    CopyAll(folder_);
    const std::string key = KeyOf(AT_FDCWD, folder_.c_str());
    fs::create_symlink(key, shadow_ / "root");
  }

  // `file` was synced.
  void Synced(int file) {
    if (folder_.empty()) return;
    char name[64], path[PATH_MAX];
    std::snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
    const ssize_t size = ::readlink(name, path, sizeof(path) - 1);
    if (size < 0) return;
    const std::string whole(path, static_cast<size_t>(size));
    const std::string folder = folder_.string();
    if (whole != folder && whole.rfind(folder + "/", 0) != 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    struct stat info;
    if (::fstat(file, &info) != 0) return;
    const std::string key = KeyOf(file, "");
    if (S_ISDIR(info.st_mode)) {
      List(whole, key);
    } else if (S_ISREG(info.st_mode)) {
      Copy(("/proc/self/fd/" + std::to_string(file)).c_str(), key);
    }
  }

 private:
  // The file's contents over those that were synced before, from the front: a
  // kill in the middle leaves some of the new, as a power cut may.
  void Copy(const char* from, const std::string& key) {
    const std::string to = shadow_ / (key + ".file");
    const int source = ::open(from, O_RDONLY | O_CLOEXEC);
    const int target = ::open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (source < 0 || target < 0) Die("open", to);
    std::vector<char> bytes(1 << 18);
    off_t done = 0;
    ssize_t got = 0;
    while ((got = ::pread(source, bytes.data(), bytes.size(), done)) > 0) {
      if (::pwrite(target, bytes.data(), static_cast<size_t>(got), done) != got)
        Die("write", to);
      done += got;
    }
    if (got < 0 || ::ftruncate(target, done) != 0) Die("copy to", to);
    ::close(source);
    ::close(target);
  }

  // The names in the folder, each with its kind and key, all at once.
  void List(const std::string& folder, const std::string& key) {
    std::string lines;
    DIR* entries = ::opendir(folder.c_str());
    if (entries == nullptr) return;  // Renamed or deleted meanwhile.
    while (const dirent* entry = ::readdir(entries)) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      const std::string path = folder + "/" + name;
      struct stat info;
      if (::lstat(path.c_str(), &info) != 0) continue;
      const char kind = S_ISDIR(info.st_mode)   ? 'd'
                        : S_ISREG(info.st_mode) ? 'f'
                                                : '?';
      if (kind != '?') {
        lines += std::string(1, kind) + " " + KeyOf(AT_FDCWD, path.c_str()) +
                 " " + name + "\n";
      }
    }
    ::closedir(entries);
    const std::string path = shadow_ / (key + ".folder");
    const std::string temporary = path + ".new";
    std::FILE* file = std::fopen(temporary.c_str(), "w");
    if (file == nullptr ||
        std::fwrite(lines.data(), 1, lines.size(), file) != lines.size() ||
        std::fclose(file) != 0 ||
        std::rename(temporary.c_str(), path.c_str()) != 0) {
      Die("write", path);
    }
  }

  void CopyAll(const fs::path& folder) {
    if (!fs::exists(folder)) Die("find", folder);
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (entry.is_symlink()) continue;
      if (entry.is_directory()) CopyAll(entry.path());
      if (entry.is_regular_file())
        Copy(entry.path().c_str(), KeyOf(AT_FDCWD, entry.path().c_str()));
    }
    List(folder, KeyOf(AT_FDCWD, folder.c_str()));
  }

  std::mutex mutex_;
  fs::path folder_;  // Empty: none is kept.
  fs::path shadow_;
};

Shadow& TheShadow() {
  static Shadow* const shadow = new Shadow;
  return *shadow;
}

// Before the program changes anything.
__attribute__((constructor)) void Begin() { TheShadow(); }

}  // namespace

extern "C" {

int fsync(int file) {
  static const auto real = Real<int(int)>("fsync");
  const int result = real(file);
  if (result == 0) TheShadow().Synced(file);
  return result;
}

int fdatasync(int file) {
  static const auto real = Real<int(int)>("fdatasync");
  const int result = real(file);
  if (result == 0) TheShadow().Synced(file);
  return result;
}

}  // extern "C"
