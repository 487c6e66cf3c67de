// The errors of reading a key file. For the sources of crypto/keys only.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace culvert::crypto {

// The file is damaged, not supported, or needs something that is not supported.
inline Error bad_key_file(std::string_view why, std::string detail = {}) {
  return permanent_error("bad-key-file", "not a usable key file: " + std::string(why),
                         std::move(detail));
}
// One key is not supported or needs something that is not supported.
inline constexpr std::string_view kKeyNotSupported = "key-not-supported";
inline Error key_not_supported(std::string_view why, std::string detail = {}) {
  return permanent_error(std::string(kKeyNotSupported),
                         "not a usable private key: " + std::string(why), std::move(detail));
}
// The password does not fit. An altered file may look the same.
inline Error wrong_password() {
  return permanent_error("wrong-password", "the password is wrong, or the file was altered");
}
inline Error password_needed() {
  return permanent_error("password-needed", "it is encrypted: a password is needed");
}

}  // namespace culvert::crypto
