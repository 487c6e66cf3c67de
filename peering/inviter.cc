#include "peering/inviter.h"

#include <algorithm>

#include "crypto/keys/random.h"
#include "peering/refusal_word.h"

namespace culvert::peering {
namespace {

// How long after expiry an invitation, spent or not, is still shown; then it is forgotten.
constexpr std::chrono::hours kOldInvitationAge{30 * 24};

// One answer for every reason: a stranger learns nothing.
Error refused(std::string why) {
  return permanent_error("refused", "the invitation is not taken", std::move(why));
}

Bytes bytes_of(ByteView octets) { return {octets.begin(), octets.end()}; }

Status check_wish(const InvitationWish& wish) {
  if (!is_peering_url(wish.url)) {
    return permanent_error("bad-url", "the peering URL of this node is not an https URL");
  }
  for (const Domain& domain : wish.partner_domains) {
    const bool ours = std::find(wish.own_domains.begin(), wish.own_domains.end(), domain) !=
                      wish.own_domains.end();
    if (ours || domain.is_public_suffix()) {
      return permanent_error(
          "bad-invitation-domain",
          "'" + domain.text() + "' " + (ours ? "is served by this node" : "is a public suffix"));
    }
  }
  if (wish.partner_domains.empty()) {
    return permanent_error("bad-invitation-domain", "name at least one domain of the partner");
  }
  return done();
}

// Only a sender that knows the secret may learn why not.
Status check_usable(const store::Invitation& invitation, const Fingerprint& sender, Time now) {
  const auto refused_with = [](const char* word, std::string why) {
    return permanent_error(word, "the invitation is not taken", std::move(why));
  };
  if (invitation.used_by && *invitation.used_by != sender) {
    return refused_with(kRefusedUsed, "the invitation is spent by another");
  }
  if (now >= invitation.expires || now < invitation.created - kClockDifference) {
    return refused_with(kRefusedExpired, "the invitation has expired");
  }
  return done();
}

// The invitation, if this identity may use it now: it exists, has not expired, and is unspent or
// spent by this identity.
Result<store::Invitation> usable_invitation(const store::ReadTransaction& txn,
                                            const InvitationId& id, const Fingerprint& sender,
                                            Time now) {
  auto invitation = store::find_invitation(txn, id);
  if (!invitation) return refused("no such invitation");
  if (const Status usable = check_usable(*invitation, sender, now); !usable) return usable.error();
  return *std::move(invitation);
}

HandshakeBinding binding_of(const store::Invitation& invitation, const PairingSelf& self,
                            const AcceptClaim& claim) {
  HandshakeBinding binding;
  binding.inviter = self.signer.fingerprint();
  binding.accepter = claim.accepter;
  std::copy_n(invitation.payload_digest.begin(),
              std::min(invitation.payload_digest.size(), binding.payload_hash.size()),
              binding.payload_hash.begin());
  binding.accepter_card_hash = claim.card_hash;
  return binding;
}

AcceptClaim claim_of(const Accept& accept) {
  return {accept.card.card.sender, accept.invitation,
          crypto::sha256(accept.card.document.content()), accept.mac};
}

Result<Bytes> make_answer(const store::Invitation& invitation, const PairingSelf& self,
                          const Accept& accept, const AcceptRequest& request) {
  auto own = open_card(self.card);
  if (!own) return internal_error("bad-own-card", "the own card cannot be read", own.error().text);
  const Mac mac =
      answer_mac(invitation.secret.view(), binding_of(invitation, self, claim_of(accept)),
                 crypto::sha256(own->document.content()));
  const DocumentHead head{.sender = self.signer.fingerprint(),
                          .receiver = accept.card.card.sender,
                          .id = random_document_id(),
                          .time = request.now};
  return sign_accepted(head, {.re = request.document.head().id, .card = self.card, .mac = mac},
                       self.signer);
}

// Spends the code and stores the pairing, unless another identity was quicker.
Result<Bytes> spend(store::WriteTransaction& txn, const Accept& accept, const Bytes& answer,
                    const AcceptRequest& request, const PairingSelf& self) {
  const Fingerprint& sender = accept.card.card.sender;
  auto invitation = usable_invitation(txn, accept.invitation, sender, request.now);
  if (!invitation) return invitation.error();
  if (invitation->used_by) return invitation->answer;
  const Pairing pairing{.origin = store::PeerOrigin::invited_by_us,
                        .address = request.address,
                        .named = invitation->domains,
                        .given = self.card,
                        .replaces = invitation->replaces,
                        .agreed = invitation->created};
  if (auto paired = pair_with(txn, accept.card, pairing, {self.domains, request.now}); !paired) {
    return refused(paired.error().text);
  }
  invitation->used = request.now;
  invitation->used_by = sender;
  invitation->used_from = request.address;
  invitation->answer = answer;
  store::put_invitation(txn, *invitation);
  return answer;
}

// The invitation, if the sender may use it and knows its secret, and nobody changed the sender's
// card on the way.
Result<store::Invitation> check_claim(const store::Store& store, const PairingSelf& self,
                                      const AcceptClaim& claim, Time now) {
  Result<store::Invitation> found = refused("not read");
  bool was_ended = false;
  auto read = store.read([&](const store::ReadTransaction& txn) {
    auto invitation = store::find_invitation(txn, claim.invitation);
    // Its stored answer would say that the two are still paired.
    was_ended = invitation && invitation->used_by == claim.accepter &&
                store::find_tombstone(txn, claim.accepter);
    found = invitation ? Result<store::Invitation>(*std::move(invitation))
                       : Result<store::Invitation>(refused("no such invitation"));
    return done();
  });
  if (!read) return read.error();
  if (!found) return found;
  const Mac right = accept_mac(found->secret.view(), binding_of(*found, self, claim));
  if (!equal_in_constant_time(right, claim.mac)) return refused("wrong MAC");
  if (const Status usable = check_usable(*found, claim.accepter, now); !usable) {
    return usable.error();
  }
  if (was_ended) {
    return permanent_error(kRefusedRemoved, "the invitation is not taken",
                           "the pairing that it made has ended");
  }
  return found;
}

}  // namespace

Result<GivenInvitation> give_invitation(store::Store& store, const InvitationWish& wish, Time now) {
  if (const Status fit = check_wish(wish); !fit) return fit.error();
  Invitation invitation{wish.inviter, crypto::random_secret(kInvitationSecretBytes), wish.url,
                        wish.own_domains, wish.partner_domains};
  auto payload = invitation_payload(invitation);
  if (!payload) return payload.error();
  const InvitationId id = invitation_id(invitation.secret.view());
  const Time expires = now + wish.valid;
  auto written = store.write([&](store::WriteTransaction& txn) {
    for (const store::Invitation& old : store::list_invitations(txn)) {
      if (old.expires + kOldInvitationAge < now) store::remove_invitation(txn, old.id);
    }
    store::Invitation record;
    record.id = bytes_of(id);
    record.secret = invitation.secret.clone();
    record.payload_digest = bytes_of(crypto::sha256(payload->view()));
    record.domains = wish.partner_domains;
    record.created = now;
    record.expires = expires;
    record.replaces = wish.replaces;
    store::put_invitation(txn, record);
    return done();
  });
  if (!written) return written.error();
  return GivenInvitation{code_of_payload(payload->view()), expires};
}

Status check_accept_claim(const store::Store& store, const PairingSelf& self,
                          const AcceptClaim& claim, Time now) {
  auto found = check_claim(store, self, claim, now);
  return found ? done() : Status(found.error());
}

Result<Bytes> answer_accept(store::Store& store, const PairingSelf& self,
                            const AcceptRequest& request) {
  const ExpectedDocument expected{DocumentType::accept, self.signer.fingerprint(), request.now};
  if (auto fit = check_head(request.document, expected); !fit) return refused(fit.error().text);
  auto accept = read_accept(request.document);
  if (!accept) return refused(accept.error().text);
  auto invitation = check_claim(store, self, claim_of(*accept), request.now);
  if (!invitation) return invitation.error();
  // A repetition costs neither a signature nor a commit, however often it comes.
  if (invitation->used_by) return invitation->answer;
  auto answer = make_answer(*invitation, self, *accept, request);
  if (!answer) return answer.error();
  Result<Bytes> given = refused("not written");
  auto written = store.write([&](store::WriteTransaction& txn) -> Status {
    given = spend(txn, *accept, *answer, request, self);
    if (!given) return given.error();
    return done();
  });
  if (!written) return written.error();
  return given;
}

}  // namespace culvert::peering
