// What the store keeps about itself: version, a check of the node key, generation, counters.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// Of a new store.
Status write_first_meta(WriteTransaction& txn, Time now);
// permanent `schema-newer`, `schema-older` (no way to bring it up to date), `wrong-node-key`,
// `no-store` (its making was cut off).
Status check_meta(const ReadTransaction& txn);

void raise_generation(WriteTransaction& txn);
std::uint64_t read_generation(const ReadTransaction& txn);

// Numbers by name; 0 if there is none.
std::int64_t read_number(const ReadTransaction& txn, std::string_view name);
void write_number(WriteTransaction& txn, std::string_view name, std::int64_t value);

}  // namespace culvert::store
