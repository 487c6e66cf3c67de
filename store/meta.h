// What the store keeps about itself: version, a check of the node key, generation, counters.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// permanent `store-altered`: that record of `meta` is not one that a store begins with. The text
// never advises to remove the store: all mail may still be there.
Error altered_front(std::string_view record);
// For a new store.
Status write_first_meta(WriteTransaction& txn, Time now);
// Whether a store of version `found` (0: there is none) fits a key file of version `key_version`.
// permanent `schema-newer`, `store-to-migrate`, `store-put-back` (older than the key file says, so
// anybody may have altered it), `no-store` (its creation was cut off).
Status check_version(std::int64_t found, int key_version);
// The same errors, and permanent `wrong-node-key`, `store-altered`.
Status check_meta(const ReadTransaction& txn, int key_version);

void raise_generation(WriteTransaction& txn);
std::uint64_t read_generation(const ReadTransaction& txn);

// Numbers by name; 0 if there is none.
std::int64_t read_number(const ReadTransaction& txn, std::string_view name);
void write_number(WriteTransaction& txn, std::string_view name, std::int64_t value);

}  // namespace culvert::store
