#include "store/meta.h"

#include <array>

#include "store/own_marks.h"
#include "store/seen.h"

namespace culvert::store {

namespace {

constexpr std::string_view kSchema = "schema";
constexpr std::string_view kKeyCheck = "key-check";
constexpr std::string_view kGeneration = "generation";
constexpr std::string_view kKeyCheckText = "culvert";

}  // namespace

std::int64_t read_number(const ReadTransaction& txn, std::string_view name) {
  const auto value = txn.get(Table::meta, as_bytes(name));
  if (!value) return 0;
  if (value->size() != 8) {
    txn.fail(
        internal_error("damaged-record", "a record of the store is damaged", std::string(name)));
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
  if (txn.has(Table::meta, as_bytes(kSchema))) {
    return permanent_error("store-exists", "another process has just made this store");
  }
  write_number(txn, kSchema, kSchemaVersion);
  write_number(txn, kGeneration, 1);
  txn.put(Table::meta, as_bytes(kKeyCheck),
          crypto::seal(txn.secrets_key(), as_bytes(kKeyCheckText), as_bytes(kKeyCheck)));
  start_seen_horizon(txn, now);
  start_own_marks(txn, now);
  return done();
}

Status check_meta(const ReadTransaction& txn) {
  const std::int64_t schema = read_number(txn, kSchema);
  const auto key_check = txn.get(Table::meta, as_bytes(kKeyCheck));
  if (schema == 0 || !key_check) {
    return permanent_error(
        "no-store", "the store was not made to its end; remove it and run `culvert init` again");
  }
  if (schema > kSchemaVersion) {
    return permanent_error("schema-newer", "the store was written by a newer version of culvert");
  }
  if (schema < kSchemaVersion) {
    return permanent_error("schema-older", "the store was written by a version too old to read");
  }
  if (!crypto::open_sealed(txn.secrets_key(), *key_check, as_bytes(kKeyCheck))) {
    return permanent_error("wrong-node-key", "the store was made with another node key");
  }
  return done();
}

void raise_generation(WriteTransaction& txn) {
  write_number(txn, kGeneration, read_number(txn, kGeneration) + 1);
}

std::uint64_t read_generation(const ReadTransaction& txn) {
  return static_cast<std::uint64_t>(read_number(txn, kGeneration));
}

}  // namespace culvert::store
