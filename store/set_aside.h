// Records that were set aside because they do not open (damage.h): for people, who decide what
// becomes of them.
#pragma once

#include <string>
#include <vector>

#include "store/transaction.h"

namespace culvert::store {

struct DamagedRecord {
  Table table{};
  Bytes key{};
  // `queue <entry id>`, `quarantine <id>`, or the table and the key in hexadecimal digits.
  std::string name() const;
  // What to do about it; one line without full stop.
  std::string advice() const;
};

// Opens every record of every table that does not decide trust (census.h checks the others), at a
// few microseconds each. Returns at most `limit` that do not open.
std::vector<DamagedRecord> find_damaged(const ReadTransaction& txn, std::size_t limit);

// The key of a record's note in the table `damaged`.
Bytes note_key(Table table, ByteView key);

}  // namespace culvert::store
