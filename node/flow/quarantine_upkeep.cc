#include "node/flow/quarantine_upkeep.h"

#include "crypto/base/log.h"
#include "node/flow/quarantine_source.h"
#include "store/peer_networks.h"
#include "store/quarantine.h"

namespace culvert::node {
namespace {

// How many items one commit removes, or one read looks at: enough to keep up, few enough not to
// hold up mail.
constexpr std::size_t kPiece = 500;
constexpr std::size_t kPurgePiece = 2000;

void reserve_again(FlowContext& context, const std::vector<store::EntryId>& waiting) {
  for (const store::EntryId& id : waiting) {
    std::optional<store::Message> message;
    const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
      message = store::find_message(txn, id.message);
      return done();
    });
    if (!read || !message) continue;
    context.quarantine.room.keep_room(id.message, shares_for(context, *message).front(),
                                      message->size_bytes);
  }
}

bool is_over(FlowContext& context, const store::QuarantineItem& item) {
  const LimitSettings& limits = context.config.get()->limits;
  const auto held = context.watch.now_for(item.since) - item.since;
  return held > (item.peer ? limits.held_peer : limits.held_stranger);
}

// Our own administrator finds each item in its trace. The log gets one line for all of them,
// because strangers decide how many there are.
void tell_of_expired(const std::vector<store::QuarantineItem>& items) {
  log_info("{} held mails have expired in quarantine, the first is {} ({})", items.size(),
           items.front().message.id.hex(), items.front().reason_code);
}

Status drop_expired(FlowContext& context, const std::vector<store::QuarantineItem>& items) {
  const Time now = context.clock.now();
  const Status written = context.store.write([&](store::WriteTransaction& txn) -> Status {
    for (const store::QuarantineItem& item : items) {
      if (!store::drop_quarantine(txn, item.message.id)) continue;
      store::trace_end_of_item(txn, item, {now, "expired", {{"reason", item.reason_code}}},
                               store::TroubleState::expired);
    }
    return done();
  });
  if (written) tell_of_expired(items);
  return written;
}

Status expire_items(FlowContext& context) {
  std::optional<store::MessageId> from;
  do {
    store::QuarantinePage page;
    const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
      page = store::list_quarantine(txn, from, kPiece);
      return done();
    });
    if (!read) return read;
    std::erase_if(page.items, [&context](const auto& item) { return !is_over(context, item); });
    if (!page.items.empty()) {
      if (const Status dropped = drop_expired(context, page.items); !dropped) return dropped;
    }
    from = page.next;
  } while (from);
  return done();
}

Status forget_copies(FlowContext& context) {
  const Time now = context.watch.now_for_oldest();
  std::optional<Bytes> from = Bytes{};
  while (from) {
    const Bytes start = *from;
    const Status written = context.store.write([&](store::WriteTransaction& txn) -> Status {
      from = store::purge_held_copies(txn, now, start, kPurgePiece);
      return done();
    });
    if (!written) return written;
  }
  return done();
}

Status forget_networks(FlowContext& context) {
  const Time now = context.watch.now_for_oldest();
  std::size_t removed = 0;
  do {
    const Status written = context.store.write([&](store::WriteTransaction& txn) -> Status {
      removed = store::purge_peer_networks(txn, now, kPurgePiece);
      return done();
    });
    if (!written) return written;
  } while (removed == kPurgePiece);
  return done();
}

}  // namespace

Status start_quarantine(FlowContext& context) {
  const Status counted = context.store.write([](store::WriteTransaction& txn) -> Status {
    store::recount_quarantine(txn);
    return done();
  });
  if (!counted) return counted;
  std::vector<store::EntryId> waiting;
  const Status read = context.store.read([&waiting](const store::ReadTransaction& txn) -> Status {
    waiting = store::entries_on_path(txn, store::DeliveryPath::open);
    return done();
  });
  if (!read) return read;
  reserve_again(context, waiting);
  return done();
}

void tell_quarantine_news(FlowContext& context) {
  if (const auto news = context.quarantine.news.take(context.clock.steady())) {
    log_warning("{}", *news);
  }
}

void tend_quarantine(FlowContext& context) {
  for (const store::MessageId& id : context.quarantine.room.taken()) {
    bool there = true;
    const Status read = context.store.read([&](const store::ReadTransaction& txn) -> Status {
      there = store::find_message(txn, id).has_value();
      return done();
    });
    if (read && !there) context.quarantine.room.release(id);
  }
  tell_quarantine_news(context);
}

void expire_quarantine(FlowContext& context) {
  if (const Status s = expire_items(context); !s) log_error("quarantine: {}", s.error().text);
  if (const Status s = forget_copies(context); !s) log_error("quarantine: {}", s.error().text);
  if (const Status s = forget_networks(context); !s) log_error("quarantine: {}", s.error().text);
}

}  // namespace culvert::node
