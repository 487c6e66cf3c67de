#include "peering/challenge_news.h"

#include "peering/proof.h"
#include "store/routes.h"

namespace culvert::peering {
namespace {

std::string reason_of(const ChallengeStep& step) {
  switch (step.what) {
    case ChallengeStep::What::delivered:
      return "the challenge was delivered and is not answered yet: " + step.reply;
    case ChallengeStep::What::waits:
      return "the challenge is not delivered yet: " + step.reply;
    case ChallengeStep::What::failed:
      return "the last challenge was not delivered: " + step.reply;
  }
  return {};
}

// In other states the reason says how the route came to its state.
bool tells_of_challenges(store::RouteState state) {
  return state == store::RouteState::claimed || state == store::RouteState::proving;
}

}  // namespace

void note_challenge_mail(store::WriteTransaction& txn, const RouteName& name, ByteView mail) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route) return;
  route->challenge.mail.assign(mail.begin(), mail.end());
  store::put_route(txn, *route);
}

void note_challenge_https(store::WriteTransaction& txn, const RouteName& name,
                          const std::string& why) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route) return;
  route->challenge.by_https = why;
  // The proof was put off: no mail goes out meanwhile.
  if (route->state == store::RouteState::claimed) {
    route->reason = "the challenge waits until the peer's node takes it: " + why;
  }
  store::put_route(txn, *route);
}

void note_challenge_step(store::WriteTransaction& txn, const RouteName& name, ByteView mail,
                         const ChallengeStep& step, Time now) {
  auto route = store::find_route(txn, name.domain, name.peer);
  if (!route || as_text(route->challenge.mail) != as_text(mail)) return;
  // The proof may have ended meanwhile, say by an answer. The news then concern the mail alone.
  const bool failed = step.what == ChallengeStep::What::failed;
  if (failed && fail_proof(txn, name, route->challenge.proof, now)) {
    route = store::find_route(txn, name.domain, name.peer);
    if (!route) return;
  }
  route->challenge.reply = step.reply;
  route->challenge.replied = now;
  route->challenge.next_try = step.next_try;
  if (tells_of_challenges(route->state)) route->reason = reason_of(step);
  store::put_route(txn, *route);
}

}  // namespace culvert::peering
