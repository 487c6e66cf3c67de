#include "node/net/connection_limit.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/net/giving_way.h"

namespace culvert::node {
namespace {

void tell_share(const IpNetwork& network, std::size_t open) {
  static LogLimit log_limit;
  if (const auto line = log_limit.take(std::chrono::steady_clock::now())) {
    log_warning("places that {} has taken: {}, its whole share; it gets no more for now{}",
                network.text(), open, line->left_out_text());
  }
}

void tell_full(std::size_t most) {
  static LogLimit log_limit;
  if (const auto line = log_limit.take(std::chrono::steady_clock::now())) {
    log_warning("all of {} places for connections are taken, or all but those that are kept{}",
                most, line->left_out_text());
  }
}

}  // namespace

ConnectionLimit::Seat::Seat(Seat&& other) noexcept { *this = std::move(other); }

ConnectionLimit::Seat& ConnectionLimit::Seat::operator=(Seat&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(client_, other.client_);
  std::swap(standing_, other.standing_);
  std::swap(network_, other.network_);
  std::swap(refusal_, other.refusal_);
  return *this;
}

ConnectionLimit::Seat::~Seat() {
  if (of_ == nullptr) return;
  of_->give_back_share(client_);
  of_->give_back_place(standing_);
}

ConnectionLimit::Seat ConnectionLimit::take(const IpAddress& client) {
  Seat seat;
  seat.client_ = client;
  seat.standing_ = standing_of(client);
  if (!take_place(seat.standing_)) {
    seat.refusal_ = Refusal::full;
    return seat;
  }
  if (const auto taken = take_share(client, seat.standing_)) {
    give_back_place(seat.standing_);
    seat.refusal_ = Refusal::share;
    seat.network_ = *taken;
    return seat;
  }
  seat.of_ = this;
  return seat;
}

ConnectionLimit::Seat ConnectionLimit::take_or_make_room(EventLoop& loop, const IpAddress& client) {
  Seat seat = take(client);
  if (seat) return seat;
  GivingWay choice(*this, seat);
  {
    const std::lock_guard lock(holders_mutex_);
    for (PlaceHolders* const holders : holders_)
      holders->offer(loop, choice);
  }
  if (choice.make_room()) return take(client);
  if (seat.refusal() == Refusal::full) tell_full(most_);
  return seat;
}

void ConnectionLimit::add(PlaceHolders& holders) {
  const std::lock_guard lock(holders_mutex_);
  holders_.push_back(&holders);
}

void ConnectionLimit::remove(PlaceHolders& holders) {
  const std::lock_guard lock(holders_mutex_);
  std::erase(holders_, &holders);
}

Standing ConnectionLimit::standing_of(const IpAddress& client) const {
  return kept_.standing ? kept_.standing(client) : Standing::stranger;
}

// Those for whom places are kept do not take them from strangers: strangers have a count of their
// own.
bool ConnectionLimit::take_place(Standing standing) {
  if (within_ != nullptr && !within_->take_place(Standing::stranger)) return false;
  const bool stranger = standing == Standing::stranger;
  const bool has_place = open_.fetch_add(1, std::memory_order_relaxed) < most_;
  const bool may_have_it =
      !stranger || strangers_.fetch_add(1, std::memory_order_relaxed) < most_ - kept_.count;
  if (has_place && may_have_it) return true;
  give_back_place(standing);
  return false;
}

void ConnectionLimit::give_back_place(Standing standing) {
  open_.fetch_sub(1, std::memory_order_relaxed);
  if (standing == Standing::stranger) strangers_.fetch_sub(1, std::memory_order_relaxed);
  if (within_ != nullptr) within_->give_back_place(Standing::stranger);
}

ConnectionLimit::Networks ConnectionLimit::networks_of(const IpAddress& client) {
  Networks networks;
  for (std::size_t i = 0; i < networks.size(); ++i)
    networks[i] = IpNetwork::around(client, kNestedShares[i].bits);
  return networks;
}

bool ConnectionLimit::is_exempt(const IpAddress& client) const {
  return share_.is_exempt && share_.is_exempt(client);
}

// Every client is counted, even one that is exempt at present: the configuration may change
// meanwhile. Named attack: who rents addresses beside a known one takes what their network has, but
// not the share of the known address.
std::optional<IpNetwork> ConnectionLimit::take_share(const IpAddress& client, Standing standing) {
  const std::size_t bounded = is_exempt(client)             ? 0
                              : standing == Standing::known ? 1
                                                            : kNestedShares.size();
  const Networks networks = networks_of(client);
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < bounded; ++i) {
    const auto found = by_network_.find(networks[i]);
    const std::size_t open = found == by_network_.end() ? 0 : found->second.open;
    if (open < share_.most * kNestedShares[i].times) continue;
    if (found != by_network_.end() && !std::exchange(found->second.told, true)) {
      tell_share(networks[i], open);
    }
    return networks[i];
  }
  for (const IpNetwork& network : networks)
    ++by_network_[network].open;
  return std::nullopt;
}

void ConnectionLimit::give_back_share(const IpAddress& client) {
  const std::lock_guard lock(mutex_);
  for (const IpNetwork& network : networks_of(client)) {
    const auto found = by_network_.find(network);
    if (--found->second.open == 0) by_network_.erase(found);
  }
}

std::size_t ConnectionLimit::weight(const IpAddress& client) const {
  if (is_exempt(client)) return 0;
  const Networks networks = networks_of(client);
  std::size_t most = 0;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto found = by_network_.find(networks[i]);
    if (found == by_network_.end()) continue;
    most =
        std::max(most, found->second.open * (kNestedShares.back().times / kNestedShares[i].times));
  }
  return most;
}

}  // namespace culvert::node
