// A transaction over the store's tables. Callers use the typed functions of the other headers
// (messages.h, queue.h, peers.h, ...), which take a transaction. The calls on octets are for those
// functions.
//
// A failure of the database or a damaged record sticks to the transaction: from then on reads find
// nothing, writes do nothing, and `Store::read` or `Store::write` returns that failure whatever the
// closure returns. So typed functions need not return it, and what they returned counts only if the
// transaction succeeded. A transaction lives for one closure and one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/keys/sealing.h"
#include "store/record_sink.h"
#include "store/schema.h"

namespace culvert::store {

struct TransactionState;
class Damage;

// Goes through one table in key order. Views hold until the cursor moves, or the transaction writes
// or ends.
class Cursor {
 public:
  Cursor(const TransactionState& state, Table table);
  ~Cursor();
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) = delete;

  // Goes to the first record whose key is not less than `key`.
  void seek(ByteView key);
  void next();
  // The same in the other direction: to the last record whose key is less than `key` (empty: to the
  // last of all).
  void seek_before(ByteView key);
  void previous();
  bool at_end() const;
  // Anybody who can write the disk can put any key there; only a value that opens proves it.
  ByteView key() const;
  // Nothing for a record that was altered on disk or is damaged. It is noted (damage.h), and is to
  // be skipped.
  std::optional<ByteView> value() const;
  // As it is on disk.
  ByteView stored() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class ReadTransaction {
 public:
  explicit ReadTransaction(TransactionState& state) : state_(state) {}
  ~ReadTransaction() = default;
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

  // The view holds until the transaction ends; for a record that is not sealed (record_seal.h),
  // only until it writes or ends. A record that was altered on disk or is damaged is noted
  // (damage.h) and counts as absent. If its table decides trust, it also fails the transaction
  // (internal `damaged-record`), because nothing may be decided without it.
  std::optional<ByteView> get(Table table, ByteView key) const;
  // The state of a record. Notes nothing and fails nothing.
  enum class Held { absent, broken, whole };
  Held held(Table table, ByteView key) const;
  bool has(Table table, ByteView key) const { return get(table, key).has_value(); }
  // A cursor at the first record whose key is not less than `from`.
  Cursor scan(Table table, ByteView from = {}) const;
  // A cursor at the last record whose key is less than `before`; empty: at the last.
  Cursor scan_back(Table table, ByteView before = {}) const;
  // Notes a record whose octets are not what they should be; fails the transaction if it decides
  // trust.
  void set_aside(Table table, ByteView key) const;
  // The digest that takes the place of an address, a domain or a name in a key of that table: 16
  // octets that only the node key makes.
  Bytes index(Table table, std::string_view text) const;
  // How many records a table has. Cheap.
  std::uint64_t count(Table table) const;

  // Makes the transaction fail with this, unless it failed before.
  void fail(Error error) const;
  bool failed() const;
  // The key for secrets inside records.
  const crypto::SealingKey& secrets_key() const;
  const RecordSeal& seal() const;
  // What was found altered. Readers may add notes.
  Damage& damage() const;
  // Where body files are.
  const std::filesystem::path& bodies_dir() const;

 protected:
  friend class WalkGuard;
  TransactionState& state_;
};

// Guards a walk over a table that calls a visitor (table.h). Nothing may be written meanwhile,
// because the cursor's views would change under the visitor. Checked.
class WalkGuard {
 public:
  explicit WalkGuard(const ReadTransaction& txn);
  ~WalkGuard();
  WalkGuard(const WalkGuard&) = delete;
  WalkGuard& operator=(const WalkGuard&) = delete;

 private:
  TransactionState& state_;
};

class WriteTransaction final : public ReadTransaction, public RecordSink {
 public:
  using ReadTransaction::ReadTransaction;
  const RecordSeal& seal() const override { return ReadTransaction::seal(); }

  // A key is 1 to 511 octets; others fail the transaction (permanent `key-too-long`). Once records
  // that decide trust were altered, such records cannot be changed any more, except in `meta`
  // (permanent `store-altered`): nothing new may be based on what was altered.
  void put(Table table, ByteView key, ByteView value) override;
  // The same with a value that is already sealed for this table and key.
  void put_sealed(Table table, ByteView key, ByteView sealed);
  // True if there was one.
  bool erase(Table table, ByteView key);

  // For a new store: counts what decides trust from here on (census.h).
  void begin_census();
  // Writes the census and the notes of what was set aside. For db.cc, as the last thing in a
  // transaction.
  void write_own_records();

  // temporary `disk-full` if only the room that is kept for removals is left. Functions that bring
  // in new mail ask before they write; removals and state changes do not ask.
  Status require_room() const;

  // Runs in the commit thread once this closure's changes are on disk; never if they are not. Must
  // be quick and must not fail.
  void after_commit(std::function<void()> act);
  // The same, but it also runs if the commit failed and it is unknown what is on disk. For what
  // must not be lost then.
  void unless_undone(std::function<void()> act);

 private:
  template <typename Fill>
  void write(Table table, ByteView key, std::size_t size, Fill fill);
  bool may_change(Table table, ByteView key);
  void count_out(Table table, ByteView key);
  void forget_note(Table table, ByteView key);
};

}  // namespace culvert::store
