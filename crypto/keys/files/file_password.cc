#include "crypto/keys/files/file_password.h"

#include "crypto/keys/files/bmp_string.h"

namespace culvert::crypto {

Result<FilePassword> FilePassword::from_utf8(std::string_view password) {
  if (password.size() > kMaxPasswordBytes) {
    return permanent_error("bad-password", "the password is too long");
  }
  auto bmp = to_terminated_bmp_string(password);
  if (!bmp) return permanent_error("bad-password", "the password is not valid UTF-8");
  return FilePassword(SecretBytes(as_bytes(password)), *std::move(bmp));
}

}  // namespace culvert::crypto
