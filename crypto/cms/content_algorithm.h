// contentEncryptionAlgorithm: which cipher, with which parameters, under which key. AES-GCM (RFC
// 5084, 3.2), ChaCha20-Poly1305 (RFC 8103, 3), CBC (RFC 3565, 4.1; RFC 3370, 5.1), and each of them
// with CEK-HKDF (RFC 9709), which derives its key from the one that was sent.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"

namespace culvert::crypto {

// How the key that encrypts is made from the content key that recipients get.
enum class KeyDerivation { none, hkdf_sha256 };

// Whether content under a broken cipher (RC2: Strength::broken) is read. A person may ask for it,
// for old archives.
enum class OldCiphers { refuse, read };

struct ContentAlgorithm {
  const CipherRow* row = nullptr;
  Bytes nonce;                // or initialisation vector
  std::size_t tag_bytes = 0;  // 0: the cipher has no tag
  KeyDerivation derivation = KeyDerivation::none;
  Bytes derivation_info;  // for CEK-HKDF: the AlgorithmIdentifier of the cipher, as on the wire
};

inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

// Strict: refuses ill-typed or missing parameters, nonces that are not of 12 to 16 octets (12 for
// ChaCha20-Poly1305), vectors that are not of one block, and tag lengths below 12 or above 16. An
// absent tag length of GCM means 12. `kind` is the kind that the form has room for: GCM in
// EnvelopedData would lose its tag (`aead-without-tag`), CBC in AuthEnvelopedData would pretend to
// have one (`not-aead`).
Result<ContentAlgorithm> read_content_algorithm(const AlgorithmName& name, CipherKind kind,
                                                OldCiphers old_ciphers = OldCiphers::refuse);

// A fresh nonce for `row`, and for GCM an explicit tag length of 16.
ContentAlgorithm make_content_algorithm(const CipherRow& row, KeyDerivation derivation);

// The AlgorithmIdentifier in DER.
Bytes der_content_algorithm(const ContentAlgorithm& algorithm);

// The key that encrypts, from the one that was sent.
SecretBytes derive_content_key(const ContentAlgorithm& algorithm, SecretBytes sent);

}  // namespace culvert::crypto
