// For each table that decides trust: the number of its records and a digest over them. The census
// is kept in `meta`, sealed, and changes in the same commit as the records. So it shows when a
// record was removed, added, or replaced by an older version. It does not show when all of these
// tables together were put back to an older state (docs/operation.md).
//
// The digest is the XOR of the records' elements (record_seal.h). Without the node key nobody can
// make an element or learn a digest, so nobody can make another set of records with the same
// digest.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "store/record_seal.h"
#include "store/transaction.h"

namespace culvert::store {

// The name of the census in `meta`. It does not count itself.
inline constexpr std::string_view kCensusName = "census";

// True for the records that are counted.
bool is_counted(Table table, ByteView key);

class Census {
 public:
  void add(Table table, const ElementDigest& element);
  void remove(Table table, const ElementDigest& element);
  // Whether both have the same records in that table.
  bool agrees(const Census& other, Table table) const;

 private:
  friend Bytes encode(const Census& census);
  friend Result<Census> decode_census(ByteView record);
  struct Sum {
    std::int64_t count = 0;
    ElementDigest digest{};
    bool operator==(const Sum&) const = default;
  };
  void change(Table table, const ElementDigest& element, std::int64_t by);
  std::map<Table, Sum> sums_;
};

Bytes encode(const Census& census);
// internal `damaged-record`.
Result<Census> decode_census(ByteView record);

// Nothing if it is missing or does not open.
std::optional<Census> find_census(const ReadTransaction& txn);

// Compares all tables that decide trust with the census, and opens each of their records. Returns
// the tables that do not agree. If there are any, the store counts as altered (Store::altered).
std::vector<Table> find_alterations(const ReadTransaction& txn);

}  // namespace culvert::store
