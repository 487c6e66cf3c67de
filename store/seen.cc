#include "store/seen.h"

#include <algorithm>

#include "store/meta.h"
#include "store/table.h"

namespace culvert::store {

namespace {

constexpr std::string_view kHorizon = "seen-horizon";

Bytes seen_key(const ReadTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
               std::string_view recipient) {
  return KeyWriter()
      .bytes(peer.view())
      .bytes(culvert_id.view())
      .bytes(txn.index(Table::seen, recipient))
      .take();
}

}  // namespace

bool was_seen(const ReadTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
              const Mailbox& recipient) {
  return txn.has(Table::seen, seen_key(txn, peer, culvert_id, recipient.text()));
}

bool note_seen(WriteTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
               const Mailbox& recipient, Time sealed) {
  return note_seen(txn, peer, culvert_id, recipient.text(), sealed);
}

bool note_seen(WriteTransaction& txn, const Fingerprint& peer, const MessageId& culvert_id,
               std::string_view recipient, Time sealed) {
  const Bytes key = seen_key(txn, peer, culvert_id, recipient);
  if (txn.has(Table::seen, key)) return false;
  txn.put(Table::seen, key, KeyWriter().time(sealed).take());
  txn.put(Table::seen_by_time, KeyWriter().time(sealed).bytes(key).take(), {});
  return true;
}

Time seen_horizon(const ReadTransaction& txn) { return from_unix(read_number(txn, kHorizon)); }

Time next_horizon(Time current, Time wall_now, std::chrono::seconds steady_elapsed,
                  std::chrono::seconds age) {
  const Time wanted = wall_now - age;
  const Time reachable = current + std::max(steady_elapsed, std::chrono::seconds(0));
  return std::max(current, std::min(wanted, reachable));
}

void start_seen_horizon(WriteTransaction& txn, Time now) {
  write_number(txn, kHorizon, to_unix(now - kSeenRecordAge));
}

void advance_seen_horizon(WriteTransaction& txn, Time horizon) {
  if (horizon > seen_horizon(txn)) write_number(txn, kHorizon, to_unix(horizon));
}

std::size_t purge_seen(WriteTransaction& txn, std::size_t limit) {
  const Time horizon = seen_horizon(txn);
  std::vector<Bytes> keys;
  each_key(txn, Table::seen_by_time, {}, [&](ByteView key) {
    if (keys.size() == limit || key.size() < 8 || read_time(key) >= horizon) return false;
    keys.emplace_back(key.begin(), key.end());
    return true;
  });
  for (const Bytes& key : keys) {
    txn.erase(Table::seen_by_time, key);
    txn.erase(Table::seen, ByteView(key).subspan(8));
  }
  return keys.size();
}

}  // namespace culvert::store
