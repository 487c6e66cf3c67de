// Places for connections: a limit over one or several listeners, and the share of it that one
// listener, one remote address and the networks around that address may take. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "node/net/event_loop.h"
#include "node/net/network.h"

namespace culvert::node {

// Named attack: One address, from many: whoever has one customer's network, or some of one
// provider's, is one source. Each entry is a network that holds an address, narrowest first, and
// how many times an address's share it may take.
struct NestedShare {
  PrefixBits bits;
  std::size_t times;
};
inline constexpr std::array<NestedShare, 3> kNestedShares{
    {{kHostPrefix, 1}, {kSitePrefix, 2}, {kProviderPrefix, 4}}};

struct AddressShare {
  std::size_t most = std::numeric_limits<std::size_t>::max() / kNestedShares.back().times;
  // Addresses that no share limits; empty: none. Called on several threads.
  std::function<bool(const IpAddress&)> is_exempt{};
};

// What is known of a client by its address.
enum class Standing {
  stranger,
  neighbour,  // in the network of a known client
  known,
};

// Places that strangers do not get, so that they cannot shut out those this node deals with.
struct KeptPlaces {
  std::size_t count = 0;  // of all places; less than all
  // Anybody who is no stranger gets them. Empty: nobody. Called on several threads.
  std::function<Standing(const IpAddress&)> standing{};
};

class GivingWay;

// The connections, on all loops, that hold places of a limit.
class PlaceHolders {
 public:
  virtual ~PlaceHolders() = default;
  // On a loop's thread: shows that loop's connections to `choice` (giving_way.h).
  virtual void offer(EventLoop& loop, GivingWay& choice) = 0;
};

class ConnectionLimit {
 public:
  // At most `most` places. With `within`, each place also takes one of that limit. `within` must
  // outlive this object, and this object its seats.
  explicit ConnectionLimit(std::size_t most, AddressShare share = {},
                           ConnectionLimit* within = nullptr, KeptPlaces kept = {})
      : most_(most), share_(std::move(share)), within_(within), kept_(std::move(kept)) {}
  ConnectionLimit(const ConnectionLimit&) = delete;
  ConnectionLimit& operator=(const ConnectionLimit&) = delete;
  std::size_t open() const { return open_.load(std::memory_order_relaxed); }

  // Why there is no place: all are taken, or the client or a network around it has its whole share.
  enum class Refusal { none, full, share };

  // One place, given back when the seat dies.
  class Seat {
   public:
    Seat() = default;
    Seat(Seat&& other) noexcept;
    Seat& operator=(Seat&& other) noexcept;
    ~Seat();
    explicit operator bool() const { return of_ != nullptr; }
    Refusal refusal() const { return refusal_; }
    // For Refusal::share: the network whose share is taken.
    const IpNetwork& network() const { return network_; }
    const IpAddress& client() const { return client_; }
    Standing standing() const { return standing_; }

   private:
    friend class ConnectionLimit;
    ConnectionLimit* of_ = nullptr;  // null: no place
    IpAddress client_{};
    Standing standing_ = Standing::stranger;
    IpNetwork network_{};
    Refusal refusal_ = Refusal::none;
  };
  // An empty seat if there is no place for the client.
  Seat take(const IpAddress& client);
  // The same on a loop's thread. If there is no place, one connection of that loop that waits for
  // its client may give way (giving_way.h).
  Seat take_or_make_room(EventLoop& loop, const IpAddress& client);

  // Those who hold places. Add one before its first connection is taken, and remove it after its
  // last one.
  void add(PlaceHolders& holders);
  void remove(PlaceHolders& holders);

  // How near the client, or a network around it, is to its share. It is the largest number of open
  // connections; those of a wider network weigh less, in proportion to its larger share. For
  // comparison only. 0 for exempt clients.
  std::size_t weight(const IpAddress& client) const;

  // The client's standing by `kept`.
  Standing standing_of(const IpAddress& client) const;

 private:
  struct OfNetwork {
    std::size_t open = 0;
    bool told = false;  // the log already says that its share is taken
  };
  using Networks = std::array<IpNetwork, kNestedShares.size()>;
  static Networks networks_of(const IpAddress& client);
  bool is_exempt(const IpAddress& client) const;
  Seat refused(Seat seat, Refusal why) const;
  bool take_place(Standing standing);
  // The network whose share is taken; none if the client now has a place in each of them.
  std::optional<IpNetwork> take_share(const IpAddress& client, Standing standing);
  void give_back_place(Standing standing);
  void give_back_share(const IpAddress& client);

  const std::size_t most_;
  const AddressShare share_;
  ConnectionLimit* const within_;
  const KeptPlaces kept_;
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> strangers_{0};  // how many of `open_` are strangers'
  std::mutex holders_mutex_;
  std::vector<PlaceHolders*> holders_;  // under holders_mutex_
  mutable std::mutex mutex_;
  std::map<IpNetwork, OfNetwork> by_network_;  // only those with connections; under mutex_
};

}  // namespace culvert::node
