// Which queue entries are due: a walk over the table `due` that takes the first few of each
// destination and jumps over the rest.

#include <algorithm>

#include "store/queue.h"
#include "store/queue_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

constexpr std::size_t kTailOctets = 8 + MessageId::kSize + 2;  // time, entry id

struct DuePlace {
  DeliveryPath path = DeliveryPath::clear;
  std::string destination;
};

// The place of a record of `due`. Nothing if its key has another form or it does not open.
std::optional<DuePlace> read_place(const Cursor& at) {
  const ByteView key = at.key();
  if (key.size() != kDuePrefixOctets + kTailOctets) return std::nullopt;
  const auto destination = at.value();
  if (!destination) return std::nullopt;
  return DuePlace{static_cast<DeliveryPath>(key[0]), to_text(*destination)};
}

// A key after all keys of a destination: no tail is this long, or begins with such a time.
Bytes behind(const ReadTransaction& txn, const DuePlace& place) {
  Bytes key = due_prefix(txn.seal(), place.path, place.destination);
  key.resize(key.size() + kTailOctets + 1, 0xff);
  return key;
}

// Takes what is due of the destination at which the cursor stands.
DueDestination take_due(const ReadTransaction& txn, Cursor& at, const DuePlace& place,
                        const DueScan& scan, DueResult& result) {
  DueDestination due{place.path, place.destination, {}};
  const Bytes prefix = due_prefix(txn.seal(), place.path, place.destination);
  const Time farthest = scan.now + kFarthestAttempt;
  std::size_t most = scan.per_destination;
  if (scan.wanted) most = std::min(most, scan.wanted(place.path, place.destination));
  while (!at.at_end() && starts_with(at.key(), prefix)) {
    if (at.key().size() != prefix.size() + kTailOctets) {  // not a key that this program made
      at.next();
      continue;
    }
    const ByteView tail = at.key().last(kTailOctets);
    const Time when = read_time(tail);
    if (when > scan.now && when <= farthest) {
      result.next = std::min(result.next.value_or(when), when);
      // Skip what waits: entries that were deferred before the clock went back may come after it.
      at.seek(KeyWriter().bytes(prefix).time(farthest + std::chrono::seconds(1)).take());
      continue;
    }
    const EntryId id = *read_entry_key(tail);
    if (!scan.claimed || !scan.claimed(id)) {
      if (due.entries.size() == most) break;
      if (at.value()) due.entries.push_back(id);
    }
    at.next();
  }
  return due;
}

}  // namespace

DueResult scan_due(const ReadTransaction& txn, const DueScan& scan) {
  DueResult result;
  Bytes start;
  if (scan.path) start = Bytes{static_cast<std::uint8_t>(*scan.path)};
  if (scan.after) start = behind(txn, {scan.after->first, scan.after->second});
  Cursor at = txn.scan(Table::due, start);
  std::size_t visited = 0;
  std::optional<DuePlace> last;
  while (!at.at_end()) {
    if (visited == scan.destinations) {
      if (last) result.more_after = {last->path, last->destination};
      break;
    }
    auto place = read_place(at);
    if (!place) {
      at.next();
      continue;
    }
    if (scan.path && place->path != *scan.path) break;
    DueDestination due = take_due(txn, at, *place, scan, result);
    if (!due.entries.empty()) result.destinations.push_back(std::move(due));
    at.seek(behind(txn, *place));
    last = std::move(place);
    ++visited;
  }
  return result;
}

std::vector<EntryId> entries_on_unknown_paths(const ReadTransaction& txn, std::size_t limit) {
  std::vector<EntryId> ids;
  Cursor at = txn.scan(Table::due, {});
  while (!at.at_end() && ids.size() < limit) {
    const ByteView key = at.key();
    const std::uint8_t path = key.empty() ? 0 : key[0];
    const auto id = read_entry_key(key);
    if (!is_known(static_cast<DeliveryPath>(path))) {
      if (id && at.value()) ids.push_back(*id);
      at.next();
    } else if (path == UINT8_MAX) {
      break;
    } else {
      at.seek(Bytes{static_cast<std::uint8_t>(path + 1)});
    }
  }
  return ids;
}

std::vector<EntryId> entries_on_path(const ReadTransaction& txn, DeliveryPath path) {
  std::vector<EntryId> ids;
  const Bytes prefix{static_cast<std::uint8_t>(path)};
  each(txn, Table::due, prefix, prefix, [&](ByteView key, ByteView) {
    if (key.size() != kDuePrefixOctets + kTailOctets) return true;
    if (const auto id = read_entry_key(key)) ids.push_back(*id);
    return true;
  });
  return ids;
}

std::size_t retry_destination(WriteTransaction& txn, DeliveryPath path,
                              std::string_view destination, Time now, std::size_t limit) {
  std::vector<EntryId> ids;
  const Bytes prefix = due_prefix(txn.seal(), path, destination);
  const Bytes later = KeyWriter().bytes(prefix).time(now + std::chrono::seconds(1)).take();
  each(txn, Table::due, prefix, later, [&](ByteView key, ByteView) {
    if (ids.size() == limit) return false;
    if (const auto id = read_entry_key(key)) ids.push_back(*id);
    return true;
  });
  for (const EntryId& id : ids)
    retry(txn, id, now);
  return ids.size();
}

}  // namespace culvert::store
