#include "node/system/counters.h"

namespace culvert::node {
namespace {

constexpr std::chrono::seconds kMinute{60};

}  // namespace

std::string_view counted_name(Counted what) {
  switch (what) {
    case Counted::received:
      return "received";
    case Counted::sealed:
      return "sealed";
    case Counted::opened:
      return "opened";
    case Counted::delivered:
      return "delivered";
    case Counted::deferred:
      return "deferred";
    case Counted::failed:
      return "failed";
    case Counted::quarantined:
      return "quarantined";
    case Counted::octets_in:
      return "octets_in";
    case Counted::octets_out:
      return "octets_out";
  }
  return "";
}

Counts Counters::totals() const {
  Counts totals{};
  for (std::size_t i = 0; i < totals.size(); ++i)
    totals[i] = counts_[i].load(std::memory_order_relaxed);
  return totals;
}

Counts LastMinute::of(const Counts& totals, SteadyTime now) {
  past_.emplace_back(now, totals);
  while (past_.size() > 1 && past_[1].first <= now - kMinute)
    past_.pop_front();
  Counts grown{};
  for (std::size_t i = 0; i < grown.size(); ++i)
    grown[i] = totals[i] - past_.front().second[i];
  return grown;
}

}  // namespace culvert::node
