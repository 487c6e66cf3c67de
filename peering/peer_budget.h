// How much one peer may make this node keep. Named attack: Filling: a paired peer signs as many
// messages as it likes, each of which is remembered for kAnsweredIdAge, and a new card each second.
//
// Only newly signed messages count against a peer's budget. A replayed message is answered from the
// store and costs nothing; otherwise anybody with an old message could use up the budget. What
// exceeds the budget is refused: nothing stored is dropped for it, and other peers do not notice.
// In memory; thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "store/transaction.h"

namespace culvert::peering {

// Documents with an id (challenges, answers, trouble): so many at once, then so many a second.
// 1,000 domains, which are proved within minutes of pairing and then daily, need three each. A
// challenge or answer that is refused goes by mail.
inline constexpr double kDocumentsAtOnce = 300;
inline constexpr double kDocumentsPerSecond = 2;
// New cards: a peer sends one a day, and one for each change that an administrator makes. A refused
// card is offered again after ten minutes.
inline constexpr double kCardsAtOnce = 20;
inline constexpr double kCardsPerSecond = 1.0 / 180;
// Remembered message ids of one peer. At this number none of its new documents is acted on until
// the oldest ids are forgotten. 1,000 domains proved daily make 45,000 in kAnsweredIdAge.
inline constexpr std::size_t kMaxAnsweredOfPeer = 60'000;
// How long a count of these ids is used before they are counted again.
inline constexpr std::chrono::minutes kAnsweredCountAge{10};

// The error code of a refusal for too much. Temporary, because the budget refills.
inline constexpr const char* kTooMuch = "too-much";

class PeerBudget {
 public:
  // Counts one document or card of a peer; its signature is verified. temporary `too-much`.
  Status take_document(const store::ReadTransaction& txn, const Fingerprint& peer, SteadyTime now);
  Status take_card(const Fingerprint& peer, SteadyTime now);

 private:
  // `left` refills with time.
  struct Bucket {
    double left;
    SteadyTime filled{};
    bool take(SteadyTime now, double most, double per_second);
  };
  struct OfPeer {
    Bucket documents{kDocumentsAtOnce};
    Bucket cards{kCardsAtOnce};
    std::size_t answered = 0;  // stored at the count, and since
    std::optional<SteadyTime> counted;
  };

  std::mutex mutex_;
  std::map<Fingerprint, OfPeer> peers_;  // paired ones only
};

}  // namespace culvert::peering
