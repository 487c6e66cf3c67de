#include "store/meta.h"

#include <array>

#include "crypto/base/log.h"
#include "store/body_files.h"
#include "store/own_marks.h"
#include "store/record_seal.h"
#include "store/seen.h"

namespace culvert::store {

namespace {

constexpr std::string_view kKeyCheck = "key-check";
constexpr std::string_view kGeneration = "generation";
constexpr std::string_view kKeyCheckText = "culvert";

// Whether anything would be lost with the store. The first records of a store come in one commit,
// so a store whose creation was cut off has none of them.
bool keeps_anything(const ReadTransaction& txn) {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (txn.count(static_cast<Table>(i)) > 0) return true;
  }
  return has_body_files(txn.bodies_dir());
}

// Whether the present node key opens any record.
bool opens_with_key(const ReadTransaction& txn) {
  constexpr int kLooks = 100;
  for (const Table table : {Table::meta, Table::secrets, Table::peers, Table::messages}) {
    int looked = 0;
    for (Cursor at = txn.scan(table); !at.at_end() && looked < kLooks; at.next(), ++looked) {
      const bool in_clear = table == Table::meta && as_text(at.key()) == kSchemaName;
      if (!in_clear && txn.held(table, at.key()) == ReadTransaction::Held::whole) return true;
    }
  }
  return false;
}

}  // namespace

std::int64_t read_number(const ReadTransaction& txn, std::string_view name) {
  const auto value = txn.get(Table::meta, as_bytes(name));
  if (!value) return 0;
  if (value->size() != 8) {
    txn.set_aside(Table::meta, as_bytes(name));
    return 0;
  }
  std::uint64_t number = 0;
  for (const std::uint8_t octet : *value)
    number = number << 8 | octet;
  return static_cast<std::int64_t>(number);
}

void write_number(WriteTransaction& txn, std::string_view name, std::int64_t value) {
  std::array<std::uint8_t, 8> octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
  }
  txn.put(Table::meta, as_bytes(name), octets);
}

Status write_first_meta(WriteTransaction& txn, Time now) {
  if (txn.has(Table::meta, as_bytes(kSchemaName))) {
    return permanent_error("store-exists", "another process has just made this store");
  }
  txn.begin_census();
  write_number(txn, kSchemaName, kSchemaVersion);
  write_number(txn, kGeneration, 1);
  txn.put(Table::meta, as_bytes(kKeyCheck), as_bytes(kKeyCheckText));
  start_seen_horizon(txn, now);
  start_own_marks(txn, now);
  return done();
}

Error altered_front(std::string_view record) {
  return permanent_error(
      "store-altered",
      fmt::format("the store was altered on disk or is damaged (table meta, record '{}'); remove "
                  "nothing, and put the data directory back from a copy that is trusted",
                  record));
}

Status check_version(std::int64_t found, int key_version) {
  if (found == 0) {
    return permanent_error(
        "no-store",
        "the store is empty: its file was cut off, or `culvert init` was interrupted. If this node "
        "has run before, put the data directory back from a copy. Only if there is none, or it "
        "never ran: move the data directory away, and `culvert init --new-store`");
  }
  if (found > kSchemaVersion) {
    return permanent_error("schema-newer",
                           "the store says that a newer version of culvert wrote it; use that "
                           "version. If there was none, the store was altered or is damaged: "
                           "restore the data directory from a trusted copy");
  }
  if (found == kSchemaVersion && key_version == kSchemaVersion) return done();
  if (found < kSchemaVersion && key_version == kSchemaVersion) {
    return permanent_error(
        "store-put-back",
        "the store is of version 1, but the key file says that it was brought to version 2: an old "
        "store was put in its place, and anybody may have altered it; put the data directory back "
        "from a copy that is trusted and was made since");
  }
  if (found == kSchemaVersion) {
    return permanent_error(
        "store-to-migrate",
        "the store was brought to version 2, but the key file does not say so: a "
        "`culvert migrate` was cut off before its last step; run it again");
  }
  return permanent_error(
      "store-to-migrate",
      "the store is of version 1, which this program does not use; stop the node "
      "and run `culvert migrate`");
}

Status check_meta(const ReadTransaction& txn, int key_version) {
  if (txn.held(Table::meta, as_bytes(kSchemaName)) == ReadTransaction::Held::absent) {
    return keeps_anything(txn) ? altered_front(kSchemaName) : check_version(0, key_version);
  }
  const std::int64_t schema = read_number(txn, kSchemaName);
  if (const Status fits = check_version(schema, key_version); !fits) return fits.error();
  switch (txn.held(Table::meta, as_bytes(kKeyCheck))) {
    case ReadTransaction::Held::whole:
      return done();
    case ReadTransaction::Held::absent:
      return altered_front(kKeyCheck);
    case ReadTransaction::Held::broken:
      break;
  }
  if (opens_with_key(txn)) return altered_front(kKeyCheck);
  return permanent_error("wrong-node-key", "the store was made with another node key");
}

void raise_generation(WriteTransaction& txn) {
  write_number(txn, kGeneration, read_number(txn, kGeneration) + 1);
}

std::uint64_t read_generation(const ReadTransaction& txn) {
  return static_cast<std::uint64_t>(read_number(txn, kGeneration));
}

}  // namespace culvert::store
