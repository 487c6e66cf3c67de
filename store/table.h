// Reading typed records from a table: for the files that encode them.
#pragma once

#include <functional>
#include <optional>

#include "crypto/base/log.h"
#include "store/damage.h"
#include "store/keys.h"
#include "store/transaction.h"

namespace culvert::store {

// The record with this key. A record that cannot be decoded is treated like one that does not open:
// it is set aside and counts as absent, or fails the transaction if its table decides trust.
template <typename T>
std::optional<T> load(const ReadTransaction& txn, Table table, ByteView key,
                      const std::function<Result<T>(ByteView)>& decode) {
  const auto record = txn.get(table, key);
  if (!record) return std::nullopt;
  Result<T> value = decode(*record);
  if (value) return std::move(value).value();
  txn.set_aside(table, key);
  return std::nullopt;
}

// Calls `visit(key, value)` for all records whose key begins with `prefix` (empty: all), from the
// key `from` on, in order, until it returns false. The visitor must not write. Records that do not
// open are noted and passed over, so that one of them does not hide the rest.
template <typename Visit>
void each(const ReadTransaction& txn, Table table, ByteView prefix, ByteView from, Visit visit) {
  const WalkGuard walking(txn);
  for (Cursor at = txn.scan(table, from); !at.at_end(); at.next()) {
    if (!starts_with(at.key(), prefix)) return;
    const auto value = at.value();
    if (value && !visit(at.key(), *value)) return;
  }
}

// The same for keys alone. Anybody who can write the disk can make a key, so this is for records
// that are then removed, whatever they are.
template <typename Visit>
void each_key(const ReadTransaction& txn, Table table, ByteView prefix, Visit visit) {
  const WalkGuard walking(txn);
  for (Cursor at = txn.scan(table, prefix); !at.at_end(); at.next()) {
    if (!starts_with(at.key(), prefix) || !visit(at.key())) return;
  }
}

// All records whose key begins with `prefix`. Damaged ones are noted and left out.
template <typename T>
std::vector<T> load_all(const ReadTransaction& txn, Table table, ByteView prefix,
                        const std::function<Result<T>(ByteView)>& decode) {
  std::vector<T> values;
  each(txn, table, prefix, prefix, [&](ByteView key, ByteView record) {
    Result<T> value = decode(record);
    if (value) {
      values.push_back(std::move(value).value());
    } else {
      txn.damage().note(table, key);
    }
    return true;
  });
  return values;
}

// A copy of the keys that begin with `prefix`, at most `limit`. For records that are then removed,
// not for decisions (`each_key`).
inline std::vector<Bytes> keys_of(const ReadTransaction& txn, Table table, ByteView prefix,
                                  std::size_t limit) {
  std::vector<Bytes> keys;
  each_key(txn, table, prefix, [&](ByteView key) {
    if (keys.size() == limit) return false;
    keys.emplace_back(key.begin(), key.end());
    return true;
  });
  return keys;
}

}  // namespace culvert::store
