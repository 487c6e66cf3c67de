// What this process found that was changed without the node key: records that do not open, which
// are set aside, and tables that decide trust, which hold all mail to others. Thread-safe.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "store/schema.h"

namespace culvert::store {

// Noted by key at most so many: who garbles a million records does not fill memory with them.
inline constexpr std::size_t kMaxNotedRecords = 10'000;

class Damage {
 public:
  using Place = std::pair<Table, Bytes>;

  // A record that does not open or cannot be decoded; logged the first time. One of a table that
  // decides trust makes the store `altered`.
  void note(Table table, ByteView key);
  // Noted here and not yet written to the table `damaged`, in a stable order.
  std::vector<Place> unwritten() const;
  void written(const std::vector<Place>& places);

  // The store was altered where it decides trust, in that table.
  void set_altered(Table table);
  // Cheap.
  bool is_altered() const { return altered_.load(std::memory_order_acquire); }
  // What to tell people, one line that says what to do; empty if nothing was noticed.
  std::string altered() const;

 private:
  mutable std::mutex mutex_;
  std::set<Place> known_;
  std::vector<Place> unwritten_;
  std::atomic<bool> altered_ = false;
  std::set<Table> altered_tables_;
};

}  // namespace culvert::store
