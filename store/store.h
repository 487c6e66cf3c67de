// What survives power loss. One Store per process and data directory; several processes (the node
// and its commands) may use one directory at once. All members may be called from any thread.
//
//   data_dir/store/    the database, mode 0700/0600
//   data_dir/bodies/   large message bodies (bodies.h)
//
// Writes of one process are gathered: closures that wait while a commit is under way share the next
// one, and its fsync. They run one after the other in one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "crypto/base/clock.h"
#include "crypto/base/result.h"
#include "crypto/keys/sealing.h"
#include "store/admin_commands.h"
#include "store/transaction.h"

namespace culvert::store {

struct StoreOptions {
  std::filesystem::path data_dir;
  enum class Mode {
    existing,  // permanent `no-store` if there is none
    create,    // permanent `store-exists` if there is one; makes data_dir
  } mode = Mode::existing;
  // A command's writes raise `generation`, so that a running node notices.
  enum class Writer { node, command } writer = Writer::node;
  // For a command: what is noted with its first change (admin_commands.h).
  std::optional<AdminCommand> command{};
  // With `create`: the clock's time, at which the horizon of seen.h begins.
  Time now{};
  // How large the database may become. Costs address space, not disk.
  std::uint64_t map_size_bytes = std::uint64_t{64} << 30;
  // Disk space that is kept ready, so that mail can be removed from the queue when the disk is
  // full.
  std::uint64_t reserve_bytes = std::uint64_t{8} << 20;
};

class Store {
 public:
  // permanent: `no-store`, `store-exists`, `wrong-node-key`, `store-access` (rights, not a
  // directory), and those of meta.h's check_version; temporary `disk-full`; internal
  // `store-failed`. A store is opened even if records that decide trust were altered: ask
  // `altered`.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options,
                                             const crypto::NodeKey& key);
  // Waits until all writes given so far are done.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // A consistent view for the length of the call; never waits for a writer. Keep it short: pages
  // that it sees are not reused meanwhile.
  using ReadFn = std::function<Status(const ReadTransaction&)>;
  Status read(const ReadFn& fn) const;

  // `fn` may run more than once, and only its last run counts: it may set results outside but must
  // not build on them. If it returns an Error or throws, it leaves nothing behind and affects no
  // other closure. Failures besides those of `fn`: temporary `disk-full`; internal `store-failed`:
  // an fsync failed or the database is damaged, and nothing is written any more in this process.
  using WriteFn = std::function<Status(WriteTransaction&)>;
  // Returns when the changes are on disk. Do not call it from loop threads or from `on_done`.
  Status write(const WriteFn& fn);
  // Returns at once. `on_done` runs in the commit thread when the changes are on disk or refused;
  // it must be quick (post to a loop). Closures run in the order in which they were given.
  using DoneFn = std::function<void(Status)>;
  void write_async(WriteFn fn, DoneFn on_done);

  // Grows with each write of a command process. Cheap; 0 if the store cannot be read.
  std::uint64_t generation() const;

  // Tells people which records that decide trust were altered on disk, noticed when the store was
  // opened or since, and what to do. Empty if none were. While it is not empty, nothing may be sent
  // to other organisations, and such records cannot be changed. That lasts until the process ends.
  std::string altered() const;
  // The same question, cheap.
  bool is_altered() const;

  // Removes body files that no message or quarantine item names. Returns how many. For the start of
  // `serve`.
  Result<std::size_t> sweep_bodies();

  const std::filesystem::path& data_dir() const;
  // How its records are sealed (staged_records.h).
  const RecordSeal& record_seal() const;
  // The key under which bodies' keys are sealed.
  const crypto::SealingKey& bodies_key() const;

  // What group commit gained, for `status` and the benchmarks.
  struct Counters {
    std::uint64_t commits = 0;
    std::uint64_t closures = 0;
  };
  Counters counters() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::store
