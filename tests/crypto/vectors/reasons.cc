#include "tests/crypto/vectors/reasons.h"

#include <fnmatch.h>

#include "tests/crypto/vectors/manifest.h"
#include "tests/support/source_root.h"

namespace culvert::crypto::testing {

Reasons::Reasons()
    : patterns_(nlohmann::ordered_json::parse(
          read_text(culvert::tests::source_root() / "tests/vectors/reasons.json"))) {}

std::optional<std::string> Reasons::reason_for(const std::string& path) const {
  for (const auto& [pattern, word] : patterns_.items()) {
    if (fnmatch(pattern.c_str(), path.c_str(), 0) == 0) return word.get<std::string>();
  }
  return std::nullopt;
}

}  // namespace culvert::crypto::testing
