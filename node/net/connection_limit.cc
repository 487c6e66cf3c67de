#include "node/net/connection_limit.h"

#include <algorithm>

#include "crypto/base/log.h"

namespace culvert::node {
ConnectionLimit::Seat::Seat(Seat&& other) noexcept
    : of_(std::exchange(other.of_, nullptr)),
      client_(other.client_),
      network_(other.network_),
      refusal_(other.refusal_) {}

ConnectionLimit::Seat& ConnectionLimit::Seat::operator=(Seat&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(client_, other.client_);
  std::swap(network_, other.network_);
  std::swap(refusal_, other.refusal_);
  return *this;
}

ConnectionLimit::Seat::~Seat() {
  if (of_ == nullptr) return;
  of_->give_back_share(client_);
  of_->give_back_place();
}

ConnectionLimit::Seat ConnectionLimit::take(const IpAddress& client) {
  if (!take_place(most_for(client))) return Seat(Refusal::full, {});
  const auto taken = take_share(client);
  if (!taken) return Seat(this, client);
  give_back_place();
  return Seat(Refusal::share, *taken);
}

std::size_t ConnectionLimit::most_for(const IpAddress& client) const {
  const bool gets_all = kept_.count == 0 || (kept_.is_for && kept_.is_for(client));
  return gets_all ? most_ : most_ - kept_.count;
}

bool ConnectionLimit::take_place(std::size_t most) {
  if (within_ != nullptr && !within_->take_place(within_->most_)) return false;
  if (open_.fetch_add(1, std::memory_order_relaxed) < most) return true;
  give_back_place();
  return false;
}

void ConnectionLimit::give_back_place() {
  open_.fetch_sub(1, std::memory_order_relaxed);
  if (within_ != nullptr) within_->give_back_place();
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

// Everybody is counted, also who is exempt at present: the configuration may change meanwhile.
std::optional<IpNetwork> ConnectionLimit::take_share(const IpAddress& client) {
  const bool exempt = is_exempt(client);
  const Networks networks = networks_of(client);
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < networks.size() && !exempt; ++i) {
    const auto found = by_network_.find(networks[i]);
    const std::size_t open = found == by_network_.end() ? 0 : found->second.open;
    if (open < share_.most * kNestedShares[i].times) continue;
    if (found != by_network_.end() && !std::exchange(found->second.told, true)) {
      log_warning("open connections of {}: {}, its whole share; it gets no more for now",
                  networks[i].text(), open);
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
