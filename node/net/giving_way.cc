#include "node/net/giving_way.h"

namespace culvert::node {

using Refusal = ConnectionLimit::Refusal;

GivingWay::GivingWay(const ConnectionLimit& limit, const ConnectionLimit::Seat& refused)
    : limit_(limit), refused_(refused) {
  if (refused.refusal() == Refusal::full) least_weight_ = limit.weight(refused.client());
}

bool GivingWay::may_go(const ConnectionLimit::Seat& seat) const {
  if (refused_.refusal() == Refusal::share && !refused_.network().contains(seat.client())) {
    return false;
  }
  return refused_.standing() != Standing::stranger || seat.standing() == Standing::stranger;
}

void GivingWay::consider(const ConnectionLimit::Seat& seat, SteadyTime waits_since,
                         GivesWay& connection) {
  if (!may_go(seat)) return;
  const Key key{limit_.weight(seat.client()), -waits_since.time_since_epoch()};
  if (found_ != nullptr ? key <= best_ : key.first < least_weight_) return;
  best_ = key;
  found_ = &connection;
}

bool GivingWay::make_room() {
  if (found_ == nullptr) return false;
  found_->give_way();
  return true;
}

}  // namespace culvert::node
