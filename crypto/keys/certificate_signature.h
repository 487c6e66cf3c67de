// Signatures of certificates, over the octets that were signed. For the sources of crypto/keys
// alone. Thread-safe.
#pragma once

#include <string>

#include "crypto/keys/parts.h"

namespace culvert::crypto {

// The hash of the signature of `certificate`, as Botan names it, if `key` made it; else empty.
std::string hash_of_signature_by(const Botan::Public_Key& key, const CertificateParts& certificate);

}  // namespace culvert::crypto
