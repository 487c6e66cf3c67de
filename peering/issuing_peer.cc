#include "peering/issuing_peer.h"

#include "crypto/keys/chain.h"
#include "peering/peer_changes.h"
#include "peering/pinned_certificates.h"

namespace culvert::peering {

std::optional<Fingerprint> issuing_peer(const store::ReadTransaction& txn,
                                        const crypto::Certificate& certificate) {
  // Every identity names itself by its fingerprint (protocol.md, "Certificates").
  const auto claimed = Fingerprint::from_hex(certificate.issuer_serial_number().value_or(""));
  if (!claimed) return std::nullopt;
  const auto peer = find_trusted_peer(txn, *claimed);
  if (!peer) return std::nullopt;
  const auto identity = pinned_identity(*peer);
  if (!identity || !certificate.may_protect_mail() || !certificate.may_sign()) return std::nullopt;
  if (!crypto::check_issued_by(certificate, *identity, certificate.not_before())) {
    return std::nullopt;
  }
  if (store::is_revoked(txn, *claimed, certificate.key_id().view())) return std::nullopt;
  return claimed;
}

}  // namespace culvert::peering
