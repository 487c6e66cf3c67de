// Places for connections: a limit over one listener or several, and what one of them, one remote
// address and the networks around it may take of it. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "node/net/network.h"

namespace culvert::node {

// Named attack: One address, from many: whoever has one customer's network, or some of one
// provider's, is one source. The networks that hold an address, from the narrowest, and how many
// times the share of an address each may take.
struct NestedShare {
  PrefixBits bits;
  std::size_t times;
};
inline constexpr std::array<NestedShare, 3> kNestedShares{
    {{kHostPrefix, 1}, {kSitePrefix, 2}, {kProviderPrefix, 4}}};

struct AddressShare {
  std::size_t most = std::numeric_limits<std::size_t>::max() / kNestedShares.back().times;
  // Addresses that no share holds for; empty: none. Called on several threads.
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

  // Why there is no place: all are taken, or all that the client or a network around it may take.
  enum class Refusal { none, full, share };

  // One place; gives it back when it dies.
  class Seat {
   public:
    Seat() = default;
    Seat(Seat&& other) noexcept;
    Seat& operator=(Seat&& other) noexcept;
    ~Seat();
    explicit operator bool() const { return of_ != nullptr; }
    Refusal refusal() const { return refusal_; }
    // Of Refusal::share: whose share is taken.
    const IpNetwork& network() const { return network_; }

   private:
    friend class ConnectionLimit;
    Seat(Refusal refusal, const IpNetwork& network) : network_(network), refusal_(refusal) {}
    Seat(ConnectionLimit* of, const IpAddress& client) : of_(of), client_(client) {}
    ConnectionLimit* of_ = nullptr;
    IpAddress client_;
    IpNetwork network_;
    Refusal refusal_ = Refusal::none;
  };
  // An empty seat if there is no place for that client.
  Seat take(const IpAddress& client);

  // How near the client, or a network around it, has come to its share: the largest number of open
  // connections, where one of a wider network weighs as much less as its share is larger. To be
  // compared only. 0 for who is exempt.
  std::size_t weight(const IpAddress& client) const;

 private:
  struct OfNetwork {
    std::size_t open = 0;
    bool told = false;  // the log says that its share is taken
  };
  using Networks = std::array<IpNetwork, kNestedShares.size()>;
  static Networks networks_of(const IpAddress& client);
  bool is_exempt(const IpAddress& client) const;
  std::size_t most_for(const IpAddress& client) const;
  bool take_place(std::size_t most);
  // The network whose share is taken; none if the client has its place in all of them.
  std::optional<IpNetwork> take_share(const IpAddress& client);
  void give_back_place();
  void give_back_share(const IpAddress& client);

  const std::size_t most_;
  const AddressShare share_;
  ConnectionLimit* const within_;
  const KeptPlaces kept_;
  std::atomic<std::size_t> open_{0};
  mutable std::mutex mutex_;
  std::map<IpNetwork, OfNetwork> by_network_;  // only those with connections; under mutex_
};

}  // namespace culvert::node
