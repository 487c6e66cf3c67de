#include "node/peers/route_watch.h"

#include <algorithm>
#include <iterator>

#include "crypto/base/log.h"
#include "node/opening/waiting_mail.h"
#include "peering/acceptance.h"
#include "peering/form_choice.h"
#include "store/peers.h"
#include "store/queue.h"
#include "store/routes.h"

namespace culvert::node {
namespace {

// How many waiting entries of one domain are made due at once.
constexpr std::size_t kMaxRetried = 100'000;

}  // namespace

// That the peer opens what we seal, by a certificate that it knows, under a domain that it accepts.
bool RouteWatch::is_ready(const store::ReadTransaction& txn, const store::Peer& peer) const {
  if (!peering::lists_present_form(peer.tunnel_forms)) return false;
  const auto accepted = peering::accepted_domains(txn, peer);
  if (accepted && accepted->empty()) return false;
  return flow_.keys.get()->signer_for(peer.taken_serial, flow_.clock.now()) != nullptr;
}

RouteWatch::ActiveDomains RouteWatch::active_domains(const store::ReadTransaction& txn) const {
  std::set<Fingerprint> ready;
  for (const store::Peer& peer : store::list_peers(txn)) {
    if (is_ready(txn, peer)) ready.insert(peer.fingerprint);
  }
  ActiveDomains out;
  for (const store::Route& route : store::list_routes(txn)) {
    if (route.state != store::RouteState::active) continue;
    out.emplace(route.domain, ready.count(route.peer) == 1);
  }
  return out;
}

void RouteWatch::routes_changed() {
  if (auto fresh = flow_.routing.refresh(); !fresh) log_error("{}", fresh.error().text);
  ActiveDomains now_active;
  const Status read = flow_.store.read([&](const store::ReadTransaction& txn) {
    now_active = active_domains(txn);
    return done();
  });
  if (!read) return log_error("peering: {}", read.error().text);
  const ActiveDomains fresh = became_active(std::move(now_active));
  if (!fresh.empty()) retry(fresh);
}

void RouteWatch::peer_is_back(const Fingerprint& peer) {
  std::vector<std::string> domains;
  const Time now = flow_.clock.now();
  const Status written = flow_.store.write([&](store::WriteTransaction& txn) {
    domains.clear();
    for (const store::Route& route : store::routes_of_peer(txn, peer)) {
      domains.push_back(route.domain.text());
      for (const auto path : {store::DeliveryPath::tunnel, store::DeliveryPath::proof})
        store::retry_destination(txn, path, domains.back(), now, kMaxRetried);
    }
    return done();
  });
  if (!written) return log_error("peering: {}", written.error().text);
  if (flow_.forget_failures) flow_.forget_failures(std::move(domains));
}

RouteWatch::ActiveDomains RouteWatch::became_active(ActiveDomains now_active) {
  ActiveDomains fresh;
  const std::lock_guard lock(mutex_);
  std::set_difference(now_active.begin(), now_active.end(), active_.begin(), active_.end(),
                      std::inserter(fresh, fresh.end()));
  active_ = std::move(now_active);
  return fresh;
}

void RouteWatch::retry(const ActiveDomains& domains) {
  const Time now = flow_.clock.now();
  const Status written = flow_.store.write([&](store::WriteTransaction& txn) {
    for (const auto& [domain, ready] : domains) {
      store::retry_destination(txn, store::DeliveryPath::tunnel, domain.text(), now, kMaxRetried);
    }
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
  if (auto requeued = requeue_waiting_mail(flow_); !requeued) {
    log_error("mail that waited for a route: {}", requeued.error().text);
  }
  flow_.wake_dispatcher();
}

}  // namespace culvert::node
