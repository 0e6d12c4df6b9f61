// LD_PRELOAD: makes calls that change files fail, as a full or a failing disk
// would.
//
//   SCORESERVE_FAIL_FOLDER  calls on files and folders in it are counted
//   SCORESERVE_FAIL_FROM    the first that fails, from 1
//   SCORESERVE_FAIL_COUNT   how many do from there on; 1 where it is not given
//   SCORESERVE_FAIL_ERROR   what errno is then: 28 is ENOSPC, 5 is EIO
//   SCORESERVE_FAIL_LOG     gets a line for each that failed: "N CALL PATH"
//
// A write that fails has first written half of what it was given.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

template <typename F>
F* Real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

int64_t Number(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

bool IsInside(const char* path) {
  static const char* const folder = std::getenv("SCORESERVE_FAIL_FOLDER");
  return folder != nullptr && path != nullptr &&
         std::strncmp(path, folder, std::strlen(folder)) == 0;
}

// Whether this call is to fail; errno is then set.
bool Fails(const char* call, const char* path) {
  static const int64_t from = Number("SCORESERVE_FAIL_FROM", INT64_MAX);
  static const int64_t count = Number("SCORESERVE_FAIL_COUNT", 1);
  static const int64_t error = Number("SCORESERVE_FAIL_ERROR", EIO);
  static std::atomic<int64_t> calls{0};
  if (!IsInside(path)) return false;
  const int64_t n = ++calls;
  if (n < from || n - from >= count) return false;
  if (const char* log = std::getenv("SCORESERVE_FAIL_LOG")) {
    // Not through our own open() and write().
    if (std::FILE* file = std::fopen(log, "a")) {
      std::fprintf(file, "%lld %s %s\n", static_cast<long long>(n), call, path);
      std::fclose(file);
    }
  }
  errno = static_cast<int>(error);
  return true;
}

bool Fails(const char* call, int file) {
  char name[64], path[PATH_MAX];
  std::snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
  const ssize_t size = ::readlink(name, path, sizeof(path) - 1);
  if (size < 0) return false;
  path[size] = '\0';
  return Fails(call, path);
}

int OpenMode(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<int>(va_arg(arguments, mode_t))
                                : 0;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static const auto real = Real<decltype(write)>("write");
  if (!Fails("write", file)) return real(file, bytes, size);
  const int error = errno;
  // All of it counts as failed, where the caller looks at what was written too.
  if (size > 1 && real(file, bytes, size / 2) < 0) errno = error;
  errno = error;
  return -1;
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  static const auto real = Real<decltype(pwrite64)>("pwrite64");
  if (!Fails("pwrite", file)) return real(file, bytes, size, offset);
  const int error = errno;
  if (size > 1 && real(file, bytes, size / 2, offset) < 0) errno = error;
  errno = error;
  return -1;
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return pwrite64(file, bytes, size, offset);
}

int fsync(int file) {
  static const auto real = Real<decltype(fsync)>("fsync");
  return Fails("fsync", file) ? -1 : real(file);
}

int fdatasync(int file) {
  static const auto real = Real<decltype(fdatasync)>("fdatasync");
  return Fails("fdatasync", file) ? -1 : real(file);
}

int ftruncate64(int file, off64_t size) {
  static const auto real = Real<decltype(ftruncate64)>("ftruncate64");
  return Fails("ftruncate", file) ? -1 : real(file, size);
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int rename(const char* from, const char* to) {
  static const auto real = Real<decltype(rename)>("rename");
  return Fails("rename", to) ? -1 : real(from, to);
}

int mkdir(const char* path, mode_t mode) {
  static const auto real = Real<decltype(mkdir)>("mkdir");
  return Fails("mkdir", path) ? -1 : real(path, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto real = Real<decltype(open64)>("open64");
  va_list arguments;
  va_start(arguments, flags);
  const int mode = OpenMode(flags, arguments);
  va_end(arguments);
  // One that only opens needs no room.
  if ((flags & O_CREAT) != 0 && ::access(path, F_OK) != 0 &&
      Fails("create", path)) {
    return -1;
  }
  return real(path, flags, mode);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const int mode = OpenMode(flags, arguments);
  va_end(arguments);
  return open64(path, flags, mode);
}

}  // extern "C"
