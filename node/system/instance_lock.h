// One node for one data directory: two nodes would deliver the same mail twice.
#pragma once

#include <filesystem>
#include <utility>

#include "crypto/base/result.h"

namespace culvert::node {

// Held as long as the object lives. The system releases it when the process dies, however it dies.
class InstanceLock {
 public:
  // permanent `already-running` if another node holds it; errors of store::Folder if the lock file
  // data_dir/run/lock cannot be created.
  static Result<InstanceLock> take(const std::filesystem::path& data_dir);
  // True if a node holds it now. Creates nothing.
  static bool is_held(const std::filesystem::path& data_dir);
  ~InstanceLock();
  InstanceLock(InstanceLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  InstanceLock& operator=(InstanceLock&&) = delete;

 private:
  explicit InstanceLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace culvert::node
