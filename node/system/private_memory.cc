#include "node/system/private_memory.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace culvert::node {

void keep_memory_private() {
  // Each of the two alone achieves most of it; neither fails on Linux.
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

bool memory_can_be_locked() {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const probe =
      ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (probe == MAP_FAILED) return false;
  const bool locked = ::mlock(probe, page) == 0;
  ::munmap(probe, page);
  return locked;
}

}  // namespace culvert::node
