// tests/vectors/reasons.json: the reason for which each shared negative vector is refused.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace culvert::crypto::testing {

// An object of pattern (fnmatch) -> word: of refusal.h, or of the layer above for what only that
// refuses. The first pattern that matches counts.
class Reasons {
 public:
  // Reads the file beside the tests.
  Reasons();
  // Nothing for a file that no pattern names: any reason will do.
  std::optional<std::string> reason_for(const std::string& path) const;

 private:
  nlohmann::ordered_json patterns_;
};

}  // namespace culvert::crypto::testing
