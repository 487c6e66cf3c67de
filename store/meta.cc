#include "store/meta.h"

#include <array>

#include "store/own_marks.h"
#include "store/record_seal.h"
#include "store/seen.h"

namespace culvert::store {

namespace {

constexpr std::string_view kKeyCheck = "key-check";
constexpr std::string_view kGeneration = "generation";
constexpr std::string_view kKeyCheckText = "culvert";

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

Status check_version(std::int64_t found, int key_version) {
  if (found == 0) {
    return permanent_error(
        "no-store", "the store was not made to its end; remove it and run `culvert init` again");
  }
  if (found > kSchemaVersion) {
    return permanent_error("schema-newer", "the store was written by a newer version of culvert");
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
  const std::int64_t schema = read_number(txn, kSchemaName);
  if (Status fits = check_version(schema, key_version); !fits) return fits;
  switch (txn.held(Table::meta, as_bytes(kKeyCheck))) {
    case ReadTransaction::Held::whole:
      return done();
    case ReadTransaction::Held::absent:
      return check_version(0, key_version);
    case ReadTransaction::Held::broken:
      break;
  }
  return permanent_error("wrong-node-key", "the store was made with another node key");
}

void raise_generation(WriteTransaction& txn) {
  write_number(txn, kGeneration, read_number(txn, kGeneration) + 1);
}

std::uint64_t read_generation(const ReadTransaction& txn) {
  return static_cast<std::uint64_t>(read_number(txn, kGeneration));
}

}  // namespace culvert::store
