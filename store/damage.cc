#include "store/damage.h"

#include <algorithm>

#include "crypto/base/log.h"

namespace culvert::store {

void Damage::note(Table table, ByteView key) {
  // First, and however many were noted: whoever damages ten thousand records of mail must not hide
  // one that decides trust behind them.
  if (decides_trust(table) && set_altered(table)) log_error("store: {}", altered());
  {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMaxNotedRecords) return;
    const Place place{table, Bytes(key.begin(), key.end())};
    if (!known_.insert(place).second) return;
    if (!decides_trust(table)) unwritten_.push_back(place);
  }
  log_error(
      "store: a record of the table {} was altered on disk or is damaged, and is set aside: {}",
      table_name(table), to_hex(key));
}

std::vector<Damage::Place> Damage::unwritten() const {
  const std::lock_guard lock(mutex_);
  return unwritten_;
}

void Damage::written(const std::vector<Place>& places) {
  const std::lock_guard lock(mutex_);
  std::erase_if(unwritten_, [&places](const Place& place) {
    return std::find(places.begin(), places.end(), place) != places.end();
  });
}

bool Damage::set_altered(Table table) {
  const std::lock_guard lock(mutex_);
  altered_.store(true, std::memory_order_release);
  return altered_tables_.insert(table).second;
}

std::string Damage::altered() const {
  const std::lock_guard lock(mutex_);
  std::string names;
  for (const Table table : altered_tables_)
    names += (names.empty() ? "" : ", ") + std::string(table_name(table));
  if (names.empty()) return {};
  return "records that decide whom mail is sealed for were altered on disk (" + names +
         "); nothing is sent to other organisations until the data directory is restored from a "
         "trusted copy, or the node is set up and paired again";
}

}  // namespace culvert::store
