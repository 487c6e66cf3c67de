// How many records the tables that decide trust hold, and a digest over all of them: kept in
// `meta`, sealed, and changed in the same commit as the records. So a record that was taken away,
// put there, or put back as it once was is noticed; only taking back all of these tables together
// is not (docs/operation.md).
//
// The digest is the XOR of the records' elements (record_seal.h). Nobody without the node key can
// make an element, or knows a digest, so no other set of records has the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "store/record_seal.h"
#include "store/transaction.h"

namespace culvert::store {

// The name in `meta` of the census. It does not count itself.
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

// Compares all tables that decide trust with the census, and opens each of their records. The names
// of those that do not agree; the store counts as altered then (Store::altered).
std::vector<Table> find_alterations(const ReadTransaction& txn);

}  // namespace culvert::store
