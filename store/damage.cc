#include "store/damage.h"

#include <algorithm>

#include "crypto/base/log.h"

namespace culvert::store {

void Damage::note(Table table, ByteView key) {
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
  if (!decides_trust(table)) return;
  set_altered(table);
  log_error("store: {}", altered());
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

void Damage::set_altered(Table table) {
  const std::lock_guard lock(mutex_);
  altered_tables_.insert(table);
  altered_.store(true, std::memory_order_release);
}

std::string Damage::altered() const {
  const std::lock_guard lock(mutex_);
  std::string names;
  for (const Table table : altered_tables_)
    names += (names.empty() ? "" : ", ") + std::string(table_name(table));
  if (names.empty()) return {};
  return "records that decide whom mail is sealed for were altered on disk (" + names +
         "); nothing is sent to other organisations until the data directory is put back from a "
         "copy that is trusted, or the node is made anew and paired again";
}

}  // namespace culvert::store
