// How long a mail may wait until the DNS tells the name of the client that it came from
// (client_name.h). Named attack: Slow DNS. Strangers can answer for their own addresses as slowly
// as they like; that must not block every connection to the inside server. So a few mails may wait
// long, all others a moment, and nobody waits long where the DNS was late recently. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "node/net/network.h"

namespace culvert::node {

// How many may wait as long as they like: a quarter of the connections to a next hop.
inline constexpr std::size_t kMaxLongNameWaits = 4;
// For all others. A cached answer comes at once, and so does one that a nearby name server knows.
inline constexpr std::chrono::milliseconds kShortNameWait{500};
// How long a client's network (a /24, a /48) has short waits after a late answer.
inline constexpr std::chrono::minutes kLateNetworkKept{10};
// More networks are not remembered.
inline constexpr std::size_t kMaxLateNetworks = 10'000;

class NameWaits {
 public:
  // One waiting mail, until it is destroyed.
  class Wait {
   public:
    Wait(NameWaits& all, const IpNetwork& network, bool is_long)
        : all_(&all), network_(network), is_long_(is_long) {}
    Wait(Wait&& other) noexcept;
    Wait& operator=(Wait&&) = delete;
    ~Wait();
    std::chrono::milliseconds at_most(std::chrono::milliseconds wanted) const;
    // The time is over, and no answer has come.
    void was_late(SteadyTime now) const;

   private:
    NameWaits* all_;
    IpNetwork network_;
    bool is_long_;
  };
  // This object must outlive the wait.
  Wait begin(const IpAddress& client, SteadyTime now);

 private:
  std::mutex mutex_;
  std::size_t long_waits_ = 0;
  std::map<IpNetwork, SteadyTime> late_;  // and when it was last late
};

}  // namespace culvert::node
