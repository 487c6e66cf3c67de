// A library's description of a failure, for people. For the sources of crypto/keys only.
#pragma once

#include <string>
#include <string_view>

namespace culvert::crypto {

// `text` without the place in the library's source at which Botan noticed it
// (`… in set_to:src/lib/asn1/asn1_time.cpp`).
inline std::string without_source(std::string_view text) {
  const std::size_t path = text.find(":src/");
  if (path == std::string_view::npos) return std::string(text);
  const std::size_t in = text.rfind(" in ", path);
  return std::string(text.substr(0, in == std::string_view::npos ? path : in));
}

}  // namespace culvert::crypto
