// What one peer may make this node keep. Named attack: Filling: a paired peer signs as many
// messages as it likes, each of which is remembered for kAnsweredIdAge, and a new card each second.
//
// Only what a peer newly signed costs it: a message that is played again is answered from what is
// stored and costs nothing, or else whoever has an old one could use up a peer's budget. What is
// too much is refused; nothing that was kept is dropped for it, and other peers do not notice. In
// memory; thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::peering {

// Challenges and answers: so many at once, then so many a second. 1,000 domains, which are proved
// within minutes of pairing and daily, need three each; what is refused goes by mail.
inline constexpr double kDocumentsAtOnce = 300;
inline constexpr double kDocumentsPerSecond = 2;
// New cards: one a day, and one for each change that an administrator makes. One that is refused is
// offered again after ten minutes.
inline constexpr double kCardsAtOnce = 20;
inline constexpr double kCardsPerSecond = 1.0 / 180;
// Ids of a peer's messages that are remembered; beyond, until the oldest are forgotten, nothing of
// it is acted on. 1,000 domains proved daily make 45,000 in kAnsweredIdAge.
inline constexpr std::size_t kMaxAnsweredOfPeer = 60'000;
// How long a count of them is believed.
inline constexpr std::chrono::minutes kAnsweredCountAge{10};

// The code of the error for what is too much: temporary, because it passes.
inline constexpr const char* kTooMuch = "too-much";

class PeerBudget {
 public:
  // One more document or card of a peer, whose signature was verified. temporary `too-much`.
  Status take_document(const store::ReadTransaction& txn, const Fingerprint& peer, SteadyTime now);
  Status take_card(const Fingerprint& peer, SteadyTime now);

 private:
  // What is left refills with time.
  struct Bucket {
    double left;
    SteadyTime filled{};
    bool take(SteadyTime now, double most, double per_second);
  };
  struct OfPeer {
    Bucket documents{kDocumentsAtOnce};
    Bucket cards{kCardsAtOnce};
    std::size_t answered = 0;  // stored when it was counted, and since
    std::optional<SteadyTime> counted;
  };

  std::mutex mutex_;
  std::map<Fingerprint, OfPeer> peers_;  // paired ones only
};

}  // namespace culvert::peering
