#include "node/delivery/paths.h"

#include <algorithm>
#include <array>

#include "crypto/base/require.h"

namespace culvert::node {

extern const PathRow kOpenPath;
extern const PathRow kInsidePath;
extern const PathRow kTunnelPath;
extern const PathRow kProofPath;
extern const PathRow kClearPath;

namespace {

// The node's own work comes first, then peers.
constexpr std::array kRows = {&kOpenPath, &kInsidePath, &kTunnelPath, &kProofPath, &kClearPath};
static_assert(kRows.size() == std::size(store::kDeliveryPaths), "each stored path has one row");

// Mail on a path of another version is held (Dispatcher); nobody is told about it.
constexpr PathTraits kUnknown{.expires = false, .delay = DelayTold::never};

const PathRow* find_row(store::DeliveryPath path) {
  const auto found = std::find_if(kRows.begin(), kRows.end(),
                                  [path](const PathRow* row) { return row->path == path; });
  return found == kRows.end() ? nullptr : *found;
}

}  // namespace

std::span<const PathRow* const> all_paths() { return kRows; }

const PathRow& path_row(store::DeliveryPath path) {
  const PathRow* const row = find_row(path);
  require(row != nullptr, "a path that has a row");
  return *row;
}

const PathTraits& path_traits(store::DeliveryPath path) {
  const PathRow* const row = find_row(path);
  return row != nullptr ? row->traits : kUnknown;
}

void PathRecords::put(store::WriteTransaction& txn) const {
  if (staged) staged(txn);
  if (in_commit) in_commit(txn);
}

PathRecords path_records(const PathOutcome& outcome) {
  const PathRow* const row = find_row(outcome.entry.path);
  if (row == nullptr || row->settle == nullptr) return {};
  return row->settle(outcome);
}

}  // namespace culvert::node
