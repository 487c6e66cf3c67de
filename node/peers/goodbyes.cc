#include "node/peers/goodbyes.h"

#include "crypto/base/log.h"
#include "peering/document.h"
#include "peering/refusal_word.h"

namespace culvert::node {
namespace {

// A peer that does not count us as a partner any more says so, or nothing. Another word is about
// this document, and the next one may be taken.
bool has_heard(const Result<Bytes>& answer) {
  if (answer) return true;
  const Error& error = answer.error();
  return error.code == kRefusedCode &&
         (error.detail.empty() || error.detail == peering::kRefusedRemoved);
}

// It may have been paired again meanwhile.
bool is_still_due(const TalkContext& context, const Fingerprint& fingerprint) {
  bool is_due = false;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) {
    const auto peer = store::find_peer(txn, fingerprint);
    is_due = peer && peer->state == store::PeerState::removed && peer->goodbye_due;
    return done();
  });
  return read && is_due;
}

Status carry(const TalkContext& context, const store::Peer& peer, const TalkTime& time) {
  const auto keys = context.flow.keys.get();
  const peering::DocumentHead head = head_to(context, peer.fingerprint);
  const auto message =
      peering::sign_document(peering::begin_document(peering::DocumentType::goodbye, head),
                             {keys->ring, keys->identity}, head.time);
  if (!message) return message.error();
  const auto answer = tell_peer(context, peer, *message, time);
  if (has_heard(answer)) return done();
  if (!may_go_by_mail(peer, context.flow.clock.now())) return answer.error();
  return mail_document(context, peer.fingerprint, *message, peering::kMaxDocumentAge);
}

void end(const TalkContext& context, const Fingerprint& fingerprint) {
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    auto peer = store::find_peer(txn, fingerprint);
    if (!peer || !peer->goodbye_due) return done();
    peer->goodbye_due.reset();
    peer->unreachable_since.reset();
    store::put_peer(txn, *peer);
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
}

}  // namespace

bool Goodbyes::is_due(const store::Peer& peer, SteadyTime now) const {
  return peer.state == store::PeerState::removed && peer.goodbye_due &&
         retries_.may_try(peer.fingerprint, now);
}

void Goodbyes::tell(const TalkContext& context, const store::Peer& peer, const TalkTime& time) {
  if (!is_still_due(context, peer.fingerprint)) return;
  const std::string name = printable(peer.name, 80);
  const Status carried = carry(context, peer, time);
  retries_.note(peer.fingerprint, context.flow.clock.steady(), carried.ok());
  const bool is_over = context.flow.clock.now() >= *peer.goodbye_due + peering::kMaxDocumentAge;
  if (carried) log_info("{} was told that the pairing has ended", name);
  if (!carried && !is_over) {
    return log_info("{} cannot be told that the pairing has ended: {}", name, carried.error().text);
  }
  if (!carried) log_warning("{} was not told that the pairing has ended, and is given up", name);
  end(context, peer.fingerprint);
}

}  // namespace culvert::node
