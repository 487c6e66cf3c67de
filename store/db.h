// The LMDB environment: with transaction.cc the one place that knows it. For store.cc, committer.cc
// and migration.cc only; everybody else sees transactions.
//
// Choices: full synchronisation (no NOSYNC, no NOMETASYNC, no WRITEMAP: a commit that returned is
// on disk, and a stray pointer cannot write there), NOTLS (readers are not bound to threads),
// robust locks (a process that dies as writer or reader harms no other). Memory is cleared before
// it goes to disk (no NOMEMINIT), so that no remains of mail get there.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/keys/sealing.h"
#include "store/census.h"
#include "store/damage.h"
#include "store/record_seal.h"
#include "store/schema.h"
#include "store/transaction.h"

namespace culvert::store {

class Database;

// What transactions know of their store.
struct StoreContext {
  crypto::SealingKey secrets_key;
  std::filesystem::path bodies_dir;
  RecordSeal seal;
  std::unique_ptr<Damage> damage = std::make_unique<Damage>();
};

// What a transaction is underneath. `handle` is the library's.
struct TransactionState {
  const StoreContext* context = nullptr;
  const Database* database = nullptr;
  void* handle = nullptr;
  std::optional<Error> failure;
  // Records that `get` opened: its views are of these. A deque, so that they stay where they are.
  std::deque<Bytes> opened;
  // Of a write transaction:
  std::uint64_t writes = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t room_bytes = 0;  // that was free at its beginning, the reserve not counted
  // Read with the first change of a record that decides trust, written back at the commit; nothing
  // if it is missing or broken, and then it stays so.
  bool census_read = false;
  std::optional<Census> census;
  std::vector<std::function<void()>> after_commit;
  std::vector<std::function<void()>> unless_undone;
  std::size_t walks = 0;     // under way (table.h)
  bool is_in_doubt = false;  // its commit failed, and what of it is on disk is unknown
};

struct DatabaseOptions {
  std::filesystem::path directory;  // is there already, mode 0700
  std::uint64_t map_size_bytes = 0;
  std::uint64_t reserve_bytes = 0;
  // Of a store of another version nothing is opened, so that nothing is added to it.
  std::uint32_t schema_version = kSchemaVersion;
};

class Database {
 public:
  // Opens or makes the files. permanent `store-access`, or `other-schema` with the version in
  // `detail`; temporary `disk-full`; internal `store-failed`.
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
  ~Database();

  // Any thread. `state` gives the context; the rest of it is set here.
  Status read(TransactionState& state, const std::function<Status()>& fn) const;

  // One thread of this process at a time; waits for writers of other processes.
  Status begin_write(TransactionState& state);
  // Ends it in any case. temporary `disk-full`: nothing was changed. internal `store-failed`: it is
  // unknown what was, and every later begin_write fails alike: an fsync is never tried again,
  // because the system may have forgotten the pages that it could not write.
  Status commit(TransactionState& state);
  void abort(TransactionState& state);

  // Removes what processes that died left in the table of readers.
  void clear_stale_readers() const;

 private:
  friend class Cursor;
  friend class RawTable;
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::store
