// What somebody who can write a directory puts where a program will write: each leads, or would
// lead, to a file of somebody else.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace culvert {

inline constexpr const char* kVictimText = "not yours";

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A file that no attack may change, with the mode that it must keep.
inline std::filesystem::path make_victim(const std::filesystem::path& folder) {
  const std::filesystem::path victim = folder / "victim";
  std::ofstream(victim) << kVictimText;
  ::chmod(victim.c_str(), 0640);
  return victim;
}

inline bool is_untouched(const std::filesystem::path& victim) {
  struct stat found {};
  return ::stat(victim.c_str(), &found) == 0 && (found.st_mode & 07777) == 0640 &&
         content_of(victim) == kVictimText;
}

struct Planted {
  const char* what;
  std::function<void(const std::filesystem::path& name, const std::filesystem::path& victim)> put;
};

// Those that leave a name free to be taken by renaming.
inline std::vector<Planted> planted_names() {
  namespace fs = std::filesystem;
  return {
      {"a link to the file",
       [](const fs::path& name, const fs::path& victim) { fs::create_symlink(victim, name); }},
      {"a link to nothing",
       [](const fs::path& name, const fs::path& victim) {
         fs::create_symlink(victim.string() + ".new", name);
       }},
      {"a link to itself",
       [](const fs::path& name, const fs::path&) { fs::create_symlink(name.filename(), name); }},
      {"a link to a device",
       [](const fs::path& name, const fs::path&) { fs::create_symlink("/dev/full", name); }},
      {"a hard link",
       [](const fs::path& name, const fs::path& victim) { fs::create_hard_link(victim, name); }},
      {"a named pipe", [](const fs::path& name, const fs::path&) { ::mkfifo(name.c_str(), 0666); }},
      {"a file that all can write",
       [](const fs::path& name, const fs::path&) {
         std::ofstream(name) << "old";
         ::chmod(name.c_str(), 0666);
       }},
  };
}

}  // namespace culvert
