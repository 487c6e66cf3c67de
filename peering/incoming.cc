#include "peering/incoming.h"

#include "peering/replay.h"

namespace culvert::peering {
namespace {

Error refused(std::string why) {
  return permanent_error("refused", "the peering message is not taken", std::move(why));
}

Error copied_key(std::string why) {
  return permanent_error(kCopiedKey, "the peering message is not taken", std::move(why));
}

// A document of a peer that is paired, on its way through one write transaction.
struct Acting {
  const PairingSelf& self;
  const IncomingMessage& incoming;
  const VerifiedDocument& document;
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

// Once per id: the second time gives the first answer and changes nothing.
Result<IncomingOutcome> act_once(store::WriteTransaction& txn, const Acting& acting) {
  auto peer = find_trusted_peer(txn, acting.document.head().sender);
  if (!peer) return peer.error();
  if (auto before = stored_answer(txn, acting.document)) {
    IncomingOutcome outcome;
    outcome.answer = *std::move(before);
    return outcome;
  }
  auto outcome = acting.document.type() == DocumentType::proof_challenge
                     ? act_on_challenge(txn, acting)
                     : act_on_answer(txn, acting);
  if (outcome) remember_answer(txn, acting.document, outcome->answer);
  return outcome;
}

// Strangers are sent away by a read: they must not queue before mail at the one writer.
Status check_trusted(const store::Store& store, const Fingerprint& sender) {
  return store.read([&](const store::ReadTransaction& txn) -> Status {
    auto peer = find_trusted_peer(txn, sender);
    return peer ? done() : Status(peer.error());
  });
}

Result<IncomingOutcome> act_on_proof(store::Store& store, const Acting& acting) {
  const ExpectedDocument expected{acting.document.type(), acting.self.signer.fingerprint(),
                                  acting.incoming.now};
  if (auto fit = check_head(acting.document, expected); !fit) return fit.error();
  if (auto trusted = check_trusted(store, acting.document.head().sender); !trusted) {
    return trusted.error();
  }
  Result<IncomingOutcome> outcome = refused("not acted on");
  auto written = store.write([&](store::WriteTransaction& txn) -> Status {
    outcome = act_once(txn, acting);
    return outcome ? done() : Status(outcome.error());
  });
  if (!written) return written.error();
  return outcome;
}

// A newer card replaces the older one; the answer is our own.
Result<IncomingOutcome> act_on_card(store::Store& store, const Acting& acting) {
  const PairingSelf& self = acting.self;
  auto card = open_card(acting.incoming.message);
  if (!card) return card.error();
  if (auto trusted = check_trusted(store, card->card.sender); !trusted) return trusted.error();
  CardJudgement judged;
  auto written = store.write([&](store::WriteTransaction& txn) {
    judged = take_card(txn, *card, {self.domains, acting.incoming.now});
    return done();
  });
  if (!written) return written.error();
  if (judged.verdict == CardVerdict::copied_key) return copied_key(judged.reason);
  if (judged.verdict == CardVerdict::refused) return refused(judged.reason);
  IncomingOutcome outcome;
  outcome.answer.assign(self.card.begin(), self.card.end());
  outcome.routes_changed = changes_routes(judged.verdict);
  return outcome;
}

Result<IncomingOutcome> act_on_accept(store::Store& store, const Acting& acting,
                                      TryLimits& limits) {
  const IncomingMessage& incoming = acting.incoming;
  if (incoming.carrier != ProofCarrier::https) return refused("pairing goes by HTTPS");
  const AcceptRequest request{acting.document, incoming.address, incoming.now, incoming.steady};
  auto answer = answer_accept(store, acting.self, request, limits);
  if (!answer) return answer.error();
  IncomingOutcome outcome;
  outcome.answer = *std::move(answer);
  outcome.routes_changed = true;
  return outcome;
}

Result<IncomingOutcome> act(store::Store& store, const Acting& acting, TryLimits& limits) {
  const VerifiedDocument& document = acting.document;
  if (acting.incoming.sealed_by && *acting.incoming.sealed_by != document.head().sender) {
    return refused("sealed by another than who signed it");
  }
  switch (document.type()) {
    case DocumentType::card:
      return act_on_card(store, acting);
    case DocumentType::accept:
      return act_on_accept(store, acting, limits);
    case DocumentType::accepted:
      return refused("an `accepted` comes as an answer only");
    case DocumentType::proof_challenge:
    case DocumentType::proof_answer:
      return act_on_proof(store, acting);
  }
  return refused("unknown type");
}

// Every refusal looks the same to who sent it.
Error refusal_of(const Error& why) {
  if (why.code == kCopiedKey) return why;
  return refused(why.code == "refused" ? why.detail : why.code + ": " + why.text);
}

}  // namespace

Result<IncomingOutcome> act_on_message(store::Store& store, const PairingSelf& self,
                                       const IncomingMessage& incoming, IncomingMemory& memory) {
  auto document = verify_document(incoming.message);
  if (!document) return refusal_of(document.error());
  auto outcome = act(store, {self, incoming, *document}, memory.limits);
  // What is our own trouble (a full disk) is told as such; everything else is one refusal.
  if (outcome || outcome.error().fault != Fault::permanent) return outcome;
  const Fingerprint& sender = document->head().sender;
  if (check_trusted(store, sender)) memory.refusals.note(sender);
  return refusal_of(outcome.error());
}

}  // namespace culvert::peering
