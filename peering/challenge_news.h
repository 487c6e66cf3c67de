// Records how the delivery of a challenge goes, so that people see it at the route (`route show`,
// `route wait`): the route's reason says how its proof stands now. A challenge that the other
// side's mail system refuses fails at once; nobody waits a day for its answer. Inside transactions.
#pragma once

#include <optional>
#include <string>

#include "peering/route_changes.h"
#include "store/transaction.h"

namespace culvert::peering {

// Notes that the message `mail` carries the challenge of the route's last proof.
void note_challenge_mail(store::WriteTransaction& txn, const RouteName& route, ByteView mail);

// Notes that the challenge did not go by HTTPS.
void note_challenge_https(store::WriteTransaction& txn, const RouteName& route,
                          const std::string& why);

// How an attempt to deliver the challenge's mail ended.
struct ChallengeStep {
  enum class What { delivered, waits, failed } what = What::waits;
  std::string reply{};             // which server said what; one line
  std::optional<Time> next_try{};  // if it waits
};
// Does nothing if `mail` does not carry the route's last challenge.
void note_challenge_step(store::WriteTransaction& txn, const RouteName& route, ByteView mail,
                         const ChallengeStep& step, Time now);

}  // namespace culvert::peering
