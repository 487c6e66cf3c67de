// How long mails may wait until the DNS tells the names of the clients that they came from
// (client_name.h). Named attack: Slow DNS. A stranger answers for his own addresses as slowly as he
// likes; all ways to the inside server must not stand still for it. So few wait for long, all
// others a moment, and where the DNS was late lately nobody waits for long. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "node/net/network.h"

namespace culvert::node {

// As many as may wait for as long as they like: a quarter of the ways to a next hop.
inline constexpr std::size_t kMaxLongNameWaits = 4;
// Of all others: what is in the cache comes at once, and what a near name server knows as well.
inline constexpr std::chrono::milliseconds kShortNameWait{500};
// After a late answer a client's network (a /24, a /48) has short waits for so long.
inline constexpr std::chrono::minutes kLateNetworkKept{10};
// More are not remembered.
inline constexpr std::size_t kMaxLateNetworks = 10'000;

class NameWaits {
 public:
  // One mail that waits, until it is destroyed.
  class Wait {
   public:
    Wait(NameWaits& all, const IpNetwork& network, bool is_long)
        : all_(&all), network_(network), is_long_(is_long) {}
    Wait(Wait&& other) noexcept;
    Wait& operator=(Wait&&) = delete;
    ~Wait();
    std::chrono::milliseconds at_most(std::chrono::milliseconds wanted) const;
    // The time is over, and there was no answer.
    void was_late(SteadyTime now) const;

   private:
    NameWaits* all_;
    IpNetwork network_;
    bool is_long_;
  };
  // The object must outlive it.
  Wait begin(const IpAddress& client, SteadyTime now);

 private:
  std::mutex mutex_;
  std::size_t long_waits_ = 0;
  std::map<IpNetwork, SteadyTime> late_;  // and since when
};

}  // namespace culvert::node
