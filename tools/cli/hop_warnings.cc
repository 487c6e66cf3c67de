#include "tools/cli/hop_warnings.h"

#include <set>

#include "store/routes.h"

namespace culvert::cli {

Result<std::vector<node::UnverifiedHop>> hops_to_warn_of(const node::Config& config,
                                                         const store::Store& store) {
  std::vector<node::UnverifiedHop> hops = node::unverified_hops(config);
  if (hops.empty()) return hops;
  std::set<Domain> sealed;
  const Status read = store.read([&](const store::ReadTransaction& txn) -> Status {
    for (const store::Route& route : store::list_routes(txn)) {
      if (route.active_since && !route.released) sealed.insert(route.domain);
    }
    return done();
  });
  if (!read) return read.error();
  std::erase_if(hops, [&](const node::UnverifiedHop& hop) {
    return hop.domain && sealed.contains(*hop.domain);
  });
  return hops;
}

}  // namespace culvert::cli
