// The names under which this node ever wrote its mark into Received fields, and since when the mark
// tells whether mail came from inside or from outside (node/flow/own_marks.h judges marks).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "store/transaction.h"

namespace culvert::store {

// More renamings than any node sees. A mark under a name that was dropped counts as foreign.
inline constexpr std::size_t kMaxOwnNames = 200;

struct OwnMarks {
  std::vector<std::string> names{};  // lower case, without a dot at the end; the present one last
  // Marks written before this do not tell inside from outside; nothing: no mark does yet.
  std::optional<Time> since{};
  bool operator==(const OwnMarks&) const = default;
};

Bytes encode(const OwnMarks& marks);
// internal `damaged-record`.
Result<OwnMarks> decode_own_marks(ByteView record);

OwnMarks find_own_marks(const ReadTransaction& txn);

// For a new store: no older program wrote marks from it.
void start_own_marks(WriteTransaction& txn, Time now);

// For a store that an older program wrote (migration.h): removes the record, as if there had never
// been one.
void remove_own_marks(WriteTransaction& txn);

// For the start of `serve`: puts `name` last. A store without this record was used by a program
// whose marks do not tell. Marks of this second may still be that program's, so marks tell from the
// next second on.
void note_own_name(WriteTransaction& txn, std::string_view name, Time now);

}  // namespace culvert::store
