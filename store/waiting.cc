#include "store/waiting.h"

#include <algorithm>

#include "store/keys.h"
#include "store/queue_codec.h"

namespace culvert::store {

LastAttempts last_attempts(const ReadTransaction& txn, DeliveryPath path,
                           std::string_view destination, std::size_t limit) {
  LastAttempts last;
  const Bytes prefix = due_prefix(txn.seal(), path, destination);
  // After all keys of the destination: none of them begins with such a time.
  Bytes end = prefix;
  end.insert(end.end(), 8, 0xff);
  for (Cursor at = txn.scan_back(Table::due, end); !at.at_end(); at.previous()) {
    if (!starts_with(at.key(), prefix) || last.looked_at == limit) break;
    ++last.looked_at;
    const auto id = read_entry_key(at.key());
    const auto entry = id ? find_entry(txn, *id) : std::nullopt;
    if (!entry || entry->attempts == 0 || entry->reason.empty()) continue;
    last.created = last.attempts == 0 ? entry->created : std::min(last.created, entry->created);
    if (last.attempts == 0) last.reason = entry->reason;
    last.attempts += entry->attempts;
    if (last.attempts >= kAttemptsThatTell) break;
  }
  return last;
}

const std::string& WaitReasons::of_destination(const QueueEntry& entry) {
  const auto [at, is_new] = known_.try_emplace({entry.path, entry.destination});
  if (is_new) {
    LastAttempts last = last_attempts(txn_, entry.path, entry.destination, left_);
    left_ -= last.looked_at;
    at->second = std::move(last.reason);
  }
  return at->second;
}

void note_delay_report(WriteTransaction& txn, QueueEntry entry, Time when) {
  entry.delay_reported = when;
  txn.put(Table::queue, entry_key(entry.id), encode(entry));
}

}  // namespace culvert::store
