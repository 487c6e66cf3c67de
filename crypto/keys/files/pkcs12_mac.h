// The MAC of PKCS#12 (RFC 7292, section 4 and 5.1; PBMAC1: RFC 9579). For the sources of
// crypto/keys only. Thread-safe.
#pragma once

#include "crypto/keys/ber_elements.h"
#include "crypto/keys/files/file_password.h"
#include "crypto/keys/files/password_hash.h"

namespace culvert::crypto {

// `in` is positioned before MacData. Verifies the MAC over the octets of the authenticated safe,
// and charges the cost to `rounds` before it computes. Returns the password in the form that fits,
// which is most likely the form for the rest of the file. permanent `bad-key-file`,
// `wrong-password`.
Result<FilePassword> verify_pkcs12_mac(BerElements& in, ByteView safe, FilePassword password,
                                       PasswordRounds& rounds);

// MacData in DER: HMAC-SHA-256, a fresh salt.
Bytes make_pkcs12_mac(ByteView safe, const FilePassword& password, std::uint64_t iterations);

}  // namespace culvert::crypto
