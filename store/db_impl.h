// What db.cc and transaction.cc share of LMDB. Nobody else includes it.
#pragma once

#include <lmdb.h>

#include <array>
#include <atomic>
#include <mutex>
#include <string_view>
#include <vector>

#include "store/db.h"

namespace culvert::store {

// The error for a return code of LMDB; `doing` is for the log.
Error error_of(int rc, std::string_view doing);

// No table: LMDB refuses it.
inline constexpr MDB_dbi kNoTable = ~MDB_dbi{0};

struct Database::Impl {
  ~Impl() {
    for (MDB_txn* reader : idle_readers)
      mdb_txn_abort(reader);
    if (env != nullptr) mdb_env_close(env);
  }

  Status open(const DatabaseOptions& opened);
  Status check_schema(MDB_txn* txn) const;
  Status open_tables();
  Result<MDB_txn*> take_reader();
  void give_back(MDB_txn* reader);
  std::uint64_t room();
  std::uint64_t free_list_bytes(unsigned page_bytes);

  DatabaseOptions options;
  MDB_env* env = nullptr;
  std::array<MDB_dbi, kTableCount> tables{};
  std::atomic<bool> failed = false;
  std::mutex readers_mutex;
  std::vector<MDB_txn*> idle_readers;
};

}  // namespace culvert::store
