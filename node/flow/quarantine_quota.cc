#include "node/flow/quarantine_quota.h"

#include "store/quarantine.h"

namespace culvert::node {

bool is_over_quota(const store::ReadTransaction& txn, const Fingerprint& peer,
                   std::uint64_t more_bytes) {
  return store::quarantine_bytes(txn, peer) + more_bytes > kQuarantineQuotaBytes;
}

bool quarantine_is_full(const store::Store& store) {
  std::uint64_t bytes = 0;
  const Status read = store.read([&bytes](const store::ReadTransaction& txn) -> Status {
    bytes = store::quarantine_bytes(txn, std::nullopt);
    return done();
  });
  return !read || bytes >= kQuarantineQuotaBytes;
}

}  // namespace culvert::node
