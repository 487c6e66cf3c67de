#include "peering/peer_budget.h"

#include <algorithm>

#include "store/invitations.h"

namespace culvert::peering {
namespace {

Error too_much(const char* of_what) {
  return temporary_error(kTooMuch, "the peer sends more than this node takes for now", of_what);
}

}  // namespace

bool PeerBudget::Bucket::take(SteadyTime now, double most, double per_second) {
  if (filled != SteadyTime{} && now > filled) {
    const double seconds = std::chrono::duration<double>(now - filled).count();
    left = std::min(most, left + seconds * per_second);
  }
  filled = now;
  if (left < 1) return false;
  left -= 1;
  return true;
}

Status PeerBudget::take_document(const store::ReadTransaction& txn, const Fingerprint& peer,
                                 SteadyTime now) {
  const std::lock_guard lock(mutex_);
  OfPeer& of = peers_[peer];
  if (!of.documents.take(now, kDocumentsAtOnce, kDocumentsPerSecond)) return too_much("documents");
  if (!of.counted || now - *of.counted >= kAnsweredCountAge) {
    of.answered = store::count_answered(txn, peer, kMaxAnsweredOfPeer);
    of.counted = now;
  }
  if (of.answered >= kMaxAnsweredOfPeer) return too_much("answered ids");
  ++of.answered;
  return done();
}

Status PeerBudget::take_card(const Fingerprint& peer, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  const bool fits = peers_[peer].cards.take(now, kCardsAtOnce, kCardsPerSecond);
  return fits ? done() : Status(too_much("cards"));
}

}  // namespace culvert::peering
