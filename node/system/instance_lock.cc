#include "node/system/instance_lock.h"

#include <sys/file.h>
#include <unistd.h>

#include "node/system/run_folder.h"

namespace culvert::node {

Result<InstanceLock> InstanceLock::take(const std::filesystem::path& data_dir) {
  const auto folder = run_folder(data_dir);
  if (!folder) return folder.error();
  const auto opened = folder->open_for_lock("lock");
  if (!opened) return opened.error();
  const int fd = *opened;
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
