#include "store/transaction.h"

#include <cstring>

#include "crypto/base/log.h"
#include "crypto/base/require.h"
#include "store/db.h"
#include "store/db_impl.h"
#include "store/set_aside.h"

namespace culvert::store {

// A table as LMDB sees it: octets without meaning.
class RawTable {
 public:
  RawTable(const TransactionState& state, Table table)
      : txn_(static_cast<MDB_txn*>(state.handle)),
        dbi_(state.database->impl_->tables[static_cast<std::size_t>(table)]) {}

  int get(ByteView key, ByteView& value) const {
    MDB_val k = to_val(key);
    MDB_val v{};
    const int rc = mdb_get(txn_, dbi_, &k, &v);
    value = rc == 0 ? to_view(v) : ByteView();
    return rc;
  }
  // Makes room for a value, which the caller then writes into `room`. So a value that is not sealed
  // yet is sealed in its final place.
  int reserve(ByteView key, std::size_t size, MutableBytes& room) const {
    MDB_val k = to_val(key);
    MDB_val v{size, nullptr};
    const int rc = mdb_put(txn_, dbi_, &k, &v, MDB_RESERVE);
    if (rc == 0) room = {static_cast<std::uint8_t*>(v.mv_data), v.mv_size};
    return rc;
  }
  int erase(ByteView key) const {
    MDB_val k = to_val(key);
    return mdb_del(txn_, dbi_, &k, nullptr);
  }
  int stat(MDB_stat& into) const { return mdb_stat(txn_, dbi_, &into); }
  int open_cursor(MDB_cursor*& cursor) const { return mdb_cursor_open(txn_, dbi_, &cursor); }

  static MDB_val to_val(ByteView bytes) {
    return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
  }
  static ByteView to_view(const MDB_val& val) {
    return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
  }

 private:
  MDB_txn* txn_;
  MDB_dbi dbi_;
};

namespace {

constexpr const char* kNoWalk = "no walk over a table while something is written";

Error altered_record(Table table) {
  return internal_error(
      "damaged-record",
      fmt::format(
          "a record of the store (table {}) was altered on disk or is damaged; put the data "
          "directory back from a copy that is trusted",
          table_name(table)));
}

}  // namespace

struct Cursor::Impl {
  ~Impl() {
    if (cursor != nullptr) mdb_cursor_close(cursor);
  }
  void go(MDB_cursor_op op) {
    const int rc = cursor == nullptr ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &stored, op);
    at_end = rc != 0;
    is_open = false;
    if (rc != 0 && rc != MDB_NOTFOUND) transaction.fail(error_of(rc, "reading"));
  }
  ReadTransaction transaction;
  const Table table;
  MDB_cursor* cursor = nullptr;
  MDB_val key{};
  MDB_val stored{};
  Bytes value{};  // of the current record, once it was opened
  bool is_open = false;
  bool is_whole = false;
  bool at_end = true;
};

Cursor::Cursor(const TransactionState& state, Table table)
    : impl_(new Impl{.transaction = ReadTransaction(const_cast<TransactionState&>(state)),
                     .table = table}) {
  if (state.failure) return;
  const int rc = RawTable(state, table).open_cursor(impl_->cursor);
  if (rc != 0) impl_->transaction.fail(error_of(rc, "reading"));
}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;

void Cursor::seek(ByteView key) {
  if (key.empty()) return impl_->go(MDB_FIRST);
  impl_->key = RawTable::to_val(key);
  impl_->go(MDB_SET_RANGE);
}
void Cursor::next() { impl_->go(MDB_NEXT); }
void Cursor::seek_before(ByteView key) {
  if (!key.empty()) {
    impl_->key = RawTable::to_val(key);
    impl_->go(MDB_SET_RANGE);
  }
  // If no key is as large, the last one is less.
  impl_->go(key.empty() || impl_->at_end ? MDB_LAST : MDB_PREV);
}
void Cursor::previous() { impl_->go(MDB_PREV); }
bool Cursor::at_end() const { return impl_->at_end; }
ByteView Cursor::key() const { return RawTable::to_view(impl_->key); }
ByteView Cursor::stored() const { return RawTable::to_view(impl_->stored); }

std::optional<ByteView> Cursor::value() const {
  Impl& at = *impl_;
  if (!at.is_open) {
    at.is_open = true;
    at.is_whole = at.transaction.seal().open(at.table, key(), stored(), at.value);
    if (!at.is_whole) at.transaction.damage().note(at.table, key());
  }
  if (!at.is_whole) return std::nullopt;
  return ByteView(at.value);
}

std::optional<ByteView> ReadTransaction::get(Table table, ByteView key) const {
  if (state_.failure) return std::nullopt;
  ByteView stored;
  const int rc = RawTable(state_, table).get(key, stored);
  if (rc == MDB_NOTFOUND) return std::nullopt;
  if (rc != 0) {
    fail(error_of(rc, "reading"));
    return std::nullopt;
  }
  if (!RecordSeal::is_sealed(table, key)) return stored;
  Bytes& value = state_.opened.emplace_back();
  if (seal().open(table, key, stored, value)) return ByteView(value);
  state_.opened.pop_back();
  set_aside(table, key);
  return std::nullopt;
}

ReadTransaction::Held ReadTransaction::held(Table table, ByteView key) const {
  ByteView stored;
  if (state_.failure || RawTable(state_, table).get(key, stored) != 0) return Held::absent;
  Bytes value;
  return seal().open(table, key, stored, value) ? Held::whole : Held::broken;
}

void ReadTransaction::set_aside(Table table, ByteView key) const {
  damage().note(table, key);
  if (decides_trust(table)) fail(altered_record(table));
}

