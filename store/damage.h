// What this process found changed without the node key. Records that do not open are set aside. An
// altered table that decides trust holds all mail to other organisations. Thread-safe.
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

// The most records that are noted: somebody who garbles a million records must not fill memory.
inline constexpr std::size_t kMaxNotedRecords = 10'000;

class Damage {
 public:
  using Place = std::pair<Table, Bytes>;

  // Notes a record that does not open or cannot be decoded; logs it the first time. A record of a
  // table that decides trust makes the store `altered`.
  void note(Table table, ByteView key);
  // Records that are noted here and not yet in the table `damaged`, in a stable order.
  std::vector<Place> unwritten() const;
  void written(const std::vector<Place>& places);

  // This table, which decides trust, was altered. True the first time.
  bool set_altered(Table table);
  // Cheap.
  bool is_altered() const { return altered_.load(std::memory_order_acquire); }
  // One line for people that says what to do; empty if nothing was noticed.
  std::string altered() const;

 private:
  mutable std::mutex mutex_;
  std::set<Place> known_;
  std::vector<Place> unwritten_;
  std::atomic<bool> altered_ = false;
  std::set<Table> altered_tables_;
};

}  // namespace culvert::store
