#include "store/migration.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "crypto/base/log.h"
#include "store/db.h"
#include "store/folder.h"
#include "store/key_file.h"
#include "store/keys.h"
#include "store/meta.h"
#include "store/own_marks.h"
#include "store/store.h"
#include "store/version_1.h"

namespace culvert::store {

namespace {

namespace fs = std::filesystem;

// Large enough that a commit is cheap, small enough that a transaction stays small.
constexpr std::uint64_t kBatchBytes = std::uint64_t{4} << 20;
constexpr std::size_t kMostLeftOutNamed = 1000;

Error file_error(const fs::path& path, std::string_view doing, int error) {
  const std::string text =
      fmt::format("'{}' cannot be {}: {}", path.string(), doing, strerror(error));
  if (error == ENOSPC || error == EDQUOT) return temporary_error("disk-full", text);
  return permanent_error("store-access", text);
}

Status sync(const fs::path& path) {
  const int error = sync_to_disk(path);
  return error == 0 ? done() : Status(file_error(path, "synced", error));
}

// While a command runs, it holds LMDB's lock on the first octet of this file.
bool is_in_use(const fs::path& lock_file) {
  const int fd = ::open(lock_file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  const bool held = ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  ::close(fd);
  return held;
}

class Migrating {
 public:
  Migrating(const MigrationOptions& options, crypto::NodeKey key)
      : options_(options),
        key_(std::move(key)),
        context_{key_.derive(crypto::KeyPurpose::secrets), options.data_dir / "bodies",
                 RecordSeal(key_)} {}

  Result<Migration> run();

 private:
  Status look();
  Status remove_leftovers();
  Status make_new();
  Status convert_all(Database& from, Database& to);
  Status convert_table(Cursor& at, Table table, Database& to);
  Status begin_store(Database& to);
  Status in_batch(Database& to, const std::function<Status(WriteTransaction&)>& fill);
  Status give_to_owner_of_old();
  Status exchange();
  Status check_new_store() const;
  void did(std::string_view effect) const {
    if (options_.after_effect) options_.after_effect(effect);
  }
  void leave_out(Table table, ByteView key, const Error& why);

  fs::path old_dir() const { return options_.data_dir / "store"; }
  fs::path new_dir() const { return options_.data_dir / "store.new"; }

  const MigrationOptions& options_;
  crypto::NodeKey key_;
  StoreContext context_;
  std::unique_ptr<Database> old_;  // nothing if the store is of version 2
  Migration result_;
};

// Opens the old store, or finds that only the key file is left to do.
Status Migrating::look() {
  struct stat status {};
  if (::stat((old_dir() / "data.mdb").c_str(), &status) != 0) {
    return permanent_error("no-store",
                           fmt::format("there is no store in '{}' to migrate: is the disk mounted, "
                                       "and node.data_dir right?",
                                       options_.data_dir.string()));
  }
  if (is_in_use(old_dir() / "lock.mdb")) {
    return permanent_error("store-in-use",
                           "a command uses the store; wait until it has ended, and run `culvert "
                           "migrate` again");
  }
  auto opened = Database::open({old_dir(), options_.map_size_bytes, 0, kVersion1});
  result_.from = kVersion1;
  result_.to = kSchemaVersion;
  if (opened) {
    old_ = std::move(opened).value();
    // A store of version 1 with this key file exists only if somebody put it there.
    return key_.store_version() == kSchemaVersion ? check_version(kVersion1, kSchemaVersion)
                                                  : done();
  }
  if (opened.error().code != "other-schema") return opened.error();
  const std::int64_t found = std::strtoll(opened.error().detail.c_str(), nullptr, 10);
  result_.from = static_cast<std::uint32_t>(found);
  if (found != kSchemaVersion) return check_version(found, kSchemaVersion);
  return check_new_store();
}

// Checks that the store is ours, before the key file says so.
Status Migrating::check_new_store() const {
  StoreOptions options;
  options.data_dir = options_.data_dir;
  options.map_size_bytes = options_.map_size_bytes;
  const auto store = Store::open(options, key_.for_store(kSchemaVersion));
  if (!store) return store.error();
  if (!(*store)->is_altered()) return done();
  return permanent_error("store-altered", (*store)->altered());
}

Status Migrating::remove_leftovers() {
  std::error_code error;
  fs::remove_all(new_dir(), error);  // does not follow links
  if (error) return file_error(new_dir(), "removed", error.value());
  did("leftovers removed");
  return done();
}

void Migrating::leave_out(Table table, ByteView key, const Error& why) {
  if (result_.left_out.size() >= kMostLeftOutNamed) return;
  result_.left_out.push_back(fmt::format("{} {}: {}", table_name(table), to_hex(key), why.text));
}

Status Migrating::in_batch(Database& to, const std::function<Status(WriteTransaction&)>& fill) {
  TransactionState state;
  state.context = &context_;
  if (const Status begun = to.begin_write(state); !begun) return begun.error();
  WriteTransaction txn(state);
  const Status filled = fill(txn);
  if (!filled || state.failure) {
    to.abort(state);
    return filled ? Status(*state.failure) : filled;
  }
  return to.commit(state);
}

Status Migrating::begin_store(Database& to) {
  return in_batch(to, [](WriteTransaction& txn) -> Status {
    if (const Status first = write_first_meta(txn, Time{}); !first) return first.error();
    // Marks of version 1 do not tell inside from outside. As in any store without this record,
    // marks tell from the next start on.
    remove_own_marks(txn);
    return done();
  });
}

// Converts from the cursor to the end of the table, in several commits.
Status Migrating::convert_table(Cursor& at, Table table, Database& to) {
  while (!at.at_end()) {
    const Status written = in_batch(to, [&](WriteTransaction& txn) {
      std::uint64_t octets = 0;
      for (; !at.at_end() && octets < kBatchBytes && !txn.failed(); at.next()) {
        octets += at.key().size() + at.stored().size();
        const Status converted = convert_record(txn, table, at.key(), at.stored());
        if (converted) {
          ++result_.records;
        } else {
          leave_out(table, at.key(), converted.error());
        }
      }
      return done();
    });
    if (!written) return written;
    if (options_.on_progress) options_.on_progress(result_.records);
  }
  return done();
}

Status Migrating::convert_all(Database& from, Database& to) {
  TransactionState state;
  state.context = &context_;
  return from.read(state, [&]() -> Status {
    const ReadTransaction txn(state);
    const Cursor check = txn.scan(Table::meta, as_bytes("key-check"));
    if (check.at_end() || as_text(check.key()) != "key-check") return check_version(0, kVersion1);
    if (!is_key_of_version_1(context_.secrets_key, check.stored())) {
      return permanent_error("wrong-node-key", "the store was made with another node key");
    }
    for (std::size_t i = 0; i < kTableCount; ++i) {
      const auto table = static_cast<Table>(i);
      if (!was_in_version_1(table) || is_made_anew(table)) continue;
      Cursor at = txn.scan(table);
      if (const Status converted = convert_table(at, table, to); !converted)
        return converted.error();
    }
    return done();
  });
}

// The node may run as another user than the one who migrates.
Status Migrating::give_to_owner_of_old() {
  struct stat old {};
  const fs::path from = old_dir() / "data.mdb", to = new_dir() / "data.mdb";
  if (::stat(from.c_str(), &old) != 0) return file_error(from, "read", errno);
  if (::lchown(to.c_str(), old.st_uid, old.st_gid) != 0) {
    return file_error(to, "given to the owner of the old one", errno);
  }
  return done();
}

Status Migrating::make_new() {
  // Fails if anything is there, even a link.
  if (::mkdir(new_dir().c_str(), 0700) != 0) return file_error(new_dir(), "made", errno);
  did("directory made");
  auto made = Database::open({new_dir(), options_.map_size_bytes, 0, kSchemaVersion});
  if (!made) return made.error();
  did("database made");
  if (const Status begun = begin_store(**made); !begun) return begun.error();
  did("store begun");
  if (const Status converted = convert_all(*old_, **made); !converted) return converted.error();
  did("records written");
  made->reset();
  if (const Status given = give_to_owner_of_old(); !given) return given.error();
  if (const Status synced = sync(new_dir() / "data.mdb"); !synced) return synced.error();
  did("database synced");
  return done();
}

Status Migrating::exchange() {
  old_.reset();
  // The lock file belongs to the old database. A process that still has it open must not share it.
  const fs::path lock_file = old_dir() / "lock.mdb";
  if (::unlink(lock_file.c_str()) != 0 && errno != ENOENT) {
    return file_error(lock_file, "removed", errno);
  }
  did("lock file removed");
  const fs::path file = old_dir() / "data.mdb";
  if (::rename((new_dir() / "data.mdb").c_str(), file.c_str()) != 0) {
    return file_error(file, "replaced", errno);
  }
  did("database exchanged");
  if (const Status synced = sync(old_dir()); !synced) return synced.error();
  did("directory synced");
  if (const Status removed = remove_leftovers(); !removed) return removed.error();
  return sync(options_.data_dir);
}

Result<Migration> Migrating::run() {
  if (const Status looked = look(); !looked) return looked.error();
  if (const Status removed = remove_leftovers(); !removed) return removed.error();
  if (old_) {
    const Status made = make_new();
    const bool is_real = options_.mode == MigrationOptions::Mode::real;
    const Status exchanged = made && is_real ? exchange() : made;
    if (!exchanged || !is_real) {
      if (Status removed = remove_leftovers(); !removed && exchanged) return removed.error();
    }
    if (!exchanged) return exchanged.error();
  }
  if (options_.mode == MigrationOptions::Mode::dry_run) return result_;
  if (key_.store_version() == kSchemaVersion) return result_;
  // Only now, and only for a store that is whole.
  if (const Status good = check_new_store(); !good) return good.error();
  if (Status replaced = replace_node_key(options_.key_file, key_.for_store(kSchemaVersion));
      !replaced) {
    return replaced.error();
  }
  did("key file replaced");
  return result_;
}

}  // namespace

Result<Migration> migrate_store(const MigrationOptions& options) {
  auto key = load_node_key(options.key_file);
  if (!key) return key.error();
  return Migrating(options, std::move(key).value()).run();
}

}  // namespace culvert::store
