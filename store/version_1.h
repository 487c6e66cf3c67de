// Stores of version 1: the same tables and records, not sealed, with addresses and domains in keys.
// Only migration.cc reads them. Records not listed here are as in schema.h.
//
// - due: path(1) destination NUL time(8) entry id -> nothing; made anew from `queue`
// - seen: fingerprint, culvert id, recipient -> sealing time(8)
// - seen_by_time: sealing time(8), key of `seen` -> nothing; made anew from `seen`
// - trace_addresses: address NUL time(8) message id -> nothing; not taken over
// - routes: domain NUL fingerprint -> Route
// - peer_routes: fingerprint, domain -> nothing; made anew from `routes`
// - rules: scope NUL key -> value
// - meta: `key-check` is "culvert", sealed under KeyPurpose::secrets
#pragma once

#include "store/transaction.h"

namespace culvert::store {

inline constexpr std::uint32_t kVersion1 = 1;

// True for tables that are not read, because another one holds all that they hold.
bool is_made_anew(Table table);
// True for a table that version 1 had; the others came later.
bool was_in_version_1(Table table);

// Whether a store of version 1 was made with that key, judged by its `key-check`.
bool is_key_of_version_1(const crypto::SealingKey& secrets_key, ByteView key_check);

// Converts one record of version 1 into `to`. internal `damaged-record`, with nothing put, for a
// record that version 1 cannot have written there. Failures of the transaction stick to it.
Status convert_record(WriteTransaction& to, Table table, ByteView key, ByteView value);

}  // namespace culvert::store
