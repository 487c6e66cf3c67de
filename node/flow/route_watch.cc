#include "node/flow/route_watch.h"

#include <algorithm>
#include <iterator>

#include "crypto/base/log.h"
#include "node/flow/waiting_mail.h"
#include "store/queue.h"
#include "store/routes.h"

namespace culvert::node {
namespace {

// Mail that waited for a route, of one domain, that is made due at once.
constexpr std::size_t kMaxRetried = 100'000;

std::set<Domain> active_domains(const store::ReadTransaction& txn) {
  std::set<Domain> out;
  for (const store::Route& route : store::list_routes(txn)) {
    if (route.state == store::RouteState::active) out.insert(route.domain);
  }
  return out;
}

}  // namespace

void RouteWatch::routes_changed() {
  if (auto fresh = flow_.routing.refresh(); !fresh) log_error("{}", fresh.error().text);
  std::set<Domain> now_active;
  const Status read = flow_.store.read([&](const store::ReadTransaction& txn) {
    now_active = active_domains(txn);
    return done();
  });
  if (!read) return log_error("peering: {}", read.error().text);
  const std::set<Domain> fresh = became_active(std::move(now_active));
  if (!fresh.empty()) retry(fresh);
}

std::set<Domain> RouteWatch::became_active(std::set<Domain> now_active) {
  std::set<Domain> fresh;
  const std::lock_guard lock(mutex_);
  std::set_difference(now_active.begin(), now_active.end(), active_.begin(), active_.end(),
                      std::inserter(fresh, fresh.end()));
  active_ = std::move(now_active);
  return fresh;
}

void RouteWatch::retry(const std::set<Domain>& domains) {
  const Time now = flow_.clock.now();
  const Status written = flow_.store.write([&](store::WriteTransaction& txn) {
    for (const Domain& domain : domains) {
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
