#include "store/db.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "crypto/base/log.h"
#include "store/db_impl.h"
#include "store/keys.h"
#include "store/reserve.h"

namespace culvert::store {

namespace {

constexpr unsigned kMaxReaders = 510;  // threads of all processes that read at the same moment
constexpr mdb_mode_t kFileMode = 0600;
// How much room is made ahead, as a multiple of the reserve. A batch must fit between the two.
constexpr std::uint64_t kRoomFactor = 3;
// Room is made in steps, so that not every commit has to make some.
constexpr std::uint64_t kRoomStepBytes = 1024 * 1024;

bool is_full(int rc) { return rc == MDB_MAP_FULL || rc == ENOSPC || rc == EDQUOT; }

Error store_failed(std::string detail) {
  return internal_error("store-failed", "the store failed and takes no more changes",
                        std::move(detail));
}

// Every lock file of LMDB begins with this.
constexpr std::uint32_t kLockMagic = 0xBEEFC0DE;

Error not_ours(const std::filesystem::path& file) {
  return permanent_error(
      "store-access",
      fmt::format("'{}' is a link, or was not made by the store; find out who put it there, stop "
                  "the node, and remove it{}",
                  file.string(), file.filename() == "lock.mdb" ? "" : " or restore a backup"));
}

Error not_a_store(const std::filesystem::path& directory, const char* why) {
  return permanent_error(
      "store-access",
      fmt::format("'{}' does not begin as a store does ({}): it was altered or is damaged; stop "
                  "the node and put back a whole copy of the data directory",
                  (directory / "data.mdb").string(), why));
}

// The attack: LMDB opens its files by name and through links. It overwrites the front of a lock
// file that it does not recognise, no matter whose file that is.
Status check_files(const std::filesystem::path& directory) {
  const auto data = directory / "data.mdb", lock = directory / "lock.mdb";
  struct stat found {};
  if (::lstat(data.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) return not_ours(data);
  // NONBLOCK: opening a named pipe would wait for a writer.
  const int fd = ::open(lock.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return errno == ELOOP ? Status(not_ours(lock)) : done();
  std::uint32_t front = kLockMagic;  // an empty file passes too: LMDB fills it
  const bool is_file =
      ::fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && ::read(fd, &front, sizeof front) >= 0;
  ::close(fd);
  // Zeros: another process is making it just now.
  const bool ours = is_file && (front == kLockMagic || (front == 0 && found.st_nlink == 1));
  return ours ? done() : Status(not_ours(lock));
}

// The attack, or an interrupted copy: the map reaches beyond the end of the file, and reading a
// page there kills the process. The two pages that this function reads exist, or LMDB would not
// have opened the file. The file only grows, and it grows before the number of the last page does,
// so other processes do not disturb the check.
Status check_length(MDB_env* env, const std::filesystem::path& directory) {
  MDB_envinfo info{};
  MDB_stat pages{};
  int file = -1;
  struct stat found {};
  int rc = mdb_env_info(env, &info);
  if (rc == 0) rc = mdb_env_stat(env, &pages);
  if (rc == 0) rc = mdb_env_get_fd(env, &file);
  if (rc == 0 && ::fstat(file, &found) != 0) rc = errno;
  if (rc != 0) return error_of(rc, "opening " + directory.string());
  if (static_cast<std::uint64_t>(found.st_size) / pages.ms_psize > info.me_last_pgno) return done();
  return permanent_error(
      "store-access",
      fmt::format("'{}' is shorter than it says: it was not copied whole, or its end was lost; "
                  "stop the node and put back a whole copy of the data directory",
                  (directory / "data.mdb").string()));
}

MDB_txn* txn_of(const TransactionState& state) { return static_cast<MDB_txn*>(state.handle); }

}  // namespace

Error error_of(int rc, std::string_view doing) {
  std::string detail = fmt::format("{}: {}", doing, mdb_strerror(rc));
  if (is_full(rc)) return temporary_error("disk-full", "no space left in the store", detail);
  if (rc == MDB_BAD_VALSIZE) {
    return permanent_error("key-too-long", "a name is empty or too long for the store", detail);
  }
  if (rc == MDB_READERS_FULL || rc == MDB_TXN_FULL || rc == ENOMEM) {
    return temporary_error("store-busy", "the store is busy", detail);
  }
  if (rc == EACCES || rc == EPERM || rc == ENOENT || rc == ENOTDIR || rc == EROFS) {
    return permanent_error("store-access", "the store cannot be opened", detail);
  }
  return store_failed(std::move(detail));
}

Status Database::Impl::open(const DatabaseOptions& opened) {
  options = opened;
  if (const Status own = check_files(options.directory); !own) return own.error();
  int rc = mdb_env_create(&env);
  if (rc == 0) rc = mdb_env_set_mapsize(env, options.map_size_bytes);
  if (rc == 0) rc = mdb_env_set_maxreaders(env, kMaxReaders);
  if (rc == 0) rc = mdb_env_set_maxdbs(env, kTableCount);
  if (rc == 0) {
    rc = mdb_env_open(env, options.directory.c_str(), MDB_NOTLS | MDB_NORDAHEAD, kFileMode);
  }
  if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH || rc == MDB_CORRUPTED) {
    return not_a_store(options.directory, mdb_strerror(rc));
  }
  if (rc != 0) return error_of(rc, "opening " + options.directory.string());
  if (const Status whole = check_length(env, options.directory); !whole) return whole.error();
  int stale = 0;
  mdb_reader_check(env, &stale);
  return open_tables();
}

// The schema number is in the clear in every version (record_seal.h).
Status Database::Impl::check_schema(MDB_txn* txn) const {
  MDB_dbi meta = 0;
  if (mdb_dbi_open(txn, table_name(Table::meta), 0, &meta) != 0) return done();  // a new store
  MDB_val key{kSchemaName.size(), const_cast<char*>(kSchemaName.data())};
  MDB_val value{};
  if (mdb_get(txn, meta, &key, &value) != 0) return done();
  const std::uint64_t found =
      read_big_endian({static_cast<const std::uint8_t*>(value.mv_data), value.mv_size});
  if (found == options.schema_version) return done();
  return permanent_error("other-schema", "the store is of another version", std::to_string(found));
}

Status Database::Impl::open_tables() {
  MDB_txn* txn = nullptr;
  int rc = mdb_txn_begin(env, nullptr, 0, &txn);
  if (rc != 0) return error_of(rc, "opening tables");
  if (Status fits = check_schema(txn); !fits) {
    mdb_txn_abort(txn);
    return fits;
  }
  const unsigned make = options.schema_version == kSchemaVersion ? MDB_CREATE : 0;
  tables.fill(kNoTable);
  for (std::size_t i = 0; rc == 0 && i < kTableCount; ++i) {
    rc = mdb_dbi_open(txn, table_name(static_cast<Table>(i)), make, &tables[i]);
    if (rc == MDB_NOTFOUND && make == 0) rc = 0;  // that version had no such table
  }
  if (rc != 0) {
    mdb_txn_abort(txn);
    return error_of(rc, "opening tables");
  }
  rc = mdb_txn_commit(txn);
  return rc == 0 ? done() : Status(error_of(rc, "opening tables"));
}

Result<MDB_txn*> Database::Impl::take_reader() {
  MDB_txn* reader = nullptr;
  {
    const std::lock_guard lock(readers_mutex);
    if (!idle_readers.empty()) {
      reader = idle_readers.back();
      idle_readers.pop_back();
    }
  }
  if (reader != nullptr) {
    const int rc = mdb_txn_renew(reader);
    if (rc == 0) return reader;
    mdb_txn_abort(reader);
    return error_of(rc, "reading");
  }
  int rc = mdb_txn_begin(env, nullptr, MDB_RDONLY, &reader);
  if (rc == MDB_READERS_FULL) {
    int stale = 0;
    mdb_reader_check(env, &stale);
    rc = mdb_txn_begin(env, nullptr, MDB_RDONLY, &reader);
  }
  if (rc != 0) return error_of(rc, "reading");
  return reader;
}

void Database::Impl::give_back(MDB_txn* reader) {
  mdb_txn_reset(reader);
  const std::lock_guard lock(readers_mutex);
  idle_readers.push_back(reader);
}

// Octets of pages that were used once and are free now. Called only when the disk is full, because
// it takes time. LMDB shows its list of free pages to readers only.
std::uint64_t Database::Impl::free_list_bytes(unsigned page_bytes) {
  constexpr MDB_dbi kFreeList = 0;
  auto reader = take_reader();
  if (!reader) return 0;
  MDB_cursor* cursor = nullptr;
  std::uint64_t pages = 0;
  if (mdb_cursor_open(*reader, kFreeList, &cursor) == 0) {
    MDB_val key{};
    MDB_val value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      std::size_t count = 0;  // each record begins with how many pages it lists
      if (value.mv_size >= sizeof count) std::memcpy(&count, value.mv_data, sizeof count);
      pages += count;
    }
    mdb_cursor_close(cursor);
  }
  give_back(*reader);
  return pages * page_bytes;
}

// How many octets new mail may take, the reserve not counted. Makes room ahead. Call it with the
// write lock held.
std::uint64_t Database::Impl::room() {
  MDB_envinfo info{};
  MDB_stat stat{};
  int file = -1;
  if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0) return 0;
  if (mdb_env_get_fd(env, &file) != 0) return 0;
  const std::uint64_t used = (std::uint64_t{info.me_last_pgno} + 1) * stat.ms_psize;
  const std::uint64_t needed = used + kRoomFactor * options.reserve_bytes;
  const std::uint64_t steps = (needed + kRoomStepBytes - 1) / kRoomStepBytes;
  const std::uint64_t wanted = std::min<std::uint64_t>(steps * kRoomStepBytes, info.me_mapsize);
  const std::uint64_t ready = std::min<std::uint64_t>(reserve_up_to(file, wanted), info.me_mapsize);
  std::uint64_t free = ready > used ? ready - used : 0;
  if (free < kRoomFactor * options.reserve_bytes) free += free_list_bytes(stat.ms_psize);
  return free > options.reserve_bytes ? free - options.reserve_bytes : 0;
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options) {
  auto impl = std::make_unique<Impl>();
  if (const Status opened = impl->open(options); !opened) return opened.error();
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Status Database::read(TransactionState& state, const std::function<Status()>& fn) const {
  auto reader = impl_->take_reader();
  if (!reader) return reader.error();
  // Even if `fn` throws, the reader must not pin pages for ever.
  const auto back = [this](MDB_txn* txn) { impl_->give_back(txn); };
  const std::unique_ptr<MDB_txn, decltype(back)> guard(*reader, back);
  state.database = this;
  state.handle = *reader;
  Status result = fn();
  if (state.failure) return *state.failure;
  return result;
}

Status Database::begin_write(TransactionState& state) {
  if (impl_->failed) return store_failed("an earlier failure");
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(impl_->env, nullptr, 0, &txn); rc != 0) {
    return error_of(rc, "beginning a write");
  }
  state.database = this;
  state.handle = txn;
  state.room_bytes = impl_->room();
  return done();
}

Status Database::commit(TransactionState& state) {
  WriteTransaction(state).write_own_records();
  if (state.failure) {
    abort(state);
    return *state.failure;
  }
  const int rc = mdb_txn_commit(txn_of(state));
  state.handle = nullptr;
  if (rc == 0) return done();
  Error error = error_of(rc, "committing");
  if (!is_full(rc)) {
    impl_->failed = true;
    state.is_in_doubt = true;
    log_error("the store failed and takes no more changes until restart: {}", error.detail);
    return store_failed(error.detail);
  }
  return error;
}

void Database::abort(TransactionState& state) {
  if (state.handle != nullptr) mdb_txn_abort(txn_of(state));
  state.handle = nullptr;
}

void Database::clear_stale_readers() const {
  int stale = 0;
  mdb_reader_check(impl_->env, &stale);
  if (stale > 0) log_info("store: removed {} readers of processes that ended", stale);
}

}  // namespace culvert::store
