// Brings a store of version 1 to version 2 (schema.h), once, while nothing else uses it. Every
// record is read, checked, sealed and written into a new file. That file then replaces the old one,
// so that no free page keeps what was in the clear. Last, the key file is made to say `store=2`;
// from then on no store of version 1 is opened with it.
//
// These are the steps. Each may be cut off; running the migration again completes it:
//   1. what an earlier run left is removed           (store.new, KEYFILE.new)
//   2. data_dir/store.new/ gets the new database, synced
//   3. store/lock.mdb is removed, store.new/data.mdb is renamed over store/data.mdb,
//      both folders are synced
//   4. the key file is replaced by one with `store=2`, synced
// Between 3 and 4 every command refuses the store and names `culvert migrate`. The key file comes
// last. If it came first, this program would have to accept a store of version 1 with a key file of
// version 2, and that is what somebody who can write the disk would plant later.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"

namespace culvert::store {

struct MigrationOptions {
  std::filesystem::path data_dir;
  std::filesystem::path key_file;
  enum class Mode {
    real,
    dry_run,  // does step 2 and removes its result; reports what would be done
  } mode = Mode::real;
  std::uint64_t map_size_bytes = std::uint64_t{64} << 30;
  // Called often, with the number of records written so far.
  std::function<void(std::uint64_t records)> on_progress;
  // For tests that stop there: called between any two effects on the disk, with what was just done.
  std::function<void(std::string_view done)> after_effect;
};

struct Migration {
  std::uint32_t from = 0;  // 2 if only step 4, or nothing, was left to do
  std::uint32_t to = 0;
  std::uint64_t records = 0;
  // Records that could not be read, each by table and key; they are not in the new store.
  std::vector<std::string> left_out;
};

// The caller makes sure that no node runs (node/system/instance_lock.h). permanent: `store-in-use`
// by a command, `store-put-back` (a store of version 1 with a key file of version 2),
// `store-altered`, those of key_file.h, `no-store`, `schema-newer`, `wrong-node-key`,
// `store-access`; temporary `disk-full`; internal `store-failed`. A failure before the
// two are exchanged leaves the old store as it was.
Result<Migration> migrate_store(const MigrationOptions& options);

}  // namespace culvert::store
