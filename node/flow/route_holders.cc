#include "node/flow/route_holders.h"

namespace culvert::node {

Result<std::vector<peering::RouteHolder>> route_holders(const store::Store& store,
                                                        const Domain& domain) {
  std::vector<peering::RouteHolder> holders;
  const Status read = store.read([&](const store::ReadTransaction& txn) -> Status {
    holders = peering::route_holders(txn, domain);
    return done();
  });
  if (!read) return read.error();
  return holders;
}

}  // namespace culvert::node
