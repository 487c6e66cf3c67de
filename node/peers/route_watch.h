// What a change of routes by peering means for mail: routing is read again, mail in quarantine that
// waited for a route is looked at, and mail in the queue that waited is tried now. Blocking (a
// commit); thread-safe.
#pragma once

#include <mutex>
#include <set>
#include <utility>

#include "node/flow/flow_context.h"
#include "store/peers.h"

namespace culvert::node {

class RouteWatch {
 public:
  // `flow` must outlive it.
  explicit RouteWatch(FlowContext& flow) : flow_(flow) {}
  // Call this after a commit that may have changed routes.
  void routes_changed();
  // A peer that could not be reached answers again: its mail is tried now.
  void peer_is_back(const Fingerprint& peer);

 private:
  // A domain with an active route, and whether mail can be sealed for its peer. When either becomes
  // true, mail that waited goes on.
  using ActiveDomains = std::set<std::pair<Domain, bool>>;

  ActiveDomains active_domains(const store::ReadTransaction& txn) const;
  bool is_ready(const store::ReadTransaction& txn, const store::Peer& peer) const;
  ActiveDomains became_active(ActiveDomains now_active);
  void retry(const ActiveDomains& domains);

  FlowContext& flow_;
  std::mutex mutex_;
  ActiveDomains active_;
};

}  // namespace culvert::node
