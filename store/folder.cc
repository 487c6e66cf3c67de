#include "store/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/base/log.h"
#include "crypto/keys/random.h"

namespace culvert::store {
namespace {

constexpr mode_t kFolderMode = 0755;
constexpr mode_t kOwnerOnly = 0600;
constexpr std::size_t kNameOctets = 8;

mode_t mode_of(Readers readers) {
  switch (readers) {
    case Readers::owner:
      return kOwnerOnly;
    case Readers::group:
      return 0640;
    case Readers::everybody:
      return 0644;
  }
  return kOwnerOnly;
}

int write_all(int fd, ByteView content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

// The mode is widened last, so that nobody else reads a file that is not whole.
int fill(int fd, ByteView content, FileTraits traits) {
  if (const int error = write_all(fd, content); error != 0) return error;
  const mode_t mode = mode_of(traits.readers);
  if (mode != kOwnerOnly && ::fchmod(fd, mode) != 0) return errno;
  if (traits.lasting == Lasting::through_power_cut && ::fsync(fd) != 0) return errno;
  return 0;
}

// What is at a name, unless it is a regular file or nothing.
std::string_view odd_thing(int folder, const char* name) {
  struct stat found {};
  if (::fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0) return {};
  if (S_ISLNK(found.st_mode)) return "a symbolic link";
  if (S_ISDIR(found.st_mode)) return "a directory";
  if (S_ISFIFO(found.st_mode)) return "a named pipe";
  if (S_ISSOCK(found.st_mode)) return "a socket";
  return S_ISREG(found.st_mode) ? std::string_view() : "a device";
}

std::string_view advice(int error) {
  if (error == EACCES || error == EPERM)
    return " (does it belong to the user that runs this? run it as that user, or as root)";
  if (error == EROFS) return " (its file system is mounted read-only)";
  return "";
}

// Returns `fd` if it is a regular file. Otherwise closes it, says why in `error` and returns -1.
int regular_or_closed(int fd, int& error) {
  struct stat found {};
  error = fd < 0 || ::fstat(fd, &found) != 0 ? errno : 0;
  if (error == 0 && !S_ISREG(found.st_mode)) error = EINVAL;
  if (error == 0) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

}  // namespace

int sync_to_disk(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return errno;
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

Error Folder::error_about(const std::string& name, std::string_view doing, int error) const {
  const std::string file = printable((path_ / name).string(), 400);
  if (error == ENOSPC || error == EDQUOT) {
    return temporary_error("disk-full", fmt::format("no space left for '{}'", file));
  }
  if (const auto thing = odd_thing(fd_, name.c_str()); !thing.empty()) {
    return permanent_error("file-access",
                           fmt::format("'{}' cannot be {}: {} is in its place that this program "
                                       "did not make; find out who made it, and remove it",
                                       file, doing, thing));
  }
  return permanent_error("file-access", fmt::format("'{}' cannot be {}: {}{}", file, doing,
                                                    std::strerror(error), advice(error)));
}

Result<Folder> Folder::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) return Folder(path, fd);
  return permanent_error("file-access", fmt::format("the directory '{}' cannot be used: {}{}",
                                                    printable(path.string(), 400),
                                                    std::strerror(errno), advice(errno)));
}

Folder::~Folder() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Folder> Folder::inner(const std::string& name) const {
  if (::mkdirat(fd_, name.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return error_about(name, "made", errno);
  }
  const int fd = ::openat(fd_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) return Folder(path_ / name, fd);
  return error_about(name, "used as a directory", errno);
}

// Renaming never follows a link. If the file system cannot rename without replacing, a hard link is
// made instead: it does not replace either.
int Folder::take_name(const std::string& fresh, const std::string& name, Taking taking) const {
  if (taking == Taking::any_name) {
    return ::renameat(fd_, fresh.c_str(), fd_, name.c_str()) == 0 ? 0 : errno;
  }
  if (::renameat2(fd_, fresh.c_str(), fd_, name.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::linkat(fd_, fresh.c_str(), fd_, name.c_str(), 0) != 0) return errno;
  ::unlinkat(fd_, fresh.c_str(), 0);
  return 0;
}

Status Folder::put(const std::string& name, ByteView content, FileTraits traits,
                   Taking taking) const {
  // Nobody can plant a name that nobody can guess. O_EXCL follows no link.
  const std::string fresh = ".culvert-" + to_hex(crypto::random_bytes(kNameOctets));
  const int fd = ::openat(fd_, fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                          kOwnerOnly);
  if (fd < 0) return error_about(name, "written", errno);
  int error = fill(fd, content, traits);
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0) error = take_name(fresh, name, taking);
  if (error != 0) {
    ::unlinkat(fd_, fresh.c_str(), 0);
    if (taking == Taking::free_name && error == EEXIST) {
      return permanent_error("exists", "'" + printable((path_ / name).string(), 400) +
                                           "' is there already, and is not overwritten");
    }
    return error_about(name, "written", error);
  }
  const bool lasts = traits.lasting == Lasting::until_power_cut || ::fsync(fd_) == 0;
  return lasts ? done() : Status(error_about(name, "kept", errno));
}

Status Folder::replace(const std::string& name, ByteView content, FileTraits traits) const {
  return put(name, content, traits, Taking::any_name);
}

Status Folder::add(const std::string& name, ByteView content, FileTraits traits) const {
  return put(name, content, traits, Taking::free_name);
}

Result<std::string> Folder::read(const std::string& name, std::size_t limit_bytes) const {
  // NONBLOCK: opening a named pipe would wait for a writer.
  int error = 0;
  const int fd = regular_or_closed(
      ::openat(fd_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), error);
  if (fd < 0 && error == ENOENT) {
    return permanent_error("no-file", "there is no '" + printable((path_ / name).string()) + "'");
  }
  if (fd < 0) return error_about(name, "read", error);
  std::string content(limit_bytes + 1, '\0');
  std::size_t size = 0;
  ssize_t got = 1;
  while (size < content.size() && got > 0) {
    got = ::read(fd, content.data() + size, content.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  error = errno;
  ::close(fd);
  if (got < 0) return error_about(name, "read", error);
  if (size > limit_bytes) return error_about(name, "read", EFBIG);
  content.resize(size);
  return content;
}

Result<int> Folder::open_for_lock(const std::string& name) const {
  int error = 0;
  const int fd = regular_or_closed(
      ::openat(fd_, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
               kOwnerOnly),
      error);
  if (fd < 0) return error_about(name, "opened", error);
  return fd;
}

void Folder::remove(const std::string& name) const { ::unlinkat(fd_, name.c_str(), 0); }

}  // namespace culvert::store
