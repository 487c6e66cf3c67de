// Records that are made ready before their commit: coded and sealed in the thread that has them, so
// that the one thread that commits only has to copy them.
#pragma once

#include <vector>

#include "store/record_sink.h"
#include "store/store.h"

namespace culvert::store {

class StagedRecords final : public RecordSink {
 public:
  // `store`, for which alone they are, must outlive it.
  explicit StagedRecords(const Store& store);

  void put(Table table, ByteView key, ByteView value) override;
  const RecordSeal& seal() const override { return *seal_; }

  // In the order in which they were put; as often as the closure runs.
  void put_into(WriteTransaction& txn) const;

 private:
  struct Record {
    Table table;
    std::size_t key_bytes;
    std::size_t sealed_bytes;
  };
  const RecordSeal* seal_;
  std::vector<Record> records_;
  Bytes octets_;  // of each record its key, then its sealed value
};

}  // namespace culvert::store
