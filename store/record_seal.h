// How records are stored on disk. Each value is sealed, authenticated, and bound to its table and
// key. So somebody who can write the disk but lacks the node key can read no record, make none, and
// move none to another place. In keys, a digest that nobody can make without the node key takes the
// place of an address or a domain. For files of this folder. Thread-safe.
//
//   value       sealed octets (crypto/keys/sealing.h) under the table's key;
//               associated data: schema version(1) table name NUL key
//   table key   BLAKE2b under KeyPurpose::records, over "table", the table's name
//   index       BLAKE2b-128 under KeyPurpose::index, over the table's name, the text
//   element     BLAKE2b-256 under KeyPurpose::census, over the table's name, key, value as on disk
//
// Not sealed here: what `bodies` holds (sealed under the message's own key and bound to its id, see
// bodies.cc), and the schema number, which a program must read before it knows how to open the
// rest.
#pragma once

#include <array>
#include <vector>

#include "crypto/keys/record_sealing.h"
#include "store/schema.h"

namespace culvert::store {

// The name of the schema number in `meta`.
inline constexpr std::string_view kSchemaName = "schema";

inline constexpr std::size_t kIndexBytes = 16;
// The longest key that LMDB allows.
inline constexpr std::size_t kMaxKeyBytes = 511;

using ElementDigest = std::array<std::uint8_t, 32>;

class RecordSeal {
 public:
  explicit RecordSeal(const crypto::NodeKey& key);

  // False for what is not sealed here (above).
  static bool is_sealed(Table table, ByteView key);
  // How many octets sealing adds to a value.
  static std::size_t overhead_bytes(Table table, ByteView key);
  // `out` has value.size() + overhead_bytes octets; `key` at most kMaxKeyBytes.
  void seal(Table table, ByteView key, ByteView value, MutableBytes out) const;
  // Opens `stored` into `out`. False, with nothing in `out`, if it was not sealed for this table
  // and key.
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
