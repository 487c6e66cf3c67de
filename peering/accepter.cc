#include "peering/accepter.h"

#include <algorithm>

#include "crypto/keys/digest.h"
#include "store/routes.h"

namespace culvert::peering {
namespace {

Error wrong_inviter(std::string detail) {
  return permanent_error("wrong-inviter",
                         "who answers at the URL in the code is not the node that gave the code",
                         std::move(detail));
}

// The inviter would refuse it unread.
Error too_large(std::size_t size_bytes) {
  return permanent_error("card-too-large",
                         "the card of this node makes a message of " + std::to_string(size_bytes) +
                             " octets, and a code takes at most " +
                             std::to_string(kMaxStrangerMessageBytes) +
                             "; shorten node.domains in the configuration for the pairing");
}

Status check_code(const Invitation& invitation, const PairingSelf& self) {
  if (invitation.inviter == self.signer.fingerprint()) {
    return permanent_error("own-code", "this node gave that code; it is for the other node");
  }
  const auto serves = [&](const Domain& domain) {
    return std::find(self.domains.begin(), self.domains.end(), domain) != self.domains.end();
  };
  const auto& named = invitation.accepter_domains;
  if (std::any_of(named.begin(), named.end(), serves)) return done();
  std::string list;
  for (const Domain& domain : named)
    list += (list.empty() ? "" : ", ") + domain.text();
  return permanent_error("not-our-domain", "the code is for " + list +
                                               ", and this node serves none of that "
                                               "(node.domains in the configuration)");
}

// The same code, identity and card give the same id, so that a repetition after a crash is known as
// one: the inviter answers it with its stored answer, which names this id.
DocumentId id_of(const Invitation& invitation, const HandshakeBinding& binding) {
  const crypto::Sha256 hash = crypto::hmac_sha256(
      invitation.secret.view(),
      {as_bytes("culvert1 accept id"), binding.accepter.view(), binding.accepter_card_hash});
  DocumentId id;
  std::copy_n(hash.begin(), id.size(), id.begin());
  return id;
}

Result<HandshakeBinding> binding_of(const ReadCode& code, const PairingSelf& self) {
  auto own = open_card(self.card);
  if (!own) return internal_error("bad-own-card", "the own card cannot be read", own.error().text);
  HandshakeBinding binding;
  binding.inviter = code.invitation.inviter;
  binding.accepter = self.signer.fingerprint();
  binding.payload_hash = crypto::sha256(code.payload.view());
  binding.accepter_card_hash = crypto::sha256(own->document.content());
  return binding;
}

// The answer, if it is the inviter's, to us, to this request, and made with the code's secret.
Result<ReadCard> check_answer(ByteView message, const ReadCode& code,
                              const HandshakeBinding& binding, const DocumentHead& sent) {
  auto document = verify_document(message);
  if (!document) return document.error();
  const ExpectedDocument expected{DocumentType::accepted, binding.accepter, sent.time};
  if (auto fit = check_head(*document, expected); !fit) return wrong_inviter(fit.error().text);
  auto accepted = read_accepted(*document);
  if (!accepted) return accepted.error();
  const Mac right = answer_mac(code.invitation.secret.view(), binding,
                               crypto::sha256(accepted->card.document.content()));
  if (document->head().sender != code.invitation.inviter || accepted->re != sent.id ||
      !equal_in_constant_time(right, accepted->mac)) {
    return wrong_inviter("sender, id or MAC of the answer");
  }
  return std::move(accepted->card);
}

// The inviter's identity certificate, by the fingerprint in the code.
Result<crypto::Certificate> fetch_identity(const Invitation& invitation, PeerCarrier& carrier) {
  auto message = carrier.fetch_card(invitation.url);
  if (!message) return message.error();
  auto card = open_card(*message);
  if (!card) return wrong_inviter(card.error().text);
  if (card->card.sender != invitation.inviter) return wrong_inviter("fingerprint of the card");
  return card->card.identity;
}

Result<AcceptedPeer> store_pairing(store::Store& store, const PairingSelf& self,
                                   const ReadCode& code, const ReadCard& card,
                                   const AcceptWish& wish) {
  const Pairing pairing{.origin = store::PeerOrigin::accepted_by_us,
                        .address = code.invitation.url,
                        .named = code.invitation.inviter_domains,
                        .given = self.card,
                        .replaces = wish.replaces,
                        .agreed = wish.now};
  AcceptedPeer out{card.card.sender, card.card.node, {}};
  auto written = store.write([&](store::WriteTransaction& txn) -> Status {
    if (const Status paired = pair_with(txn, card, pairing, {self.domains, wish.now}); !paired)
      return paired.error();
    out.domains.clear();
    for (const store::Route& route : store::routes_of_peer(txn, card.card.sender))
      out.domains.push_back(route.domain);
    return done();
  });
  if (!written) return written.error();
  return out;
}

}  // namespace

Result<AcceptedPeer> accept_invitation(store::Store& store, const PairingSelf& self,
                                       const ReadCode& code, PeerCarrier& carrier,
                                       const AcceptWish& wish) {
  if (const Status fit = check_code(code.invitation, self); !fit) return fit.error();
  auto binding = binding_of(code, self);
  if (!binding) return binding.error();
  auto identity = fetch_identity(code.invitation, carrier);
  if (!identity) return identity.error();

  const DocumentHead head{.sender = binding->accepter,
                          .receiver = binding->inviter,
                          .id = id_of(code.invitation, *binding),
                          .time = wish.now};
  const ByteView secret = code.invitation.secret.view();
  const AcceptParts parts{
      .invitation = invitation_id(secret), .card = self.card, .mac = accept_mac(secret, *binding)};
  auto message = sign_accept(head, parts, self.signer);
  if (!message) return message.error();
  if (message->size() > kMaxStrangerMessageBytes) return too_large(message->size());
  auto answer = carrier.post_message(code.invitation.url, *identity, *message);
  if (!answer) return answer.error();
  auto card = check_answer(*answer, code, *binding, head);
  if (!card) return card.error();
  return store_pairing(store, self, code, *card, wish);
}

}  // namespace culvert::peering
