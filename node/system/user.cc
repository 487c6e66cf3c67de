#include "node/system/user.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace culvert::node {

std::string user_of_this_process() {
  const uid_t uid = ::getuid();
  std::array<char, 4096> room{};
  passwd entry{};
  passwd* found = nullptr;
  const bool is_known =
      ::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
  std::string name = is_known ? entry.pw_name : std::to_string(uid);
  const char* before = uid == 0 ? std::getenv("SUDO_USER") : nullptr;
  if (before != nullptr && *before != '\0') name += " (sudo: " + std::string(before) + ")";
  return name;
}

}  // namespace culvert::node
