// Signatures of certificates, over the octets that were signed. For the sources of crypto/keys
// alone. Thread-safe.
#pragma once

#include <string>

#include "crypto/keys/certificate_parts.h"

namespace culvert::crypto {

// The hash of the signature of `certificate`, as Botan names it, if `key` made it; else empty.
std::string hash_of_signature_by(const Botan::Public_Key& key, const CertificateParts& certificate);

// True of an authority's certificate as it was before version 3: one that has no extensions and
// issued itself. Botan tells that of the octets that it was shown, which may be others than those
// that were signed (certificate_fields.h).
bool is_old_authority(const CertificateParts& certificate);

}  // namespace culvert::crypto
