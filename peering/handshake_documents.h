// The two documents of pairing by invitation and their MACs (protocol.md, "Pairing"). inviter.h and
// accepter.h act on them. Pure functions, any thread.
//
// Members (frozen):
//   accept    invitation (32 hex), card (base64 of the signed card), mac (64 hex)
//   accepted  re (id of the accept), card, mac
#pragma once

#include "crypto/keys/digest.h"
#include "peering/card.h"
#include "peering/document.h"
#include "peering/invitation.h"

namespace culvert::peering {

using Mac = crypto::Sha256;

// Larger messages from strangers are refused before the document in them is parsed. An `accept`
// with a card of 1,000 domains of 36 octets, 30 tunnel certificates and 300 revoked ones has 113
// KiB; one with a usual card has 6 KiB.
inline constexpr std::size_t kMaxStrangerMessageBytes = 128 * 1024;

// What the MACs cover. Hashes are SHA-256, of the code's payload and of the cards' eContent.
struct HandshakeBinding {
  Fingerprint inviter;
  Fingerprint accepter;
  crypto::Sha256 payload_hash{};
  crypto::Sha256 accepter_card_hash{};
};
// HMAC-SHA-256(secret, "culvert1 accept" 00 F_inviter F_accepter H(payload) H(accepter card)).
Mac accept_mac(ByteView secret, const HandshakeBinding& binding);
// The same with "culvert1 answer" and H(inviter card) appended.
Mac answer_mac(ByteView secret, const HandshakeBinding& binding,
               const crypto::Sha256& inviter_card_hash);

struct Accept {
  InvitationId invitation{};
  ReadCard card;  // of the sender of the document, verified under its own identity
  Mac mac{};
};
struct AcceptParts {
  InvitationId invitation{};
  ByteView card;  // the CMS message
  Mac mac{};
};
Result<Bytes> sign_accept(const DocumentHead& head, const AcceptParts& parts,
                          const IdentitySigner& signer);
// What the MAC covers, from a message whose signatures are not verified yet, so that a stranger's
// code is checked before any costly step. The card itself is not read. permanent `bad-document`,
// refusals of crypto/cms/message.h.
struct AcceptClaim {
  Fingerprint accepter;
  InvitationId invitation{};
  crypto::Sha256 card_hash{};  // of the card's eContent
  Mac mac{};
};
Result<AcceptClaim> read_accept_claim(const DocumentClaim& document);
// permanent `bad-document` unless it is a complete `accept` with the sender's own card.
Result<Accept> read_accept(const VerifiedDocument& document);

struct Accepted {
  DocumentId re{};
  ReadCard card;
  Mac mac{};
};
struct AcceptedParts {
  DocumentId re{};
  ByteView card;
  Mac mac{};
};
Result<Bytes> sign_accepted(const DocumentHead& head, const AcceptedParts& parts,
                            const IdentitySigner& signer);
Result<Accepted> read_accepted(const VerifiedDocument& document);

}  // namespace culvert::peering
