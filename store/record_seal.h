// How records stand on disk: each value sealed and authenticated, and bound to its table and key,
// so that who can write the disk without the node key can read none, make none, and move none to
// another place. And what takes the place of an address or a domain in a key: a digest that nobody
// can make without the key. For files of this folder. Thread-safe.
//
//   value       sealed octets (crypto/keys/sealing.h) under the table's key;
//               associated data: schema version(1) table name NUL key
//   table key   BLAKE2b under KeyPurpose::records, over "table", the table's name
//   index       BLAKE2b-128 under KeyPurpose::index, over the table's name, the text
//   element     BLAKE2b-256 under KeyPurpose::census, over the table's name, key, value as on disk
//
// Not sealed again: what `bodies` holds (sealed under the message's own key and bound to its id,
// see bodies.cc), and the number of the schema, which a program must read before it knows how.
#pragma once

#include <array>
#include <vector>

#include "crypto/keys/record_sealing.h"
#include "store/schema.h"

namespace culvert::store {

// The name in `meta` of the number of the schema.
inline constexpr std::string_view kSchemaName = "schema";

inline constexpr std::size_t kIndexBytes = 16;
// What the library allows as a key.
inline constexpr std::size_t kMaxKeyBytes = 511;

using ElementDigest = std::array<std::uint8_t, 32>;

class RecordSeal {
 public:
  explicit RecordSeal(const crypto::NodeKey& key);

  // False for what stands on disk as it is (above).
  static bool is_sealed(Table table, ByteView key);
  // How many octets are added to a value.
  static std::size_t overhead_bytes(Table table, ByteView key);
  // `out` has value.size() + overhead_bytes octets; `key` at most kMaxKeyBytes.
  void seal(Table table, ByteView key, ByteView value, MutableBytes out) const;
  // Into `out`, which becomes the value. False, with nothing in `out`, if it was not sealed so.
  bool open(Table table, ByteView key, ByteView stored, Bytes& out) const;

  // kIndexBytes octets.
  Bytes index(Table table, std::string_view text) const;
  ElementDigest element(Table table, ByteView key, ByteView stored) const;

 private:
  std::vector<crypto::SealingKey> table_keys_;
  crypto::SealingKey index_key_;
  crypto::SealingKey census_key_;
};

}  // namespace culvert::store
