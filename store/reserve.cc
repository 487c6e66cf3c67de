#include "store/reserve.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace culvert::store {

std::uint64_t reserve_up_to(int file, std::uint64_t wanted_bytes) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return 0;
  auto size = static_cast<std::uint64_t>(status.st_size);
  if (size >= wanted_bytes) return size;
  static constexpr std::array<char, 64 * 1024> zeros{};
  while (size < wanted_bytes) {
    const auto step = std::min<std::uint64_t>(zeros.size(), wanted_bytes - size);
    const ssize_t written = ::pwrite(file, zeros.data(), step, static_cast<off_t>(size));
    if (written <= 0) break;
    size += static_cast<std::uint64_t>(written);
  }
  return size;
}

}  // namespace culvert::store
