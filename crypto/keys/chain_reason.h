// Links between certificates, and why there is none: what is told of a chain that was not found.
// For the sources of crypto/keys alone.
#pragma once

#include "crypto/keys/chain.h"
#include "crypto/keys/chain_path.h"

namespace culvert::crypto {

// True if `certificate` names the subject of `issuer` as its issuer.
bool names_as_issuer(const Certificate& certificate, const Certificate& issuer);

// Verifies the signature of a certificate.
IssuedBy compute_issued_by(const CertificateParts& certificate, const CertificateParts& issuer);

// Why such a signature does not count. `issued` is not `holds`.
Objection objection_to_link(IssuedBy issued, const Certificate& certificate,
                            const Certificate& issuer);

// Goes up from a certificate that no anchor leads to, and tells where the way ends: the first
// issuer that is not at hand or may not issue, or a certificate that issued itself. Computes no
// signature.
Objection reason_without_chain(const Certificate& wanted, const ChainMaterial& material, Time t);

}  // namespace culvert::crypto
