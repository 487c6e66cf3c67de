#include "store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <future>

#include "crypto/base/log.h"
#include "store/body_files.h"
#include "store/committer.h"
#include "store/db.h"
#include "store/folder.h"
#include "store/meta.h"
#include "store/presence.h"

namespace culvert::store {

namespace {

namespace fs = std::filesystem;

Error access_error(const fs::path& path, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return temporary_error("disk-full", fmt::format("no space left for '{}'", path.string()));
  }
  return permanent_error("store-access",
                         fmt::format("'{}' cannot be used: {}", path.string(), strerror(error)));
}

Status make_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return done();
  return access_error(path, errno);
}

Status make_directories(const fs::path& data_dir) {
  std::error_code ignored;
  fs::create_directories(fs::absolute(data_dir).parent_path(), ignored);
  for (const auto& path : {data_dir, data_dir / "store", data_dir / "bodies"}) {
    if (const Status made = make_directory(path); !made) return made.error();
  }
  return done();
}

Status sync_directories(const fs::path& data_dir) {
  for (const auto& path : {data_dir / "store", data_dir, fs::absolute(data_dir).parent_path()}) {
    if (const int error = sync_to_disk(path); error != 0) return access_error(path, error);
  }
  return done();
}

Status check_mode(const StoreOptions& options) {
  const fs::path file = options.data_dir / "store" / "data.mdb";
  struct stat status {};
  const bool there = ::stat(file.c_str(), &status) == 0;
  if (!there && errno != ENOENT && errno != ENOTDIR) return access_error(file, errno);
  if (options.mode == StoreOptions::Mode::create && there) {
    return permanent_error(
        "store-exists", fmt::format("there is a store in '{}' already", options.data_dir.string()));
  }
  if (options.mode == StoreOptions::Mode::existing && !there)
    return store_is_missing(options.data_dir);
  return done();
}

}  // namespace

struct Store::Impl {
  Impl(const StoreOptions& opened, const crypto::NodeKey& key)
      : options(opened),
        context{key.derive(crypto::KeyPurpose::secrets), opened.data_dir / "bodies",
                RecordSeal(key)},
        bodies_key(key.derive(crypto::KeyPurpose::bodies)) {}

  Status read(const ReadFn& fn) const {
    TransactionState state;
    state.context = &context;
    return database->read(state, [&] {
      const ReadTransaction txn(state);
      return fn(txn);
    });
  }

  StoreOptions options;
  StoreContext context;
  crypto::SealingKey bodies_key;
  std::unique_ptr<Database> database;
  std::unique_ptr<Committer> committer;  // last: it uses the others
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options,
                                           const crypto::NodeKey& key) {
  if (const Status mode = check_mode(options); !mode) return mode.error();
  const bool create = options.mode == StoreOptions::Mode::create;
  if (create) {
    if (const Status made = make_directories(options.data_dir); !made) return made.error();
  }
  auto impl = std::make_unique<Impl>(options, key);
  auto database =
      Database::open({options.data_dir / "store", options.map_size_bytes, options.reserve_bytes});
  if (!database && database.error().code == "other-schema") {
    const std::int64_t found = std::strtoll(database.error().detail.c_str(), nullptr, 10);
    // No store has such a number. A store whose creation was cut off has none at all.
    if (found <= 0) return altered_front("schema");
    if (const Status fits = check_version(found, key.store_version()); !fits) return fits.error();
  }
  if (!database) return database.error();
  impl->database = std::move(database).value();
  impl->committer = std::make_unique<Committer>(
      *impl->database, impl->context,
      [by = options.writer, command = options.command](WriteTransaction& txn) mutable {
        if (by == StoreOptions::Writer::command) raise_generation(txn);
        if (!command) return;
        note_command(txn, *command);
        txn.after_commit([&command] { command.reset(); });
      });
  std::unique_ptr<Store> store(new Store(std::move(impl)));
  const Status checked =
      create
          ? store->write([&](WriteTransaction& txn) { return write_first_meta(txn, options.now); })
          : store->read([&](const ReadTransaction& txn) -> Status {
              if (const Status fits = check_meta(txn, key.store_version()); !fits)
                return fits.error();
              find_alterations(txn);
              return done();
            });
  if (!checked) return checked.error();
  if (create) {
    if (const Status synced = sync_directories(options.data_dir); !synced) {
      return synced.error();
    }
  }
  return store;
}

Status Store::read(const ReadFn& fn) const { return impl_->read(fn); }

Status Store::write(const WriteFn& fn) {
  if (impl_->committer->in_commit_thread()) {
    return internal_error("write-in-commit-thread", "an internal error");
  }
  std::promise<Status> promise;
  auto future = promise.get_future();
  // `fn` outlives the wait, so it need not be copied.
  impl_->committer->add([&fn](WriteTransaction& txn) { return fn(txn); },
                        [&promise](Status result) { promise.set_value(std::move(result)); });
  return future.get();
}

void Store::write_async(WriteFn fn, DoneFn on_done) {
  impl_->committer->add(std::move(fn), std::move(on_done));
}

std::uint64_t Store::generation() const {
  std::uint64_t generation = 0;
  const Status status = read([&](const ReadTransaction& txn) {
    generation = read_generation(txn);
    return done();
  });
  return status ? generation : 0;
}

std::string Store::altered() const { return impl_->context.damage->altered(); }
bool Store::is_altered() const { return impl_->context.damage->is_altered(); }

Result<std::size_t> Store::sweep_bodies() { return sweep_body_files(*this); }

const std::filesystem::path& Store::data_dir() const { return impl_->options.data_dir; }
const RecordSeal& Store::record_seal() const { return impl_->context.seal; }
const crypto::SealingKey& Store::bodies_key() const { return impl_->bodies_key; }
Store::Counters Store::counters() const { return impl_->committer->counters(); }

}  // namespace culvert::store
