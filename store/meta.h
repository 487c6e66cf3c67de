// What the store keeps about itself: version, a check of the node key, generation, counters.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// permanent `store-altered`: that record of `meta` is not what a store begins with. Never advice to
// remove it: all mail may still be there.
Error altered_front(std::string_view record);
// Of a new store.
Status write_first_meta(WriteTransaction& txn, Time now);
// Whether a store of version `found` (0: there is none) is one for a key file of that version.
// permanent `schema-newer`, `store-to-migrate`, `store-put-back` (older than the key file says, so
// that it may be anybody's), `no-store` (its making was cut off).
Status check_version(std::int64_t found, int key_version);
// Those, and permanent `wrong-node-key`, `store-altered`.
Status check_meta(const ReadTransaction& txn, int key_version);

void raise_generation(WriteTransaction& txn);
std::uint64_t read_generation(const ReadTransaction& txn);

// Numbers by name; 0 if there is none.
std::int64_t read_number(const ReadTransaction& txn, std::string_view name);
void write_number(WriteTransaction& txn, std::string_view name, std::int64_t value);

}  // namespace culvert::store
