// Rules and routes as the mail flow sees them: a snapshot that is read for every recipient without
// a lock or a transaction, and replaced whole when something changes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "crypto/keys/certificate.h"
#include "node/policy/decision.h"
#include "peering/pinned_certificates.h"
#include "peering/tunnel_open.h"
#include "store/peers.h"
#include "store/routes.h"
#include "store/store.h"

namespace culvert::node {

// What outbound mail needs to know about a domain with a route.
struct RouteView {
  RouteUse use = RouteUse::none;
  Fingerprint peer;
  std::uint64_t largest_message_bytes = 0;  // 0: the peer did not say
  std::string why_waiting;                  // for the queue's reason
  bool was_active = false;                  // the domain has, or had, an active route
};

// What the mail flow needs to know about a peer. The peer's record holds its whole card and costs
// more to open than a message.
struct PeerView {
  store::PeerState state = store::PeerState::pairing;
  std::uint64_t largest_message_bytes = 0;
  std::string outbound_held;  // not empty: why nothing is sealed for it
  Time card_expires{};        // after this, nothing is sealed for it until a new card comes
  std::vector<crypto::Certificate> encryption;  // newest first, without revoked ones
  std::vector<std::uint64_t> tunnel_forms{};    // those that it opens; empty: it does not say
  std::uint64_t taken_serial = 0;               // of the newest card of ours that it has
  // Our domains that it accepts; nothing if its node does not tell.
  std::optional<std::vector<Domain>> accepted{};

  // The newest that is valid at `now`. Nothing: mail has to wait for a new card.
  const crypto::Certificate* encryption_at(Time now) const;
};

class RoutingSnapshot {
 public:
  RoutingSnapshot() = default;
  struct Parts {
    Rules rules;
    std::map<Domain, RouteView> routes;
    std::map<Fingerprint, PeerView> peers;
    std::map<Domain, std::vector<peering::RouteHolder>> holders;
  };
  explicit RoutingSnapshot(Parts parts) : parts_(std::move(parts)) {}

  // Nothing if there is none. Valid as long as the snapshot.
  const RouteView* route_of(const Domain& domain) const;
  // True if any domain has, or had, an active route.
  bool has_tunnels() const;
  const PeerView* peer(const Fingerprint& fingerprint) const;
  // For opening: every peer with a route for the domain. The certificates are parsed once for all
  // messages, which saves more time than verifying a signature takes.
  std::vector<peering::RouteHolder> holders_of(const Domain& domain) const;
  PathDecision decide_for(const ReversePath& sender, const Mailbox& recipient,
                          bool recipient_is_ours) const;

 private:
  Parts parts_;
};

// Holds the current snapshot. Thread-safe.
class Routing {
 public:
  // `store` must outlive it.
  explicit Routing(const store::Store& store) : store_(store) {}
  // Reads rules and routes again. On an error the old snapshot stays.
  Status refresh();
  std::shared_ptr<const RoutingSnapshot> current() const;

 private:
  void tell_who_waits(const std::map<Domain, std::vector<store::Route>>& routes,
                      const std::map<Fingerprint, PeerView>& peers);

  const store::Store& store_;
  peering::PinnedCertificateCache pinned_;
  std::mutex refreshing_;  // held throughout: an older reading must not replace a newer one
  mutable std::mutex mutex_;
  std::set<Fingerprint> told_;  // peers for which the log already says that their mail waits
  // Shared, because readers keep a snapshot for as long as a message takes.
  std::shared_ptr<const RoutingSnapshot> current_ = std::make_shared<RoutingSnapshot>();
};

// The strongest of several peers' routes for one domain: active, then waiting, then none.
RouteView combine_routes(const std::vector<store::Route>& routes,
                         const std::map<Fingerprint, PeerView>& peers);

}  // namespace culvert::node
