// The shared test vectors: messages made by other software, and what is to become of each.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"

namespace culvert::crypto::testing {

// The folder `vectors` of $CULVERT_SHARED, or of `shared` beside the source root; nothing if it is
// not there.
std::optional<std::filesystem::path> vectors_folder();

// When all certificates of the vectors are valid that are meant to be: 2027-03-26T12:00:00Z.
inline const Time kWhenAllAreValid = from_unix(1'806'062'400);

// The entries of manifest.json of that kind, whose paths begin with `folder`.
std::vector<nlohmann::json> vectors_of(const std::filesystem::path& root, const std::string& kind,
                                       const std::string& folder);

Bytes read_file(const std::filesystem::path& path);
std::string sha256_hex(ByteView octets);
std::string read_text(const std::filesystem::path& path);

}  // namespace culvert::crypto::testing

// Ends a test case when the vectors are not at hand.
#define CULVERT_REQUIRE_VECTORS(root)                                           \
  const auto root##_found = ::culvert::crypto::testing::vectors_folder();       \
  if (!root##_found)                                                            \
    GTEST_SKIP() << "no test vectors: set CULVERT_SHARED to the folder that "   \
                    "holds `vectors`, or put it beside the source as `shared`"; \
  const std::filesystem::path& root = *root##_found
