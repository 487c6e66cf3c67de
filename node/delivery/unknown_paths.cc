#include "node/delivery/unknown_paths.h"

#include "crypto/base/log.h"
#include "store/queue.h"

namespace culvert::node {
namespace {

// How many entries one commit changes.
constexpr std::size_t kAtOnce = 1000;
// The mark by which they are found again. Frozen.
constexpr std::string_view kHeldReason = "its delivery path is of another version of this program";

bool is_to_release(const store::QueueEntry& entry) {
  return entry.state == store::EntryState::held && entry.reason == kHeldReason &&
         store::is_known(entry.path);
}

std::string entries(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

}  // namespace

void hold_unknown_paths(FlowContext& flow) {
  std::vector<store::EntryId> unknown;
  const Status read = flow.store.read([&](const store::ReadTransaction& txn) -> Status {
    unknown = store::entries_on_unknown_paths(txn, kAtOnce);
    return done();
  });
  if (!read || unknown.empty()) return;
  log_error(
      "{} of the queue are on a delivery path that this version does not know, and held (`culvert "
      "queue list`): update this node again, and they go on by themselves",
      entries(unknown.size()));
  flow.store.write_async(
      [unknown](store::WriteTransaction& txn) -> Status {
        for (const store::EntryId& id : unknown)
          store::hold(txn, id, kHeldReason);
        return done();
      },
      [](const Status& held) {
        if (!held) log_error("it could not be held: {} {}", held.error().text, held.error().detail);
      });
}

void release_known_paths(FlowContext& flow) {
  std::optional<store::EntryId> from;
  std::size_t released = 0;
  do {
    std::optional<store::EntryId> next;
    std::size_t count = 0;
    const Status written = flow.store.write([&](store::WriteTransaction& txn) -> Status {
      next.reset();
      count = 0;
      if (store::held_length(txn) == 0) return done();
      const auto page = store::list_queue(txn, from, kAtOnce);
      for (const store::QueueEntry& entry : page.entries) {
        if (!is_to_release(entry)) continue;
        count += store::release(txn, entry.id, flow.clock.now()) ? 1 : 0;
      }
      next = page.next;
      return done();
    });
    if (!written) return log_error("held mail stays held: {}", written.error().text);
    released += count;
    from = next;
  } while (from);
  if (released == 0) return;
  log_info("{} of the queue were held for their delivery path, and go on now", entries(released));
  flow.wake_dispatcher();
}

}  // namespace culvert::node
