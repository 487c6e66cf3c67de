#include "store/set_aside.h"

#include "store/queue_codec.h"
#include "store/table.h"

namespace culvert::store {

std::string DamagedRecord::name() const {
  std::string of = to_hex(key);
  if (table == Table::queue && read_entry_key(key)) of = read_entry_key(key)->text();
  return std::string(table_name(table)) + " " + of;
}

std::string DamagedRecord::advice() const {
  const std::string id = name().substr(name().find(' ') + 1);
  if (table == Table::queue) {
    return "put it back from a copy, or throw it away with `culvert queue drop " + id + "`";
  }
  if (table == Table::messages) {
    return "its mail is held (`culvert queue list`): put it back from a copy, or drop it";
  }
  if (table == Table::quarantine) {
    return "put it back from a copy, or throw it away with `culvert quarantine drop " + id + "`";
  }
  return "it is not used, and is removed when what it belongs to is old enough";
}

std::vector<DamagedRecord> find_damaged(const ReadTransaction& txn, std::size_t limit) {
  std::vector<DamagedRecord> out;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    if (decides_trust(table)) continue;
    for (Cursor at = txn.scan(table); !at.at_end() && out.size() < limit; at.next()) {
      const ByteView key = at.key();
      if (!at.value()) out.push_back({table, Bytes(key.begin(), key.end())});
    }
  }
  return out;
}

Bytes note_key(Table table, ByteView key) {
  Bytes out = to_bytes(table_name(table));
  out.push_back(0);
  append(out, key);
  // The longest keys are cut. Two that begin alike then share one note.
  if (out.size() > kMaxKeyBytes) out.resize(kMaxKeyBytes);
  return out;
}

}  // namespace culvert::store
