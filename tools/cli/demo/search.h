// Searches for clear text where none may be: in the octets as they are, and in base64.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culvert::cli {

// The first of `secrets` found in `octets`: in clear, or in base64 at any of its three alignments,
// ignoring line ends. Nothing if none is found.
std::optional<std::string> find_clear(std::string_view octets,
                                      const std::vector<std::string>& secrets);

// The octets of all files below `folders`, concatenated, and their number. A file that disappears
// meanwhile counts as empty.
struct Collected {
  std::string octets;
  std::size_t files = 0;
};
Collected collect_files(const std::vector<std::filesystem::path>& folders);

}  // namespace culvert::cli
