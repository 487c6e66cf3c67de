#include "node/net/connection_limit.h"

#include <algorithm>

#include "crypto/base/log.h"

namespace culvert::node {
ConnectionLimit::Seat::Seat(Seat&& other) noexcept
    : of_(std::exchange(other.of_, nullptr)), client_(other.client_), refusal_(other.refusal_) {}

ConnectionLimit::Seat& ConnectionLimit::Seat::operator=(Seat&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(client_, other.client_);
  std::swap(refusal_, other.refusal_);
  return *this;
}

ConnectionLimit::Seat::~Seat() {
  if (of_ == nullptr) return;
  of_->give_back_share(client_);
  of_->give_back_place();
}

ConnectionLimit::Seat ConnectionLimit::take(const IpAddress& client) {
  if (!take_place(most_for(client))) return Seat(Refusal::full);
  if (take_share(client)) return Seat(this, client);
  give_back_place();
  return Seat(Refusal::address_share);
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

// Everybody is counted, also who is exempt at present: the configuration may change meanwhile.
bool ConnectionLimit::take_share(const IpAddress& client) {
  const bool exempt = share_.is_exempt && share_.is_exempt(client);
  const std::lock_guard lock(mutex_);
  OfAddress& of = by_address_[client.as_counted()];
  if (of.open < share_.most || exempt) {
    ++of.open;
    return true;
  }
  if (!std::exchange(of.told, true)) {
    log_warning("{} has {} connections open, which is its whole share; it gets no more for now",
                client.text(), of.open);
  }
  return false;
}

void ConnectionLimit::give_back_share(const IpAddress& client) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(client.as_counted());
  if (--found->second.open == 0) by_address_.erase(found);
}

}  // namespace culvert::node
