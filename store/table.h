// Reading typed records from a table: for the files that code them.
#pragma once

#include <functional>
#include <optional>

#include "crypto/base/log.h"
#include "store/keys.h"
#include "store/transaction.h"

namespace culvert::store {

// The record with this key. A damaged one fails the transaction.
template <typename T>
std::optional<T> load(const ReadTransaction& txn, Table table, ByteView key,
                      const std::function<Result<T>(ByteView)>& decode) {
  const auto record = txn.get(table, key);
  if (!record) return std::nullopt;
  Result<T> value = decode(*record);
  if (value) return std::move(value).value();
  txn.fail(std::move(value).error());
  return std::nullopt;
}

// Calls `visit(key, value)` for all records whose key begins with `prefix` (empty: all), from the
// key `from` on, in order, until it returns false. The visitor must not write.
template <typename Visit>
void each(const ReadTransaction& txn, Table table, ByteView prefix, ByteView from, Visit visit) {
  for (Cursor at = txn.scan(table, from); !at.at_end(); at.next()) {
    if (!starts_with(at.key(), prefix) || !visit(at.key(), at.value())) return;
  }
}

// All records whose key begins with `prefix`. Damaged ones are logged and left out, so that one of
// them does not hide the rest.
template <typename T>
std::vector<T> load_all(const ReadTransaction& txn, Table table, ByteView prefix,
                        const std::function<Result<T>(ByteView)>& decode) {
  std::vector<T> values;
  each(txn, table, prefix, prefix, [&](ByteView key, ByteView record) {
    Result<T> value = decode(record);
    if (value) {
      values.push_back(std::move(value).value());
    } else {
      log_error("store: a damaged record in {}: {}", table_name(table), to_hex(key));
    }
    return true;
  });
  return values;
}

// A copy of the keys that begin with `prefix`, at most `limit`: for what is then removed.
inline std::vector<Bytes> keys_of(const ReadTransaction& txn, Table table, ByteView prefix,
                                  std::size_t limit) {
  std::vector<Bytes> keys;
  each(txn, table, prefix, prefix, [&](ByteView key, ByteView) {
    if (keys.size() == limit) return false;
    keys.emplace_back(key.begin(), key.end());
    return true;
  });
  return keys;
}

}  // namespace culvert::store
