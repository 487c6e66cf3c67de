// The ways on which mail leaves the queue, as they are stored. What each of them means is a row of
// node/delivery/paths.h.
#pragma once

#include <cstdint>

namespace culvert::store {

// Numbers are frozen: one that was used never becomes another path's.
enum class DeliveryPath : std::uint8_t {
  tunnel = 0,
  clear = 1,
  inside = 2,
  open = 3,   // received sealed; to be opened by this node
  proof = 4,  // a challenge to a peer, sealed to the claimed key
};

struct PathName {
  DeliveryPath path;
  const char* name;
};
inline constexpr PathName kDeliveryPaths[] = {
    {DeliveryPath::tunnel, "tunnel"}, {DeliveryPath::clear, "clear"},
    {DeliveryPath::inside, "inside"}, {DeliveryPath::open, "open"},
    {DeliveryPath::proof, "proof"},
};

// A store may hold numbers of another version of this program: `unknown`.
constexpr const char* path_name(DeliveryPath path) {
  for (const PathName& each : kDeliveryPaths)
    if (each.path == path) return each.name;
  return "unknown";
}
constexpr bool is_known(DeliveryPath path) {
  for (const PathName& each : kDeliveryPaths)
    if (each.path == path) return true;
  return false;
}

}  // namespace culvert::store
