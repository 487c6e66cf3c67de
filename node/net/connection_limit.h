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
#include <vector>

#include "node/net/event_loop.h"
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

// What is known of a client by its address.
enum class Standing {
  stranger,
  neighbour,  // in the network of one who is known
  known,
};

// Places that strangers do not get, so that they do not shut out whom this node deals with.
struct KeptPlaces {
  std::size_t count = 0;  // of all places; less than all
  // Who gets them: whoever is no stranger. Empty: nobody. Called on several threads.
  std::function<Standing(const IpAddress&)> standing{};
};

class GivingWay;

// Connections that hold places of a limit, of all loops.
class PlaceHolders {
 public:
  virtual ~PlaceHolders() = default;
  // On a loop's thread: shows those of that loop to `choice` (giving_way.h).
  virtual void offer(EventLoop& loop, GivingWay& choice) = 0;
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
  // An empty seat if there is no place for that client.
  Seat take(const IpAddress& client);
  // The same on a loop's thread; if there is none, of those connections of that loop which wait for
  // their client one may give way (giving_way.h).
  Seat take_or_make_room(EventLoop& loop, const IpAddress& client);

  // Who holds places. Added before its first connection is taken, and removed after its last one.
  void add(PlaceHolders& holders);
  void remove(PlaceHolders& holders);

  // How near the client, or a network around it, has come to its share: the largest number of open
  // connections, where one of a wider network weighs as much less as its share is larger. To be
  // compared only. 0 for who is exempt.
  std::size_t weight(const IpAddress& client) const;

  // Of a client, by `kept`.
  Standing standing_of(const IpAddress& client) const;

 private:
  struct OfNetwork {
    std::size_t open = 0;
    bool told = false;  // the log says that its share is taken
  };
  using Networks = std::array<IpNetwork, kNestedShares.size()>;
  static Networks networks_of(const IpAddress& client);
  bool is_exempt(const IpAddress& client) const;
  Seat refused(Seat seat, Refusal why) const;
  bool take_place(Standing standing);
  // The network whose share is taken; none if the client has its place in all of them.
  std::optional<IpNetwork> take_share(const IpAddress& client, Standing standing);
  void give_back_place(Standing standing);
  void give_back_share(const IpAddress& client);

  const std::size_t most_;
  const AddressShare share_;
  ConnectionLimit* const within_;
  const KeptPlaces kept_;
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> strangers_{0};  // of these
  std::mutex holders_mutex_;
  std::vector<PlaceHolders*> holders_;  // under holders_mutex_
  mutable std::mutex mutex_;
  std::map<IpNetwork, OfNetwork> by_network_;  // only those with connections; under mutex_
};

}  // namespace culvert::node
