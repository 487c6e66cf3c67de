#include "store/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "crypto/base/log.h"
#include "store/folder.h"

namespace culvert::store {

namespace {

constexpr std::size_t kMaxKeyFileBytes = 256;  // the text has 84

Error file_error(const std::filesystem::path& file, std::string_view doing, int error) {
  return permanent_error("key-file", fmt::format("key file '{}' cannot be {}: {}", file.string(),
                                                 doing, strerror(error)));
}

// Writes and syncs; the caller closes and, after a failure, removes.
int write_key(int fd, ByteView text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text = text.subspan(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

int sync_folder_of(const std::filesystem::path& file) {
  return sync_to_disk(std::filesystem::absolute(file).parent_path());
}

Status check_key_mode(const std::filesystem::path& file, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return file_error(file, "read", errno);
  if (!S_ISREG(status.st_mode)) {
    return permanent_error("key-file-mode",
                           fmt::format("key file '{}' is not a regular file", file.string()));
  }
  if ((status.st_mode & 077) != 0) {
    return permanent_error(
        "key-file-mode",
        fmt::format("key file '{}' may be used by others (mode {:04o}); run: chmod 600 '{}'",
                    file.string(), status.st_mode & 07777, file.string()));
  }
  return done();
}

}  // namespace

Result<crypto::NodeKey> create_node_key(const std::filesystem::path& file) {
  crypto::NodeKey key = crypto::NodeKey::generate();
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 && errno == EEXIST) {
    return permanent_error("key-file-exists",
                           fmt::format("there is a key file '{}' already", file.string()));
  }
  if (fd < 0) return file_error(file, "made", errno);
  int error = write_key(fd, key.text().view());
  ::close(fd);
  if (error == 0) error = sync_folder_of(file);
  if (error == 0) return key;
  ::unlink(file.c_str());
  return file_error(file, "written", error);
}

Status replace_node_key(const std::filesystem::path& file, const crypto::NodeKey& key) {
  std::error_code failed;
  const std::filesystem::path place = std::filesystem::canonical(file, failed);
  struct stat old {};
  if (failed || ::stat(place.c_str(), &old) != 0) return file_error(file, "replaced", errno);
  const std::filesystem::path fresh = place.string() + ".new";
  ::unlink(fresh.c_str());  // left by a run that was cut off
  // Fails if somebody has just put something there, even a link.
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return file_error(fresh, "made", errno);
  int error = ::fchown(fd, old.st_uid, old.st_gid) == 0 ? 0 : errno;
  if (error == 0) error = write_key(fd, key.text().view());
  ::close(fd);
  if (error == 0 && ::rename(fresh.c_str(), place.c_str()) != 0) error = errno;
  if (error == 0) error = sync_folder_of(place);
  if (error == 0) return done();
  ::unlink(fresh.c_str());
  return file_error(file, "replaced", error);
}

Result<crypto::NodeKey> load_node_key(const std::filesystem::path& file) {
  // NONBLOCK: opening a named pipe must not hang before it is refused.
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) {
    return permanent_error(
        "no-key-file", fmt::format("there is no key file '{}'. If this node has run before, put "
                                   "it back from a copy: its store opens with no other key. Only "
                                   "if it is lost for ever: move the store away, and "
                                   "`culvert init --new-store`",
                                   file.string()));
  }
  if (fd < 0) return file_error(file, "read", errno);
  if (Status mode = check_key_mode(file, fd); !mode) {
    ::close(fd);
    return mode.error();
  }
  SecretBytes text(kMaxKeyFileBytes);
  const ssize_t got = ::read(fd, text.writable().data(), text.size());
  const int error = errno;
  ::close(fd);
  if (got < 0) return file_error(file, "read", error);
  auto key = crypto::NodeKey::parse(as_text(text.view().first(static_cast<std::size_t>(got))));
  if (key) return key;
  return permanent_error("bad-node-key",
                         fmt::format("'{}' does not hold a node key", file.string()));
}

}  // namespace culvert::store
