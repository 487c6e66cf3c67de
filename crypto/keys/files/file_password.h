// The password of a key file in the two forms that the formats use. For the sources of crypto/keys
// only.
#pragma once

#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// Longer passwords are refused: the derivation of PKCS#12 processes the whole password in each
// block.
inline constexpr std::size_t kMaxPasswordBytes = 1024;

class FilePassword {
 public:
  // UTF-8, may be empty. permanent `bad-password` if it is not UTF-8 or is too long.
  static Result<FilePassword> from_utf8(std::string_view password);

  // The form for PBES2 and PBMAC1.
  std::string_view utf8() const { return as_text(utf8_.view()); }
  // The form for the derivation of PKCS#12 (pkcs12_kdf.h).
  ByteView bmp() const { return bmp_.view(); }

  FilePassword clone() const { return FilePassword(utf8_.clone(), bmp_.clone()); }
  bool is_empty() const { return utf8_.empty(); }

  // No password, which differs from an empty one: no BMPString at all, not even 00 00. Some
  // programs write this form when they are given an empty password.
  static FilePassword absent() { return FilePassword({}, {}); }
  // The other of these two forms of an empty password.
  FilePassword other_empty_form() const {
    return FilePassword({}, SecretBytes(bmp_.empty() ? std::size_t{2} : std::size_t{0}));
  }

 private:
  FilePassword(SecretBytes utf8, SecretBytes bmp) : utf8_(std::move(utf8)), bmp_(std::move(bmp)) {}
  SecretBytes utf8_;
  SecretBytes bmp_;  // with the final 00 00
};

}  // namespace culvert::crypto
