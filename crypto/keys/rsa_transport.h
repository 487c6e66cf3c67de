// How a content key is sent to an RSA key (RFC 3370, 4.2.1; RFC 3560).
#pragma once

#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/certificate.h"

namespace culvert::crypto {

enum class RsaHash { sha1, sha224, sha256, sha384, sha512 };

// RSAES-OAEP with the hash of the label, the hash of MGF1, and the label (RFC 8017, A.2.1); or
// RSAES-PKCS1-v1_5, which ignores the other fields.
struct RsaTransport {
  enum class Scheme { oaep, pkcs1_v15 } scheme = Scheme::oaep;
  RsaHash hash = RsaHash::sha256;
  RsaHash mgf_hash = RsaHash::sha256;
  Bytes label;
};

// Sizes of the RSA keys that we read with and write to (smime-profile.md, "Algorithms"). A key
// below the first bound for writing is weak; above the last one an operation would take seconds.
inline constexpr std::size_t kMinRsaBitsRead = 1024;
inline constexpr std::size_t kMaxRsaBitsRead = 16384;
inline constexpr std::size_t kMinRsaBitsWritten = 2048;
inline constexpr std::size_t kMaxRsaBitsWritten = 8192;

// Encrypts `secret` to the certificate's key. permanent `bad-key-use` if that is not an RSA key of
// a size that we write to, `bad-label` for a label with a parenthesis or a comma. Thread-safe.
Result<Bytes> encrypt_to(const Certificate& recipient, const RsaTransport& transport,
                         const SecretBytes& secret);

// Botan's name for the transport; nothing if the label cannot be part of that name because it has a
// parenthesis or a comma. For crypto/keys only.
std::optional<std::string> rsa_transport_engine(const RsaTransport& transport);

}  // namespace culvert::crypto
