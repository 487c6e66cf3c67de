// Links between certificates, and the reason that is reported when no chain is found. For the
// sources of crypto/keys only.
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

// Goes up from a certificate that no anchor leads to, and reports where the way ends: at the first
// issuer that is not at hand or may not issue, or at a certificate that issued itself. Verifies no
// signature.
Objection reason_without_chain(const Certificate& wanted, const ChainMaterial& material, Time t);

}  // namespace culvert::crypto
