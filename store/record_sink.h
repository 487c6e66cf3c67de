// Where typed functions put their records: into a transaction, or among records that are prepared
// for one (staged_records.h).
#pragma once

#include "store/record_seal.h"
#include "store/schema.h"

namespace culvert::store {

class RecordSink {
 public:
  // Replaces the record of that key.
  virtual void put(Table table, ByteView key, ByteView value) = 0;
  // For the digests in keys (RecordSeal::index).
  virtual const RecordSeal& seal() const = 0;

 protected:
  ~RecordSink() = default;
};

}  // namespace culvert::store
