// The ways in which mail leaves the queue, as they are stored. node/delivery/paths.h has a row for
// each that says what it means.
#pragma once

#include <cstdint>

namespace culvert::store {

// Numbers are frozen: a number that was used is never given to another path.
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

// `unknown` for a number of another version of this program, which a store may hold.
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
