// Rules and routes as the flow of mail sees them: a snapshot that is read without a lock or a
// transaction for every recipient, and replaced whole when something changed.
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

// What outbound mail needs to know of a domain with a route.
struct RouteView {
  RouteUse use = RouteUse::none;
  Fingerprint peer;
  std::uint64_t largest_message_bytes = 0;  // 0: the peer did not say
  std::string why_waiting;                  // for the queue's reason
  bool was_active = false;                  // the domain has, or had, an active route
};

// What the flow of mail needs to know of a peer, whose record holds its whole card and costs more
// to open than a message.
struct PeerView {
  store::PeerState state = store::PeerState::pairing;
  std::uint64_t largest_message_bytes = 0;
  std::string outbound_held;  // not empty: nothing is sealed for it, and why
  Time card_expires{};        // beyond, nothing is sealed for it until a new card comes
  std::vector<crypto::Certificate> encryption;  // newest first, without revoked ones
  std::vector<std::uint64_t> tunnel_forms{};    // that it opens; none: it does not say

  // The newest that is valid at `now`; nothing: mail has to wait for a new card.
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

  // Nothing if there is none; valid as long as the snapshot.
  const RouteView* route_of(const Domain& domain) const;
  // True if any domain's mail is or was to come sealed.
  bool has_tunnels() const;
  const PeerView* peer(const Fingerprint& fingerprint) const;
  // For opening: every peer with a route for the domain. The certificates are parsed once for all
  // messages, which spares more time than a signature takes to verify.
  std::vector<peering::RouteHolder> holders_of(const Domain& domain) const;
  PathDecision decide_for(const ReversePath& sender, const Mailbox& recipient,
                          bool recipient_is_ours) const;

 private:
  Parts parts_;
};

// Holds the present snapshot. Thread-safe.
class Routing {
 public:
  // `store` must outlive it.
  explicit Routing(const store::Store& store) : store_(store) {}
  // Reads rules and routes anew. On an error the old snapshot stays.
  Status refresh();
  std::shared_ptr<const RoutingSnapshot> current() const;

 private:
  void tell_who_waits(const std::map<Domain, std::vector<store::Route>>& routes,
                      const std::map<Fingerprint, PeerView>& peers);

  const store::Store& store_;
  peering::PinnedCertificateCache pinned_;
  std::mutex refreshing_;  // held for the whole: an older reading must not replace a newer one
  mutable std::mutex mutex_;
  std::set<Fingerprint> told_;  // peers of which the log says that mail for them waits
  // Shared, because readers keep a snapshot for the length of a message.
  std::shared_ptr<const RoutingSnapshot> current_ = std::make_shared<RoutingSnapshot>();
};

// The strongest of several peers' routes for one domain: active before waiting before none.
RouteView combine_routes(const std::vector<store::Route>& routes,
                         const std::map<Fingerprint, PeerView>& peers);

}  // namespace culvert::node
