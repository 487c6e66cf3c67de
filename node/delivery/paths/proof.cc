// Path `proof`: peering messages as mail, sealed to the key that they are about.
#include "node/delivery/configured_hop.h"
#include "node/delivery/paths.h"
#include "node/delivery/sealing.h"
#include "node/peers/proof_mail.h"

namespace culvert::node {
namespace {

AttemptPlan plan(const FlowContext& context, store::QueueEntry entry, store::Message message) {
  const Fingerprint peer = entry.peer.value_or(Fingerprint{});
  return sealed_attempt(context, std::move(entry), std::move(message), peer, SealForm::understood);
}

// Tells the route about its challenge.
PathRecords settle(const PathOutcome& outcome) {
  return {.in_commit = [entry = outcome.entry, told = outcome.told, next = outcome.next_try,
                        now = outcome.now](store::WriteTransaction& txn) {
    note_peering_mail(txn, entry, told, next, now);
  }};
}

}  // namespace

extern const PathRow kProofPath;
constinit const PathRow kProofPath{
    .path = store::DeliveryPath::proof,
    .traits = {.seals = true, .delay = DelayTold::never},
    .plan = plan,
    .next_hop = hop_of_domain,
    .source = sealed_source,
    .settle = settle,
};

}  // namespace culvert::node
