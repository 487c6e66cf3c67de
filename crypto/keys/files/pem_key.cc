#include "crypto/keys/files/pem_key.h"

#include "crypto/keys/files/encoded_key.h"
#include "crypto/keys/files/file_password.h"

namespace culvert::crypto {

Result<PrivateKey> private_key_from_pem(std::string_view pem, std::string_view text) {
  const auto password = FilePassword::from_utf8(text);
  if (!password) return password.error();
  PasswordRounds rounds;
  const PasswordUse use{text.empty() ? nullptr : &*password, rounds};
  while (const auto block = next_pem_block(pem)) {
    if (!*block) return block->error();
    const auto form = key_form_of_label((*block)->label);
    if (form) return read_key_block(*form, **block, use);
  }
  return permanent_error("bad-key", "not a usable private key: there is no PEM block PRIVATE KEY");
}

}  // namespace culvert::crypto
