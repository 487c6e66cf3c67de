#include "node/net/giving_way.h"

namespace culvert::node {

GivingWay::GivingWay(const ConnectionLimit& limit, const IpAddress& newcomer,
                     const ConnectionLimit::Seat& refused)
    : limit_(limit), refused_(refused) {
  if (refused.refusal() == ConnectionLimit::Refusal::full) best_.first = limit.weight(newcomer);
}

bool GivingWay::prefers(const IpAddress& client, SteadyTime waits_since) {
  if (refused_.refusal() == ConnectionLimit::Refusal::share &&
      !refused_.network().contains(client)) {
    return false;
  }
  const Key key{limit_.weight(client), -waits_since.time_since_epoch()};
  if (found_ ? key <= best_ : key.first < best_.first) return false;
  best_ = key;
  found_ = true;
  return true;
}

}  // namespace culvert::node
