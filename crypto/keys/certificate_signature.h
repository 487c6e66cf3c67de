// Verifies signatures of certificates over the octets that were signed. For the sources of
// crypto/keys only. Thread-safe.
#pragma once

#include <string>

#include "crypto/keys/certificate_parts.h"

namespace culvert::crypto {

// The hash in the signature of `certificate`, as Botan names it, if `key` made the signature;
// otherwise empty.
std::string hash_of_signature_by(const Botan::Public_Key& key, const CertificateParts& certificate);

// True for a CA certificate from before version 3: one that has no extensions and issued itself.
// Botan decides this from the octets that it was shown, which may differ from the signed ones
// (certificate_fields.h).
bool is_old_authority(const CertificateParts& certificate);

}  // namespace culvert::crypto
