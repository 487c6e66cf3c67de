// Who can write the disk and has no key: the database as octets, changed behind the store's back.
#pragma once

#include <gtest/gtest.h>
#include <lmdb.h>

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "store/schema.h"

namespace culvert::store {

// Open only while no Store is, in this process.
class RawDisk {
 public:
  explicit RawDisk(const std::filesystem::path& data_dir) {
    EXPECT_EQ(mdb_env_create(&env_), 0);
    EXPECT_EQ(mdb_env_set_maxdbs(env_, 100), 0);
    EXPECT_EQ(mdb_env_set_mapsize(env_, std::size_t{1} << 30), 0);
    EXPECT_EQ(mdb_env_open(env_, (data_dir / "store").c_str(), 0, 0600), 0);
    EXPECT_EQ(mdb_txn_begin(env_, nullptr, 0, &txn_), 0);
  }
  // Commits.
  ~RawDisk() {
    EXPECT_EQ(mdb_txn_commit(txn_), 0);
    mdb_env_close(env_);
  }
  RawDisk(const RawDisk&) = delete;
  RawDisk& operator=(const RawDisk&) = delete;

  using Records = std::map<Bytes, Bytes>;
  Records all(const char* table) {
    Records out;
    MDB_cursor* cursor = nullptr;
    EXPECT_EQ(mdb_cursor_open(txn_, dbi(table), &cursor), 0);
    MDB_val key{}, value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
      out[bytes(key)] = bytes(value);
    mdb_cursor_close(cursor);
    return out;
  }
  Records all(Table table) { return all(table_name(table)); }
  void put(Table table, const Bytes& key, const Bytes& value) {
    MDB_val k = val(key), v = val(value);
    EXPECT_EQ(mdb_put(txn_, dbi(table_name(table)), &k, &v, 0), 0);
  }
  void erase(Table table, const Bytes& key) {
    MDB_val k = val(key);
    EXPECT_EQ(mdb_del(txn_, dbi(table_name(table)), &k, nullptr), 0);
  }
  void replace(Table table, const Records& records) {
    EXPECT_EQ(mdb_drop(txn_, dbi(table_name(table)), 0), 0);
    for (const auto& [key, value] : records)
      put(table, key, value);
  }

 private:
  MDB_dbi dbi(const char* table) {
    MDB_dbi out = 0;
    EXPECT_EQ(mdb_dbi_open(txn_, table, MDB_CREATE, &out), 0) << table;
    return out;
  }
  static MDB_val val(const Bytes& octets) {
    return {octets.size(), const_cast<std::uint8_t*>(octets.data())};
  }
  static Bytes bytes(const MDB_val& val) {
    const auto* at = static_cast<const std::uint8_t*>(val.mv_data);
    return {at, at + val.mv_size};
  }
  MDB_env* env_ = nullptr;
  MDB_txn* txn_ = nullptr;
};

}  // namespace culvert::store
