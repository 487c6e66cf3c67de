#include "node/system/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace culvert::node {

Result<InstanceLock> InstanceLock::take(const std::filesystem::path& data_dir) {
  const std::filesystem::path file = data_dir / "run" / "lock";
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return permanent_error("run-directory", file.string() + " cannot be made (does the directory " +
                                                "belong to the user that runs the node?)");
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return InstanceLock(fd);
  ::close(fd);
  return permanent_error("already-running", "another node runs on " + data_dir.string() +
                                                "; stop it first, or give this one its own "
                                                "node.data_dir");
}

InstanceLock::~InstanceLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace culvert::node
