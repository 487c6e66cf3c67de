// RC2 (RFC 2268) in CBC mode, decryption only. It protects the certificates in PKCS#12 files of
// Windows and old OpenSSL, and the content of mail from the nineties. It is not secure. For the
// sources of crypto/keys and crypto/cms only.
#pragma once

#include <array>
#include <optional>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

inline constexpr std::size_t kRc2BlockBytes = 8;

// For content that comes in pieces; the caller handles padding.
class Rc2CbcDecryption {
 public:
  // The parameters of rc2_cbc_decrypt.
  Rc2CbcDecryption(ByteView key, std::size_t effective_bits, ByteView iv);
  // Works in place on a whole number of blocks.
  void process(MutableBytes piece);

 private:
  SecretBytes expanded_key_;
  std::array<std::uint8_t, kRc2BlockBytes> previous_{};
};

// `key`: 1 to 128 octets. `effective_bits` (T1): 1 to 1,024. `iv`: 8 octets. Returns the plaintext
// without its PKCS#7 padding; nothing if `ciphertext` is not a whole number of blocks or the
// padding is wrong.
std::optional<SecretBytes> rc2_cbc_decrypt(ByteView key, std::size_t effective_bits, ByteView iv,
                                           ByteView ciphertext);

// One block without a mode, for the test vectors of RFC 2268, section 5.
Bytes rc2_decrypt_block(ByteView key, std::size_t effective_bits, ByteView block);

}  // namespace culvert::crypto
