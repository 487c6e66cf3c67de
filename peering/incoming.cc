#include "peering/incoming.h"

#include "peering/acceptance.h"
#include "peering/refusal_word.h"
#include "peering/replay.h"
#include "peering/revocation.h"
#include "peering/trouble.h"

namespace culvert::peering {
namespace {

Error refused(std::string why) {
  return permanent_error("refused", "the peering message is not taken", std::move(why));
}

// For senders that may be told the word (refusal_word.h).
Error refused_with(const char* word, std::string why) {
  return permanent_error(word, "the peering message is not taken", std::move(why));
}

Error copied_key(std::string why) {
  return permanent_error(kCopiedKey, "the peering message is not taken", std::move(why));
}

// A verified document while it is acted on.
struct Acting {
  const PairingSelf& self;
  const IncomingMessage& incoming;
  const VerifiedDocument& document;
  PeerBudget& budget;
};

Result<IncomingOutcome> act_on_challenge(store::WriteTransaction& txn, const Acting& acting) {
  auto challenge = read_challenge(acting.document);
  if (!challenge) return challenge.error();
  const ReceivedChallenge received{acting.document.head().sender, *challenge,
                                   acting.incoming.carrier};
  auto answer = take_challenge(txn, received, acting.self.domains, acting.incoming.now);
  if (!answer) return answer.error();
  IncomingOutcome outcome;
  if (*answer) {
    outcome.prove = received;
    outcome.with = **answer;
  }
  return outcome;
}

Result<IncomingOutcome> act_on_answer(store::WriteTransaction& txn, const Acting& acting) {
  auto answer = read_answer(acting.document);
  if (!answer) return answer.error();
  if (!take_answer(txn, {acting.document.head().sender, *answer}, acting.incoming.now)) {
    return refused("an answer to no challenge of ours, or a wrong one");
  }
  IncomingOutcome outcome;
  outcome.routes_changed = true;
  return outcome;
}

// A peer's news about mail of ours. Items about unknown mail are ignored silently.
Result<IncomingOutcome> act_on_trouble(store::WriteTransaction& txn, const Acting& acting) {
  const auto items = read_trouble(acting.document);
  if (!items) return items.error();
  IncomingOutcome outcome;
  outcome.heard = take_trouble(txn, acting.document.head().sender, *items, acting.incoming.now);
  return outcome;
}

// Which of our domains the peer accepts. Mail under them may go on.
Result<IncomingOutcome> act_on_routes(store::WriteTransaction& txn, const Acting& acting) {
  const auto routes = read_routes(acting.document);
  if (!routes) return routes.error();
  IncomingOutcome outcome;
  outcome.routes_changed =
      take_routes(txn, acting.document.head().sender, *routes, acting.incoming.now);
  return outcome;
}

// The peer ended the pairing. Mail for it waits until people decide.
Result<IncomingOutcome> act_on_goodbye(store::WriteTransaction& txn, const Acting& acting) {
  const Status removed = remove_peer(txn, acting.document.head().sender, Removal::by_peer,
                                     "its administrator ended the pairing", acting.incoming.now);
  if (!removed) return removed.error();
  IncomingOutcome outcome;
  outcome.routes_changed = true;
  outcome.said_goodbye = true;
  return outcome;
}

Result<IncomingOutcome> act_on_content(store::WriteTransaction& txn, const Acting& acting) {
  switch (acting.document.type()) {
    case DocumentType::proof_challenge:
      return act_on_challenge(txn, acting);
    case DocumentType::proof_answer:
      return act_on_answer(txn, acting);
    case DocumentType::trouble:
      return act_on_trouble(txn, acting);
    case DocumentType::routes:
      return act_on_routes(txn, acting);
    case DocumentType::goodbye:
      return act_on_goodbye(txn, acting);
    case DocumentType::card:
    case DocumentType::revoke:
    case DocumentType::accept:
    case DocumentType::accepted:
      break;
  }
  return refused("not a document with an id of a peer");
}

// Acts once per id: a repetition gets the first answer and changes nothing. Checked inside the
// transaction, because two copies may come at once.
Result<IncomingOutcome> act_once(store::WriteTransaction& txn, const Acting& acting) {
  auto peer = find_trusted_peer(txn, acting.document.head().sender);
  if (!peer) return peer.error();
  // From a former pairing of the two.
  const Time written = acting.document.head().time;
  if (peer->ended_before && written <= *peer->ended_before + kClockDifference &&
      written < peer->paired) {
    return refused_with(kRefusedStale, "from before the pairing was ended, and made anew");
  }
  if (auto before = stored_answer(txn, acting.document)) {
    IncomingOutcome outcome;
    outcome.answer = *std::move(before);
    return outcome;
  }
  // It may have been on its way while people paired the two again. Its sender tries again.
  if (acting.document.type() == DocumentType::goodbye &&
      acting.document.head().time <= peer->paired) {
    return refused_with(kRefusedStale, "a goodbye from before the last pairing");
  }
  auto outcome = act_on_content(txn, acting);
  if (!outcome) return outcome;
  remember_answer(txn, acting.document, outcome->answer);
  outcome->spoken = acting.document.head().time;
  return outcome;
}

// Only reads, so that strangers do not queue ahead of mail for the one writer.
Status check_trusted(const store::Store& store, const Fingerprint& sender) {
  return store.read([&](const store::ReadTransaction& txn) -> Status {
    auto peer = find_trusted_peer(txn, sender);
    return peer ? done() : Status(peer.error());
  });
}

// What can be decided without writing: the sender is no longer a peer, the stored answer, or the
// peer sends too much. Nothing if the document must be acted on.
Result<std::optional<Bytes>> look_before_writing(const store::Store& store, const Acting& acting) {
  const Fingerprint& sender = acting.document.head().sender;
  std::optional<Bytes> before;
  auto read = store.read([&](const store::ReadTransaction& txn) -> Status {
    if (const auto peer = find_trusted_peer(txn, sender); !peer) return peer.error();
    before = stored_answer(txn, acting.document);
    if (before) return done();
    return acting.budget.take_document(txn, sender, acting.incoming.steady);
  });
  if (!read) return read.error();
  return before;
}

Result<IncomingOutcome> act_by_id(store::Store& store, const Acting& acting) {
  const ExpectedDocument expected{acting.document.type(), acting.self.signer.fingerprint(),
                                  acting.incoming.now};
  if (const Status fit = check_head(acting.document, expected); !fit) return fit.error();
  auto before = look_before_writing(store, acting);
  if (!before) return before.error();
  if (*before) {
    IncomingOutcome again;
    again.answer = *std::move(*before);
    return again;
  }
  Result<IncomingOutcome> outcome = refused("not acted on");
  auto written = store.write([&](store::WriteTransaction& txn) -> Status {
    outcome = act_once(txn, acting);
    return outcome ? done() : Status(outcome.error());
  });
  if (!written) return written.error();
  return outcome;
}

// What the card would do. A card that changes nothing must not cost a commit: an outdated card is
// public, and anybody may replay it. temporary `too-much`.
Result<CardJudgement> look_at_card(const store::Store& store, const Acting& acting,
                                   const ReadCard& card) {
  const Fingerprint& sender = card.card.sender;
  CardJudgement judged;
  auto read = store.read([&](const store::ReadTransaction& txn) -> Status {
    if (const auto peer = find_trusted_peer(txn, sender); !peer) return peer.error();
    judged =
        judge_card(card, known_card(txn, card.card), {acting.self.domains, acting.incoming.now});
    return done();
  });
  if (!read) return read.error();
  if (judged.verdict != CardVerdict::accepted) return judged;
  if (const Status fits = acting.budget.take_card(sender, acting.incoming.steady); !fits) {
    return fits.error();
  }
  return judged;
}

// A newer card replaces the older one; the answer is our own card.
Result<IncomingOutcome> act_on_card(store::Store& store, const Acting& acting) {
  const PairingSelf& self = acting.self;
  auto card = open_card(acting.incoming.message);
  if (!card) return card.error();
  auto looked = look_at_card(store, acting, *card);
  if (!looked) return looked.error();
  CardJudgement judged = *std::move(looked);
  if (changes_routes(judged.verdict) || revokes_itself(card->card)) {
    auto written = store.write([&](store::WriteTransaction& txn) {
      judged = take_card(txn, *card, {self.domains, acting.incoming.now, acting.incoming.address});
      return done();
    });
    if (!written) return written.error();
  }
  if (judged.verdict == CardVerdict::copied_key) return copied_key(judged.reason);
  if (judged.verdict == CardVerdict::refused) return refused_with(judged.word, judged.reason);
  IncomingOutcome outcome;
  outcome.answer.assign(self.card.begin(), self.card.end());
  outcome.routes_changed = changes_routes(judged.verdict);
  outcome.is_public = true;
  return outcome;
}

// Counts whoever brings it, and for ever.
Result<IncomingOutcome> act_on_revocation(store::Store& store, const Acting& acting) {
  const auto revocation = read_revocation(acting.document);
  if (!revocation) return revocation.error();
  if (const Status fits = acting.budget.take_card(revocation->sender, acting.incoming.steady);
      !fits) {
    return fits.error();
  }
  IncomingOutcome outcome;
  outcome.is_public = true;
  auto written = store.write([&](store::WriteTransaction& txn) -> Status {
    if (auto peer = find_trusted_peer(txn, revocation->sender); !peer) return peer.error();
    outcome.routes_changed = take_revocation(txn, *revocation, acting.incoming.now);
    return done();
  });
  if (!written) return written.error();
  return outcome;
}

Result<IncomingOutcome> act_on_accept(store::Store& store, const Acting& acting) {
  const IncomingMessage& incoming = acting.incoming;
  if (incoming.carrier != ProofCarrier::https) return refused("pairing goes by HTTPS");
  const AcceptRequest request{acting.document, incoming.address, incoming.now};
  auto answer = answer_accept(store, acting.self, request);
  if (!answer) return answer.error();
  IncomingOutcome outcome;
  outcome.answer = *std::move(answer);
  outcome.routes_changed = true;
  return outcome;
}

Result<IncomingOutcome> act(store::Store& store, const Acting& acting) {
  const VerifiedDocument& document = acting.document;
  if (acting.incoming.sealed_by && *acting.incoming.sealed_by != document.head().sender) {
    return refused("sealed by another than who signed it");
  }
  switch (document.type()) {
    case DocumentType::card:
      return act_on_card(store, acting);
    case DocumentType::revoke:
      return act_on_revocation(store, acting);
    case DocumentType::accept:
      return act_on_accept(store, acting);
    case DocumentType::accepted:
      return refused("an `accepted` comes as an answer only");
    case DocumentType::proof_challenge:
    case DocumentType::proof_answer:
    case DocumentType::trouble:
    case DocumentType::routes:
    case DocumentType::goodbye:
      return act_by_id(store, acting);
  }
  return refused("unknown type");
}

// Every refusal looks the same to a stranger.
Error refusal_of(const Error& why) {
  return refused(why.code == "refused" ? why.detail : why.code + ": " + why.text);
}

// A sender that is no peer may only send an `accept` for a code of ours. Only the MAC is checked
// here: it shows whether verifying the rest is worth the work.
Status admit_stranger(const store::Store& store, const PairingSelf& self,
                      const IncomingMessage& incoming, const crypto::MessageClaim& claim) {
  if (incoming.carrier != ProofCarrier::https) return refused("the sender is not a paired peer");
  if (incoming.message.size() > kMaxStrangerMessageBytes) {
    return refused("the sender is not a paired peer, and the message too large for an accept");
  }
  const auto document = read_document_claim(claim);
  if (!document) return document.error();
  if (document->type != DocumentType::accept) return refused("the sender is not a paired peer");
  const ExpectedDocument expected{DocumentType::accept, self.signer.fingerprint(), incoming.now};
  if (const Status fit = check_head(document->type, document->head, expected); !fit)
    return fit.error();
  const auto accept = read_accept_claim(*document);
  if (!accept) return accept.error();
  return check_accept_claim(store, self, *accept, incoming.now);
}

Status admit(const store::Store& store, const PairingSelf& self, const IncomingMessage& incoming) {
  const auto claim = read_message_claim(incoming.message);
  if (!claim) return claim.error();
  const Status trusted = check_trusted(store, claim->signer);
  if (trusted || trusted.error().fault != Fault::permanent) return trusted;
  return admit_stranger(store, self, incoming, *claim);
}

// Our own trouble (a full disk) is told as such; everything else is the one refusal.
Error told(const Error& why) { return why.fault == Fault::permanent ? refusal_of(why) : why; }

// The same for a sender that a verified signature, or a right MAC, vouches for: it may be told a
// word.
Error told_to_known(const Error& why) {
  const bool is_word = why.code == kCopiedKey || meaning_of_refusal(why.code).has_value();
  return is_word ? why : told(why);
}

// A former peer is told that it was removed, if it really is that identity and speaks to us.
bool is_removed(const store::Store& store, const PairingSelf& self,
                const IncomingMessage& incoming) {
  if (incoming.message.size() > kMaxStrangerMessageBytes) return false;
  const auto claim = read_message_claim(incoming.message);
  if (!claim) return false;
  bool removed = false;
  const Status read = store.read([&](const store::ReadTransaction& txn) {
    removed = store::find_tombstone(txn, claim->signer).has_value();
    return done();
  });
  if (!read || !removed) return false;
  const auto document = verify_document(incoming.message);
  const bool is_card = document && document->type() == DocumentType::card;
  return is_card || (document && document->head().receiver == self.signer.fingerprint());
}

}  // namespace

Result<IncomingOutcome> act_on_message(store::Store& store, const PairingSelf& self,
                                       const IncomingMessage& incoming, IncomingMemory& memory) {
  if (auto admitted = admit(store, self, incoming); !admitted) {
    const Error& why = admitted.error();
    if (why.code == kRefusedExpired || why.code == kRefusedUsed) return why;
    if (why.fault == Fault::permanent && is_removed(store, self, incoming)) {
      return refused_with(kRefusedRemoved, "the sender was removed");
    }
    return told(why);
  }
  auto document = verify_document(incoming.message);
  if (!document) return told(document.error());
  auto outcome = act(store, {self, incoming, *document, memory.budget});
  const Fingerprint& sender = document->head().sender;
  if (outcome) {
    outcome->signer = sender;
    return outcome;
  }
  const Error& why = outcome.error();
  const bool counts = why.fault == Fault::permanent || why.code == kTooMuch;
  if (counts && check_trusted(store, sender)) memory.refusals.note(sender);
  return told_to_known(why);
}

}  // namespace culvert::peering
