#include "node/flow/quarantine_quota.h"

#include "store/quarantine.h"

namespace culvert::node {

bool quarantine_is_full(const store::Store& store) {
  std::uint64_t bytes = 0;
  const Status read = store.read([&bytes](const store::ReadTransaction& txn) -> Status {
    bytes = store::quarantine_bytes(txn, std::nullopt);
    return done();
  });
  return !read || bytes >= kQuarantineQuotaBytes;
}

}  // namespace culvert::node
