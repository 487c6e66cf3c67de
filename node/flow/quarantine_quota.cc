#include "node/flow/quarantine_quota.h"

#include "store/quarantine.h"

namespace culvert::node {
namespace {

// The peer that the outer sender names. A route that was only claimed does not count: it would let
// a peer shut out the domain of another.
std::optional<Fingerprint> peer_named_by(const FlowContext& context, const ReversePath& sender) {
  if (!sender) return std::nullopt;
  const auto routing = context.routing.current();
  const RouteView* route = routing->route_of(sender->domain());
  if (route == nullptr || route->use == RouteUse::none) return std::nullopt;
  return route->peer;
}

}  // namespace

bool is_over_quota(const store::ReadTransaction& txn, const Fingerprint& peer,
                   std::uint64_t more_bytes) {
  return store::quarantine_bytes(txn, peer) + more_bytes > kQuarantineQuotaBytes;
}

bool quarantine_is_full(const FlowContext& context, const ReversePath& sender) {
  const auto peer = peer_named_by(context, sender);
  bool full = false;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    full = store::quarantine_bytes(txn, std::nullopt) >= kQuarantineQuotaBytes ||
           (peer && store::quarantine_bytes(txn, *peer) >= kQuarantineQuotaBytes);
    return done();
  });
  return !read || full;
}

void wait_for_room(store::WriteTransaction& txn, const store::QueueEntry& entry,
                   const Fingerprint& peer, Time now) {
  store::redirect(txn, entry.id, store::DeliveryPath::open, peer.hex(), now);
  store::defer(txn, entry.id,
               {now + kWaitForRoom,
                "too much mail of this peer is in quarantine (culvert quarantine list)",
                entry.recipients,
                {}});
}

std::optional<Fingerprint> waits_for_room_of(const store::QueueEntry& entry) {
  if (entry.path != store::DeliveryPath::open) return std::nullopt;
  return Fingerprint::from_hex(entry.destination);
}

}  // namespace culvert::node
