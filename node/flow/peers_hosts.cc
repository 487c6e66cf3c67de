#include "node/flow/peers_hosts.h"

#include "node/flow/quarantine_source.h"
#include "store/peer_networks.h"

namespace culvert::node {

bool is_peers_host(const FlowContext& context, const IpAddress& client) {
  bool found = false;
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    found = !store::peers_of_network(txn, source_network(client), context.clock.now(), 1).empty();
    return done();
  });
  return read && found;
}

}  // namespace culvert::node
