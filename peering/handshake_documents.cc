#include "peering/handshake_documents.h"

#include <algorithm>

#include "crypto/mime/base64.h"

namespace culvert::peering {
namespace {

constexpr std::uint8_t kNul[] = {0};

Error bad_document(std::string text) { return permanent_error("bad-document", std::move(text)); }

Result<Mac> read_mac(const JsonObject& members) {
  auto digits = members.text("mac");
  if (!digits) return digits.error();
  const auto octets = from_hex(*digits);
  Mac mac;
  if (!octets || octets->size() != mac.size()) return bad_document("'mac' is not 64 digits");
  std::copy(octets->begin(), octets->end(), mac.begin());
  return mac;
}

// The card inside a handshake document must be that of the document's signer.
Result<ReadCard> read_own_card(const VerifiedDocument& document) {
  auto text = document.members().text("card");
  if (!text) return text.error();
  auto message = crypto::from_base64(*text);
  if (!message) return message.error();
  auto card = open_card(*message);
  if (card && card->card.sender != document.head().sender) {
    return bad_document("the card is not the sender's own");
  }
  return card;
}

Result<std::array<std::uint8_t, 16>> read_id(const JsonObject& members, std::string_view name) {
  auto digits = members.text(name);
  if (!digits) return digits.error();
  const auto id = document_id_from_hex(*digits);
  if (!id) return bad_document("'" + std::string(name) + "' is not 32 hexadecimal digits");
  return *id;
}

}  // namespace

Mac accept_mac(ByteView secret, const HandshakeBinding& binding) {
  return crypto::hmac_sha256(
      secret, {as_bytes("culvert1 accept"), kNul, binding.inviter.view(), binding.accepter.view(),
               binding.payload_hash, binding.accepter_card_hash});
}

Mac answer_mac(ByteView secret, const HandshakeBinding& binding,
               const crypto::Sha256& inviter_card_hash) {
  return crypto::hmac_sha256(
      secret, {as_bytes("culvert1 answer"), kNul, binding.inviter.view(), binding.accepter.view(),
               binding.payload_hash, binding.accepter_card_hash, inviter_card_hash});
}

Result<Bytes> sign_accept(const DocumentHead& head, const AcceptParts& parts,
                          const IdentitySigner& signer) {
  JsonWriter writer = begin_document(DocumentType::accept, head);
  writer.text("invitation", to_hex(parts.invitation));
  writer.text("card", crypto::to_base64(parts.card)).text("mac", to_hex(parts.mac));
  return sign_document(writer, signer, head.time);
}

Result<AcceptClaim> read_accept_claim(const DocumentClaim& document) {
  if (document.type != DocumentType::accept) return bad_document("not an accept");
  auto invitation = read_id(document.members, "invitation");
  if (!invitation) return invitation.error();
  auto mac = read_mac(document.members);
  if (!mac) return mac.error();
  auto text = document.members.text("card");
  if (!text) return text.error();
  auto message = crypto::from_base64(*text);
  if (!message) return message.error();
  const auto card = read_message_claim(*message);
  if (!card) return card.error();
  if (card->signer != document.head.sender) return bad_document("the card is not the sender's own");
  return AcceptClaim{document.head.sender, *invitation, crypto::sha256(card->content), *mac};
}

Result<Accept> read_accept(const VerifiedDocument& document) {
  if (document.type() != DocumentType::accept) return bad_document("not an accept");
  auto invitation = read_id(document.members(), "invitation");
  if (!invitation) return invitation.error();
  auto mac = read_mac(document.members());
  if (!mac) return mac.error();
  auto card = read_own_card(document);
  if (!card) return card.error();
  return Accept{*invitation, *std::move(card), *mac};
}

Result<Bytes> sign_accepted(const DocumentHead& head, const AcceptedParts& parts,
                            const IdentitySigner& signer) {
  JsonWriter writer = begin_document(DocumentType::accepted, head);
  writer.text("re", to_hex(parts.re));
  writer.text("card", crypto::to_base64(parts.card)).text("mac", to_hex(parts.mac));
  return sign_document(writer, signer, head.time);
}

Result<Accepted> read_accepted(const VerifiedDocument& document) {
  if (document.type() != DocumentType::accepted) return bad_document("not an accepted");
  auto re = read_id(document.members(), "re");
  if (!re) return re.error();
  auto mac = read_mac(document.members());
  if (!mac) return mac.error();
  auto card = read_own_card(document);
  if (!card) return card.error();
  return Accepted{*re, *std::move(card), *mac};
}

}  // namespace culvert::peering