Cursor ReadTransaction::scan(Table table, ByteView from) const {
  Cursor cursor(state_, table);
  cursor.seek(from);
  return cursor;
}

Cursor ReadTransaction::scan_back(Table table, ByteView before) const {
  Cursor cursor(state_, table);
  cursor.seek_before(before);
  return cursor;
}

std::uint64_t ReadTransaction::count(Table table) const {
  if (state_.failure) return 0;
  MDB_stat stat{};
  const int rc = RawTable(state_, table).stat(stat);
  if (rc != 0) fail(error_of(rc, "reading"));
  return stat.ms_entries;
}

Bytes ReadTransaction::index(Table table, std::string_view text) const {
  return seal().index(table, text);
}

void ReadTransaction::fail(Error error) const {
  if (!state_.failure) state_.failure = std::move(error);
}
bool ReadTransaction::failed() const { return state_.failure.has_value(); }
const crypto::SealingKey& ReadTransaction::secrets_key() const {
  return state_.context->secrets_key;
}
const RecordSeal& ReadTransaction::seal() const { return state_.context->seal; }
Damage& ReadTransaction::damage() const { return *state_.context->damage; }
const std::filesystem::path& ReadTransaction::bodies_dir() const {
  return state_.context->bodies_dir;
}

// False, and the transaction fails, if that record must not change.
bool WriteTransaction::may_change(Table table, ByteView key) {
  if (state_.failure) return false;
  if (key.empty() || key.size() > kMaxKeyBytes) {
    fail(error_of(MDB_BAD_VALSIZE, "writing"));
    return false;
  }
  if (!is_counted(table, key)) return true;
  if (!state_.census_read) {
    state_.census_read = true;
    state_.census = find_census(*this);
    if (!state_.census) damage().set_altered(Table::meta);
  }
  if (table == Table::meta || !damage().is_altered()) return true;
  fail(permanent_error("store-altered", damage().altered()));
  return false;
}

WalkGuard::WalkGuard(const ReadTransaction& txn) : state_(txn.state_) { ++state_.walks; }
WalkGuard::~WalkGuard() { --state_.walks; }

// Takes the stored record, if any, out of the census.
void WriteTransaction::count_out(Table table, ByteView key) {
  if (!is_counted(table, key) || !state_.census) return;
  ByteView stored;
  const int rc = RawTable(state_, table).get(key, stored);
  if (rc == 0) state_.census->remove(table, seal().element(table, key, stored));
  if (rc != 0 && rc != MDB_NOTFOUND) fail(error_of(rc, "reading"));
}

// A record that is written anew or removed needs no person any more.
void WriteTransaction::forget_note(Table table, ByteView key) {
  if (table == Table::damaged || count(Table::damaged) == 0) return;
  const int rc = RawTable(state_, Table::damaged).erase(note_key(table, key));
  if (rc != 0 && rc != MDB_NOTFOUND) fail(error_of(rc, "removing"));
}

// `fill` writes the record into its final place.
template <typename Fill>
void WriteTransaction::write(Table table, ByteView key, std::size_t size, Fill fill) {
  require(state_.walks == 0, kNoWalk);
  if (!may_change(table, key)) return;
  // Before the write: the census knows the old record by its old octets.
  count_out(table, key);
  forget_note(table, key);
  if (state_.failure) return;
  ++state_.writes;
  state_.written_bytes += key.size() + size;
  MutableBytes room;
  if (const int rc = RawTable(state_, table).reserve(key, size, room); rc != 0) {
    return fail(error_of(rc, "writing"));
  }
  fill(room);
  if (is_counted(table, key) && state_.census) {
    state_.census->add(table, seal().element(table, key, room));
  }
}

void WriteTransaction::put(Table table, ByteView key, ByteView value) {
  write(table, key, value.size() + RecordSeal::overhead_bytes(table, key),
        [&](MutableBytes room) { seal().seal(table, key, value, room); });
}

void WriteTransaction::put_sealed(Table table, ByteView key, ByteView sealed) {
  write(table, key, sealed.size(),
        [sealed](MutableBytes room) { std::copy(sealed.begin(), sealed.end(), room.begin()); });
}

bool WriteTransaction::erase(Table table, ByteView key) {
  require(state_.walks == 0, kNoWalk);
  if (!may_change(table, key)) return false;
  count_out(table, key);
  forget_note(table, key);
  if (state_.failure) return false;
  const int rc = RawTable(state_, table).erase(key);
  if (rc == MDB_NOTFOUND) return false;
  ++state_.writes;
  if (rc != 0) fail(error_of(rc, "removing"));
  return rc == 0;
}

void WriteTransaction::begin_census() {
  state_.census_read = true;
  state_.census.emplace();
}

void WriteTransaction::write_own_records() {
  if (state_.failure) return;
  if (state_.census) put(Table::meta, as_bytes(kCensusName), encode(*state_.census));
  const auto noted = damage().unwritten();
  if (noted.empty()) return;
  for (const auto& [table, key] : noted) {
    // Skip what was removed or written anew since it was noted.
    if (held(table, key) == Held::broken) put(Table::damaged, note_key(table, key), {});
  }
  after_commit([&damage = damage(), noted] { damage.written(noted); });
}

Status WriteTransaction::require_room() const {
  if (state_.written_bytes < state_.room_bytes) return done();
  return temporary_error("disk-full", "no space left in the store", "only the reserve is left");
}

void WriteTransaction::after_commit(std::function<void()> act) {
  state_.after_commit.push_back(std::move(act));
}

void WriteTransaction::unless_undone(std::function<void()> act) {
  state_.unless_undone.push_back(std::move(act));
}

}  // namespace culvert::store
