#include "store/waiting.h"

#include <algorithm>

#include "store/keys.h"
#include "store/queue_codec.h"

namespace culvert::store {

LastAttempts last_attempts(const ReadTransaction& txn, DeliveryPath path,
                           std::string_view destination, std::size_t limit) {
  LastAttempts last;
  const Bytes prefix = due_prefix(txn.seal(), path, destination);
  // Behind all of the destination: no key of it begins with such a time.
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

bool note_delay_report(WriteTransaction& txn, const EntryId& id, Time when) {
  auto entry = find_entry(txn, id);
  if (!entry) return false;
  entry->delay_reported = when;
  txn.put(Table::queue, entry_key(id), encode(*entry));
  return true;
}

}  // namespace culvert::store
