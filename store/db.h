// The LMDB environment. Only db.cc and transaction.cc know LMDB. For store.cc, committer.cc and
// migration.cc only; everybody else sees transactions.
//
// Choices: full synchronisation (no NOSYNC, no NOMETASYNC, no WRITEMAP: a commit that returned is
// on disk, and a stray pointer cannot write there), NOTLS (readers are not bound to threads),
// robust locks (a process that dies as writer or reader harms no other). Memory is cleared before
// it goes to disk (no NOMEMINIT), so that no remnants of mail get there.
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

// The state behind a transaction. `handle` is LMDB's.
struct TransactionState {
  const StoreContext* context = nullptr;
  const Database* database = nullptr;
  void* handle = nullptr;
  std::optional<Error> failure;
  // Records that `get` opened; its views point into them. A deque, so that they do not move.
  std::deque<Bytes> opened;
  // Write transactions only:
  std::uint64_t writes = 0;
  std::uint64_t written_bytes = 0;
  std::uint64_t room_bytes = 0;  // free when it began, the reserve not counted
  // The census, read at the first change of a record that decides trust and written back at the
  // commit. Nothing if it is missing or broken; it then stays so.
  bool census_read = false;
  std::optional<Census> census;
  std::vector<std::function<void()>> after_commit;
  std::vector<std::function<void()>> unless_undone;
  std::size_t walks = 0;     // under way (table.h)
  bool is_in_doubt = false;  // its commit failed, and it is unknown what is on disk
};

struct DatabaseOptions {
  std::filesystem::path directory;  // must exist, mode 0700
  std::uint64_t map_size_bytes = 0;
  std::uint64_t reserve_bytes = 0;
  // A store of another version is not opened, so that nothing is added to it.
  std::uint32_t schema_version = kSchemaVersion;
};

class Database {
 public:
  // Opens or makes the files. permanent `store-access`, or `other-schema` with the version in
  // `detail`; temporary `disk-full`; internal `store-failed`.
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
  ~Database();

  // Any thread. The caller sets `state.context`; the rest is set here.
  Status read(TransactionState& state, const std::function<Status()>& fn) const;

  // One thread of this process at a time; waits for writers of other processes.
  Status begin_write(TransactionState& state);
  // Ends the transaction in any case. temporary `disk-full`: nothing was changed. internal
  // `store-failed`: it is unknown what was changed, and every later begin_write fails the same way.
  // An fsync is never tried again, because the system may have forgotten the pages that it could
  // not write.
  Status commit(TransactionState& state);
  void abort(TransactionState& state);

  // Removes processes that died from the table of readers.
  void clear_stale_readers() const;

 private:
  friend class Cursor;
  friend class RawTable;
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::store
