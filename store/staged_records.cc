#include "store/staged_records.h"

namespace culvert::store {

StagedRecords::StagedRecords(const Store& store) : seal_(&store.record_seal()) {}

void StagedRecords::put(Table table, ByteView key, ByteView value) {
  const Record record{table, key.size(), value.size() + RecordSeal::overhead_bytes(table, key)};
  append(octets_, key);
  octets_.resize(octets_.size() + record.sealed_bytes);
  seal_->seal(table, key, value, MutableBytes(octets_).last(record.sealed_bytes));
  records_.push_back(record);
}

void StagedRecords::put_into(WriteTransaction& txn) const {
  ByteView rest = octets_;
  for (const Record& record : records_) {
    const ByteView key = rest.first(record.key_bytes);
    const ByteView sealed = rest.subspan(record.key_bytes, record.sealed_bytes);
    txn.put_sealed(record.table, key, sealed);
    rest = rest.subspan(record.key_bytes + record.sealed_bytes);
  }
}

}  // namespace culvert::store
