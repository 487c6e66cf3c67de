// Places for connections: a limit over one listener or several, and what one of them, and one
// remote address, may take of it. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include "node/net/network.h"

namespace culvert::node {

// What one remote address may take, so that one host cannot take all. An IPv6 host commands a whole
// /64, which counts as one address.
struct AddressShare {
  std::size_t most = std::numeric_limits<std::size_t>::max();
  // Addresses that this does not hold for; empty: none. Called on several threads.
  std::function<bool(const IpAddress&)> is_exempt{};
};

// Places that only some clients get, so that strangers who take all others do not shut those out.
struct KeptPlaces {
  std::size_t count = 0;  // of all places; less than all
  // Who gets them; empty: nobody. Called on several threads.
  std::function<bool(const IpAddress&)> is_for{};
};

class ConnectionLimit {
 public:
  // At most `most` places; with `within`, each is one of that limit's places too. `within` must
  // outlive this, and this its seats.
  explicit ConnectionLimit(std::size_t most, AddressShare share = {},
                           ConnectionLimit* within = nullptr, KeptPlaces kept = {})
      : most_(most), share_(std::move(share)), within_(within), kept_(std::move(kept)) {}
  ConnectionLimit(const ConnectionLimit&) = delete;
  ConnectionLimit& operator=(const ConnectionLimit&) = delete;
  std::size_t open() const { return open_.load(std::memory_order_relaxed); }

  // Why there is no place.
  enum class Refusal { none, full, address_share };

  // One place; gives it back when it dies.
  class Seat {
   public:
    Seat() = default;
    Seat(Seat&& other) noexcept;
    Seat& operator=(Seat&& other) noexcept;
    ~Seat();
    explicit operator bool() const { return of_ != nullptr; }
    Refusal refusal() const { return refusal_; }

   private:
    friend class ConnectionLimit;
    explicit Seat(Refusal refusal) : refusal_(refusal) {}
    Seat(ConnectionLimit* of, const IpAddress& client) : of_(of), client_(client) {}
    ConnectionLimit* of_ = nullptr;
    IpAddress client_;
    Refusal refusal_ = Refusal::none;
  };
  // An empty seat if there is no place for that client.
  Seat take(const IpAddress& client);

 private:
  struct OfAddress {
    std::size_t open = 0;
    bool told = false;  // the log says that its share is taken
  };
  std::size_t most_for(const IpAddress& client) const;
  bool take_place(std::size_t most);
  bool take_share(const IpAddress& client);
  void give_back_place();
  void give_back_share(const IpAddress& client);

  const std::size_t most_;
  const AddressShare share_;
  ConnectionLimit* const within_;
  const KeptPlaces kept_;
  std::atomic<std::size_t> open_{0};
  std::mutex mutex_;
  std::map<IpAddress, OfAddress> by_address_;  // only addresses with connections; under mutex_
};

}  // namespace culvert::node
