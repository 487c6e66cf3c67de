// The password of a key file in the two forms in which formats use it. For the sources of
// crypto/keys alone.
#pragma once

#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::crypto {

// Longer passwords are refused: the derivation of PKCS#12 works on all of it in each block.
inline constexpr std::size_t kMaxPasswordBytes = 1024;

class FilePassword {
 public:
  // UTF-8, may be empty. permanent `bad-password` for other octets or too many.
  static Result<FilePassword> from_utf8(std::string_view password);

  // As PBES2 and PBMAC1 take it.
  std::string_view utf8() const { return as_text(utf8_.view()); }
  // As the derivation of PKCS#12 takes it (pkcs12_kdf.h).
  ByteView bmp() const { return bmp_.view(); }

  FilePassword clone() const { return FilePassword(utf8_.clone(), bmp_.clone()); }
  bool is_empty() const { return utf8_.empty(); }

  // No password, which is not the same as an empty one: no BMPString at all, not even 00 00. Some
  // programs write it when they are given an empty password.
  static FilePassword absent() { return FilePassword({}, {}); }
  // Of an empty password the other one of these two forms.
  FilePassword other_empty_form() const {
    return FilePassword({}, SecretBytes(bmp_.empty() ? std::size_t{2} : std::size_t{0}));
  }

 private:
  FilePassword(SecretBytes utf8, SecretBytes bmp) : utf8_(std::move(utf8)), bmp_(std::move(bmp)) {}
  SecretBytes utf8_;
  SecretBytes bmp_;  // with the final 00 00
};

}  // namespace culvert::crypto
