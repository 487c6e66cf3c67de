#include "node/system/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "node/system/run_folder.h"

namespace culvert::node {
namespace {

// A process that calls `is_held` has the lock for a moment.
bool take_within_moments(int fd) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

Result<InstanceLock> InstanceLock::take(const std::filesystem::path& data_dir) {
  const auto folder = run_folder(data_dir);
  if (!folder) return folder.error();
  const auto opened = folder->open_for_lock("lock");
  if (!opened) return opened.error();
  const int fd = *opened;
  if (take_within_moments(fd)) return InstanceLock(fd);
  ::close(fd);
  return permanent_error("already-running", "another node runs on " + data_dir.string() +
                                                "; stop it first, or give this one its own "
                                                "node.data_dir");
}

bool InstanceLock::is_held(const std::filesystem::path& data_dir) {
  const int fd =
      ::open((data_dir / "run" / "lock").c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return held;
}

InstanceLock::~InstanceLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace culvert::node
