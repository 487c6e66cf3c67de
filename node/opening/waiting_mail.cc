#include "node/opening/waiting_mail.h"

#include <algorithm>

#include "node/flow/taken_mail.h"
#include "peering/routes.h"
#include "store/routes.h"

namespace culvert::node {
namespace {

constexpr std::size_t kQuarantinePage = 500;

}  // namespace

bool route_is_open(const store::ReadTransaction& txn, const store::QuarantineItem& item) {
  const auto domain = Domain::parse(item.route_domain);
  if (item.reason_code != "no-route" || !domain) return false;
  // If nobody had a route, nobody's signature was looked for: it may be any holder's.
  const auto routes = store::routes_of_domain(txn, *domain);
  return std::any_of(routes.begin(), routes.end(), [&item](const store::Route& route) {
    return (!item.peer || route.peer == *item.peer) &&
           peering::takes_mail(route.state, route.since, item.message.received);
  });
}

bool may_be_opened(const store::ReadTransaction& txn, const store::QuarantineItem& item, Time now) {
  return route_is_open(txn, item) || (item.opens && *item.opens <= now);
}

store::QueueEntry entry_to_open(const store::QuarantineItem& item, Time now) {
  return new_entry(item.message.id, store::DeliveryPath::open, "", item.recipients, now);
}

Status requeue_waiting_mail(FlowContext& context) {
  std::vector<store::QuarantineItem> ready;
  const Time now = context.clock.now();
  const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
    std::optional<store::MessageId> from;
    do {
      store::QuarantinePage page = store::list_quarantine(txn, from, kQuarantinePage);
      for (store::QuarantineItem& item : page.items) {
        if (may_be_opened(txn, item, now)) ready.push_back(std::move(item));
      }
      from = page.next;
    } while (from);
    return done();
  });
  if (!read || ready.empty()) return read;
  // It keeps its room while it is opened: mail that came meanwhile must not take its place.
  for (const store::QuarantineItem& item : ready) {
    context.quarantine.room.keep_room(item.message.id, store::share_of(item),
                                      item.message.size_bytes);
  }
  const Status written = context.store.write([&](store::WriteTransaction& txn) -> Status {
    for (const store::QuarantineItem& item : ready) {
      const auto moved =
          store::requeue_quarantine(txn, item.message.id, {entry_to_open(item, now)});
      if (!moved) return moved.error();
    }
    return done();
  });
  if (written) return written;
  for (const store::QuarantineItem& item : ready)
    context.quarantine.room.release(item.message.id);
  return written;
}

}  // namespace culvert::node
