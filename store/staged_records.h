// Records that are prepared before their commit. They are encoded and sealed in the thread that has
// them, so that the commit thread only has to copy them.
#pragma once

#include <vector>

#include "store/record_sink.h"
#include "store/store.h"

namespace culvert::store {

class StagedRecords final : public RecordSink {
 public:
  // For `store` alone, which must outlive it.
  explicit StagedRecords(const Store& store);

  void put(Table table, ByteView key, ByteView value) override;
  const RecordSeal& seal() const override { return *seal_; }

  // Puts them in the order in which they were added. May be called as often as the closure runs.
  void put_into(WriteTransaction& txn) const;

 private:
  struct Record {
    Table table;
    std::size_t key_bytes;
    std::size_t sealed_bytes;
  };
  const RecordSeal* seal_;
  std::vector<Record> records_;
  Bytes octets_;  // for each record its key, then its sealed value
};

}  // namespace culvert::store
