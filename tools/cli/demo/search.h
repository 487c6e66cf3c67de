// Looking for clear text where none may be: in octets as they are, and behind base64.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culvert::cli {

// The first of `secrets` that stands in `octets`: in clear, or in base64 at any of its three
// alignments, line ends ignored. Nothing if none does.
std::optional<std::string> find_clear(std::string_view octets,
                                      const std::vector<std::string>& secrets);

// All files below `folders`, one after the other, with how many there are. A file that goes away
// meanwhile counts as empty.
struct Collected {
  std::string octets;
  std::size_t files = 0;
};
Collected collect_files(const std::vector<std::filesystem::path>& folders);

}  // namespace culvert::cli
