#include "tests/crypto/vectors/manifest.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "crypto/keys/digest.h"
#include "tests/support/source_root.h"

namespace culvert::crypto::testing {

std::optional<std::filesystem::path> vectors_folder() {
  const char* shared = std::getenv("CULVERT_SHARED");
  const std::filesystem::path folder =
      (shared != nullptr ? std::filesystem::path(shared)
                         : culvert::tests::source_root().parent_path() / "shared") /
      "vectors";
  if (!std::filesystem::exists(folder / "manifest.json")) return std::nullopt;
  return folder;
}

std::vector<nlohmann::json> vectors_of(const std::filesystem::path& root, const std::string& kind,
                                       const std::string& folder) {
  const auto manifest = nlohmann::json::parse(read_text(root / "manifest.json"));
  std::vector<nlohmann::json> found;
  for (const auto& file : manifest.at("files")) {
    const std::string path = file.at("path");
    if (file.at("kind") == kind && path.rfind(folder, 0) == 0) found.push_back(file);
  }
  return found;
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string sha256_hex(ByteView octets) { return to_hex(sha256(octets)); }

std::string read_text(const std::filesystem::path& path) { return to_text(read_file(path)); }

}  // namespace culvert::crypto::testing
