#include "peering/revocation.h"

#include "peering/card.h"
#include "peering/peer_changes.h"
#include "store/acceptance.h"

namespace culvert::peering {

Result<Bytes> sign_revocation(const std::vector<Fingerprint>& revoked, const IdentitySigner& signer,
                              Time now) {
  JsonWriter writer = begin_document(DocumentType::revoke, {.sender = signer.fingerprint()});
  std::vector<std::string> texts;
  for (const Fingerprint& fingerprint : revoked)
    texts.push_back(fingerprint.hex());
  writer.text("issued", to_rfc3339(now)).texts("revoked", texts);
  return sign_document(writer, signer, now);
}

Result<Revocation> read_revocation(const VerifiedDocument& document) {
  if (document.type() != DocumentType::revoke) {
    return permanent_error("bad-document", "not a revocation");
  }
  const auto list = document.members().texts("revoked", kMaxRevoked);
  if (!list) return list.error();
  Revocation revocation{document.head().sender, {}};
  for (const std::string& digits : *list) {
    const auto fingerprint = Fingerprint::from_hex(digits);
    if (!fingerprint) {
      return permanent_error("bad-document", "a revoked fingerprint has a wrong form");
    }
    revocation.revoked.push_back(*fingerprint);
  }
  return revocation;
}

bool take_revocation(store::WriteTransaction& txn, const Revocation& revocation, Time now) {
  const bool changed = unite_revoked(txn, revocation.sender, revocation.revoked, now);
  const Fingerprint& sender = revocation.sender;
  const auto peer = store::find_peer(txn, sender);
  const bool is_gone = store::is_revoked(txn, sender, sender.view());
  if (peer && is_gone) {
    // Only fails if there is no such peer.
    static_cast<void>(remove_peer(txn, sender, Removal::by_peer, "its identity was revoked", now));
  }
  return changed;
}

std::vector<Fingerprint> own_revoked(const store::ReadTransaction& txn, const Fingerprint& own) {
  std::vector<Fingerprint> revoked;
  for (const Bytes& id : store::list_revoked(txn, own)) {
    if (const auto fingerprint = Fingerprint::from_hex(to_hex(id))) revoked.push_back(*fingerprint);
  }
  return revoked;
}

}  // namespace culvert::peering
