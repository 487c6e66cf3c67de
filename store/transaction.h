// A transaction over the store's tables. Callers use the typed functions of the other headers
// (messages.h, queue.h, peers.h, ...), which take one of these; the calls on octets are for those.
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
  // Whoever can write the disk can put any key there; only a value that opens proves it.
  ByteView key() const;
  // Nothing for a record that was altered on disk or is damaged: it was noted (damage.h), and is to
  // be passed over.
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

  // The view holds until the transaction ends; that of a record which is not sealed
  // (record_seal.h) until it writes as well. A record that was altered on disk or is damaged is
  // noted (damage.h) and counts as not there; but one of a table that decides trust fails the
  // transaction (internal `damaged-record`), because nothing may be decided without it.
  std::optional<ByteView> get(Table table, ByteView key) const;
  // Which of these it is, without noting or failing anything.
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
  // What stands for an address, a domain or a name in a key of that table: 16 octets that only the
  // node key makes.
  Bytes index(Table table, std::string_view text) const;
  // How many records a table has. Cheap.
  std::uint64_t count(Table table) const;

  // Makes the transaction fail with this, unless it failed before.
  void fail(Error error) const;
  bool failed() const;
  // The key for secrets inside records.
  const crypto::SealingKey& secrets_key() const;
  const RecordSeal& seal() const;
  // What was found altered; may be noted in by readers.
  Damage& damage() const;
  // Where body files are.
  const std::filesystem::path& bodies_dir() const;

 protected:
  friend class WalkGuard;
  TransactionState& state_;
};

// A walk over a table in which somebody else is called (table.h): nothing may be written meanwhile,
// because the cursor's views would change under their reader. Checked.
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

  // A key is 1 to 511 octets; others fail the transaction (permanent `key-too-long`). In a store
  // that was altered where it decides trust, nothing of that is changed any more, but `meta`
  // (permanent `store-altered`): what was altered must not become the ground of something new.
  void put(Table table, ByteView key, ByteView value) override;
  // The same with a value that was sealed before, for this table and key.
  void put_sealed(Table table, ByteView key, ByteView sealed);
  // True if there was one.
  bool erase(Table table, ByteView key);

  // Of a new store: counts what decides trust from here on (census.h).
  void begin_census();
  // Writes the census and what was set aside; the last thing in a transaction, for db.cc.
  void write_own_records();

  // temporary `disk-full` while the room that is kept for removals would be touched. For what
  // brings in new mail, before it writes; removals and state changes do not ask.
  Status require_room() const;

  // Runs in the commit thread once this closure's changes are on disk; never if they are not. Must
  // be quick and must not fail.
  void after_commit(std::function<void()> act);
  // The same, and also if the commit failed so that nobody knows what of it is on disk: for what
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
