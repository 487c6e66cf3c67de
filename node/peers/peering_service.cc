#include "node/peers/peering_service.h"

#include <atomic>
#include <map>

#include "crypto/base/log.h"
#include "node/peers/acceptance_telling.h"
#include "node/peers/card_keeper.h"
#include "node/peers/goodbyes.h"
#include "node/peers/known_addresses.h"
#include "node/peers/peer_talk.h"
#include "node/peers/proof_mail.h"
#include "node/peers/refused_sources.h"
#include "node/peers/route_watch.h"
#include "node/peers/talk_lanes.h"
#include "node/peers/trouble_telling.h"
#include "peering/lookup.h"
#include "peering/refusal_word.h"
#include "peering/replay.h"
#include "peering/trouble.h"

namespace culvert::node {
namespace {

// Peering messages are answered by threads of their own: whatever strangers send, mail is opened
// and sealed at the same time. Peers' known addresses have a thread and a queue that strangers
// cannot fill. A queue holds as many requests as the connections of a full port can make at once.
// So a flood makes a partner who pairs wait for less than a second, and turns it away only if the
// disk is slow too. A request that does not fit is answered 503.
constexpr std::size_t kAnswerThreads = 1;
constexpr std::size_t kMaxAnswersWaiting = 200;
// Does what is due, one round at a time: our own renewal waits for no peer.
constexpr std::size_t kMinderThreads = 1;
constexpr std::size_t kMaxRoundsWaiting = 4;
// How often refusals and addresses of peers are stored: a peer's record holds its card.
constexpr std::chrono::seconds kNotingInterval{60};
constexpr std::chrono::seconds kCleaningInterval{60};
// Every refusal looks the same: a stranger learns nothing from it.
HttpResponse refusal() { return {403, {}, {}}; }
// A peer that we know gets a word (peering/refusal_word.h).
HttpResponse refusal(const Error& error, Time now) {
  const bool is_held = error.code == peering::kCopiedKey;
  const std::string word = is_held ? std::string(peering::kRefusedHeld) : error.code;
  if (!peering::meaning_of_refusal(word)) return refusal();
  return {403, "application/json", to_bytes(peering::write_refusal(word, now)), now};
}
HttpResponse in_trouble() { return {503, {}, {}}; }
HttpResponse too_much() { return {429, {}, {}}; }
HttpResponse success(Bytes body, Time now) {
  return {200, std::string(peering::kMessageMediaType), std::move(body), now};
}

}  // namespace

namespace {

void note_clock(store::WriteTransaction& txn, const Fingerprint& fingerprint,
                std::chrono::seconds ahead, Time now) {
  auto peer = store::find_peer(txn, fingerprint);
  if (!peer) return;
  peer->clock_ahead = ahead;
  peer->clock_measured = now;
  store::put_peer(txn, *peer);
  if (std::chrono::abs(ahead) < kClockWarning) return;
  log_warning(
      "the clock of {} is {} this node's: one of the two is wrong, and mail sealed by it may be "
      "held",
      printable(peer->name, 80), clock_difference_text(ahead));
}

std::string peer_name(const FlowContext& flow, const Fingerprint& peer) {
  std::string name = peer.hex().substr(0, 16);
  const Status read = flow.store.read([&](const store::ReadTransaction& txn) {
    if (const auto stored = store::find_peer(txn, peer)) name = printable(stored->name, 80);
    return done();
  });
  if (!read) log_error("peering: {}", read.error().text);
  return name;
}

// One line for all that a document says. The senders of the mail are told in due time
// (heard_trouble.h).
void tell_of_heard(const FlowContext& flow, const Fingerprint& peer,
                   const std::vector<store::HeardTrouble>& heard) {
  const std::string name = peer_name(flow, peer);
  const auto reason = peering::reason_named(heard.front().reason);
  log_warning("{} cannot hand on {} of the mails that were sealed for it; the first: {}", name,
              heard.size(), reason ? peering::text_of(*reason, name) : heard.front().reason);
}

}  // namespace

struct PeeringService::Impl {
  explicit Impl(FlowContext& context)
      : flow(context),
        route_watch(context),
        keeper(context),
        talk{context,
             keeper.card(),
             {},
             memory.refusals,
             clocks,
             [this] { route_watch.routes_changed(); },
             [this](const Fingerprint& peer) { route_watch.peer_is_back(peer); }},
        peer_answerers(kAnswerThreads, kMaxAnswersWaiting),
        stranger_answerers(kAnswerThreads, kMaxAnswersWaiting),
        minder(kMinderThreads, kMaxRoundsWaiting) {}

  HttpResponse answer(const SocketAddress& client, ByteView message);
  Result<peering::IncomingOutcome> act(const peering::IncomingMessage& incoming);
  void look();
  void clean_if_due();
  void degrade_routes();
  void write_notes();
  TalkPace timed(TalkLane lane, const std::function<void(const TalkTime&)>& talk_in);
  void talk_to(const store::Peer& peer, const std::vector<peering::RouteName>& routes);
  void submit(const store::Peer& peer, const std::function<void(const TalkTime&)>& talk_in);

  FlowContext& flow;
  RouteWatch route_watch;
  CardKeeper keeper;
  peering::IncomingMemory memory;
  KnownAddresses known;
  PeerClocks clocks;
  RefusedSources refused;
  TalkContext talk;
  TroubleTelling troubles;
  AcceptanceTelling acceptances;
  Goodbyes goodbyes;
  std::atomic<bool> looking{false};
  std::atomic<bool> stopping{false};
  // Used by `look`, which runs once at a time.
  SteadyTime cleaned{};
  SteadyTime noted{};
  // Last members: their threads end before what they use.
  Workers peer_answerers;
  Workers stranger_answerers;
  Workers minder;
  TalkLanes lanes;
};

PeeringService::PeeringService(FlowContext& context) : impl_(std::make_unique<Impl>(context)) {}
PeeringService::~PeeringService() { stop(); }

// Talks in progress end; those that wait find `stopping` set.
void PeeringService::stop() {
  impl_->stopping = true;
  impl_->peer_answerers.stop();
  impl_->stranger_answerers.stop();
  impl_->minder.stop();
  impl_->lanes.stop();
}

void PeeringService::set_url(std::string url) {
  impl_->talk.own_url = std::move(url);
  impl_->keeper.tend(impl_->talk.own_url);
}

bool PeeringService::knows(const IpAddress& client) const { return impl_->known.contains(client); }

void PeeringService::handle(const SocketAddress& peer, HttpRequest request, HttpReply reply) {
  if (request.method == HttpRequest::Method::get && request.path == peering::kCardPath) {
    const auto card = impl_->keeper.card().get();
    return reply.send(card->card.empty() ? in_trouble()
                                         : success(card->card, impl_->flow.clock.now()));
  }
  if (request.method != HttpRequest::Method::post || request.path != peering::kMessagePath) {
    return reply.send(refusal());
  }
  // Nobody can tell any more what a peer may do, and the store takes no change of it.
  if (impl_->flow.store.is_altered()) return reply.send(in_trouble());
  // If the threads are too busy, the reply is dropped unused and by itself answers that we are in
  // trouble.
  Workers& threads =
      impl_->known.contains(peer.ip) ? impl_->peer_answerers : impl_->stranger_answerers;
  static_cast<void>(threads.submit(
      [this, peer, body = std::move(request.body), reply = std::move(reply)]() mutable {
        reply.send(impl_->answer(peer, body));
      }));
}

void PeeringService::on_mail(const Fingerprint& peer, ByteView message) {
  auto cms = peering_message_of(message);
  if (!cms) return log_info("peering mail: {}", cms.error().text);
  const auto outcome = impl_->act({.message = *cms,
                                   .carrier = peering::ProofCarrier::mail,
                                   .sealed_by = peer,
                                   .address = "mail",
                                   .now = impl_->flow.clock.now(),
                                   .steady = impl_->flow.clock.steady()});
  if (outcome) return;
  log_info("peering mail from {} dropped: {}", peer.hex().substr(0, 16),
           printable(outcome.error().detail));
}

void PeeringService::tick() {
  if (impl_->looking.exchange(true)) return;
  const Status begun = impl_->minder.submit([impl = impl_.get()] {
    impl->look();
    impl->looking = false;
  });
  if (!begun) impl_->looking = false;
}

HttpResponse PeeringService::Impl::answer(const SocketAddress& client, ByteView message) {
  auto outcome = act({.message = message,
                      .carrier = peering::ProofCarrier::https,
                      .sealed_by = std::nullopt,
                      .address = client.ip.text(),
                      .now = flow.clock.now(),
                      .steady = flow.clock.steady()});
  if (outcome) {
    if (!outcome->is_public) known.note(outcome->signer, client.ip);
    // To a new document only, which nobody else can send.
    if (outcome->spoken) outcome->answer = acceptance_for(talk, outcome->signer);
    return success(std::move(outcome->answer), flow.clock.now());
  }
  const Error& error = outcome.error();
  const bool told = refused.note(client.ip, flow.clock.steady());
  if (error.code == peering::kTooMuch) {
    if (told) log_warning("peering message from {}: {}", client.ip.text(), error.text);
    return too_much();
  }
  if (error.fault != Fault::permanent) {
    log_error("peering message from {}: {} {}", client.ip.text(), error.text, error.detail);
    return in_trouble();
  }
  if (told) {
    log_info("peering message from {} refused: {}", client.ip.text(), printable(error.detail));
  }
  return refusal(error, flow.clock.now());
}

Result<peering::IncomingOutcome> PeeringService::Impl::act(
    const peering::IncomingMessage& incoming) {
  const auto keys = flow.keys.get();
  const auto config = flow.config.get();
  const auto own = keeper.card().get();
  const peering::PairingSelf self{{keys->ring, keys->identity}, own->card, config->node.domains};
  auto outcome = peering::act_on_message(flow.store, self, incoming, memory);
  const bool held = !outcome && outcome.error().code == peering::kCopiedKey;
  if (held || (outcome && outcome->routes_changed)) route_watch.routes_changed();
  if (!outcome) return outcome;
  if (outcome->said_goodbye) {
    log_warning(
        "{} ended the pairing: mail for its domains waits (`culvert status` says what to do)",
        peer_name(flow, outcome->signer));
  }
  if (!outcome->heard.empty()) tell_of_heard(flow, outcome->signer, outcome->heard);
  if (outcome->spoken && incoming.carrier == peering::ProofCarrier::https) {
    clocks.note(outcome->signer, *outcome->spoken, incoming.now);
  }
  if (outcome->with && outcome->prove) {
    const ProofReply reply{outcome->prove->peer, *outcome->with};
    const bool begun = lanes.submit(reply.peer, [this, reply](TalkLane lane) {
      return timed(lane, [&](const TalkTime& time) { send_proof_answer(talk, reply, time); });
    });
    if (!begun) log_info("answer to {}: too much waits", reply.peer.hex().substr(0, 16));
  }
  return outcome;
}

// What is due now: counting refusals, the card, challenges, peers that do not have our card.
void PeeringService::Impl::look() {
  write_notes();
  keeper.tend(talk.own_url);
  if (keeper.card().get()->card.empty()) return;
  clean_if_due();
  const Time now = flow.clock.now();
  std::map<Fingerprint, std::vector<peering::RouteName>> due;
  std::vector<store::Peer> peers;
  std::vector<store::Peer> to_tell;
  AcceptanceTelling::Due accepted;
  const Status read = flow.store.read([&](const store::ReadTransaction& txn) {
    peers = store::list_peers(txn);
    to_tell = troubles.due(txn, flow.clock.steady());
    accepted = acceptances.due(txn, flow.clock.steady());
    for (const store::Route& route : peering::routes_to_challenge(txn, now)) {
      due[route.peer].push_back({route.domain, route.peer});
    }
    return done();
  });
  if (!read) return log_error("peering: {}", read.error().text);
  known.refresh(peers);
  for (const store::Peer& peer : peers) {
    const auto routes = due.find(peer.fingerprint);
    const bool none = routes == due.end();
    if (goodbyes.is_due(peer, flow.clock.steady())) {
      submit(peer, [this, peer](const TalkTime& time) { goodbyes.tell(talk, peer, time); });
    }
    if (none && !wants_card(peer, *keeper.card().get(), now)) continue;
    talk_to(peer, none ? std::vector<peering::RouteName>{} : routes->second);
  }
  for (const store::Peer& peer : to_tell)
    submit(peer, [this, peer](const TalkTime& time) { troubles.tell(talk, peer, time); });
  for (const store::Peer& peer : accepted.peers)
    submit(peer, [this, peer](const TalkTime& time) { acceptances.tell(talk, peer, time); });
  end_news(flow, accepted.too_old);
}

// Gives the talk the time of its lane, and returns whether that was enough.
TalkPace PeeringService::Impl::timed(TalkLane lane,
                                     const std::function<void(const TalkTime&)>& talk_in) {
  const bool is_slow = lane == TalkLane::slow;
  const SteadyTime begun = flow.clock.steady();
  if (!stopping) talk_in(TalkTime(flow.clock, is_slow ? kSlowTalkTime : kQuickTalkTime));
  const bool was_quick = flow.clock.steady() - begun < kQuickTalkTime;
  return was_quick ? TalkPace::in_time : TalkPace::too_slow;
}

// What does not fit into the time of the first lanes stays due, and goes on in the slow lane.
void PeeringService::Impl::talk_to(const store::Peer& peer,
                                   const std::vector<peering::RouteName>& routes) {
  if (lanes.is_busy(peer.fingerprint)) return;
  static_cast<void>(lanes.submit(peer.fingerprint, [this, peer, routes](TalkLane lane) {
    return timed(lane, [&](const TalkTime& time) {
      if (wants_card(peer, *keeper.card().get(), flow.clock.now()))
        push_card(talk, peer, time, lane);
      for (const peering::RouteName& route : routes) {
        if (stopping || (time.over() && lane != TalkLane::slow)) return;
        prove_route(talk, peer, route, time);
      }
    });
  }));
}

// Unless a talk with that peer is under way: what is due stays due.
void PeeringService::Impl::submit(const store::Peer& peer,
                                  const std::function<void(const TalkTime&)>& talk_in) {
  if (lanes.is_busy(peer.fingerprint)) return;
  static_cast<void>(lanes.submit(peer.fingerprint,
                                 [this, talk_in](TalkLane lane) { return timed(lane, talk_in); }));
}

void PeeringService::Impl::clean_if_due() {
  const SteadyTime steady = flow.clock.steady();
  if (cleaned != SteadyTime{} && steady - cleaned < kCleaningInterval) return;
  cleaned = steady;
  const Time now = flow.clock.now();
  // Records that keep replays out are not forgotten because the wall clock jumped.
  const Time oldest = flow.watch.now_for_oldest();
  bool ended = false;
  const Status written = flow.store.write([&](store::WriteTransaction& txn) {
    peering::end_old_proofs(txn, now);
    peering::forget_old_answers(txn, oldest);
    ended = peering::end_old_replacements(txn, oldest);
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
  if (ended) route_watch.routes_changed();
  degrade_routes();
}

// Mail for a domain waits once nothing has shown for days that its peer still has it. A wall clock
// that jumps shows nothing.
void PeeringService::Impl::degrade_routes() {
  const Time now = flow.clock.now();
  const Time oldest = flow.watch.now_for_oldest();
  std::vector<peering::FailedRoute> failed;
  const Status read = flow.store.read([&](const store::ReadTransaction& txn) {
    failed = peering::routes_to_degrade(txn, oldest);
    return done();
  });
  if (!read) return log_error("peering: {}", read.error().text);
  if (failed.empty()) return;
  const Status written = flow.store.write([&](store::WriteTransaction& txn) {
    for (const peering::FailedRoute& route : failed)
      peering::change_route(txn, route.name, route.event, now);
    return done();
  });
  if (!written) return log_error("peering: {}", written.error().text);
  route_watch.routes_changed();
}

// One commit for everything since the last one.
void PeeringService::Impl::write_notes() {
  const SteadyTime steady = flow.clock.steady();
  if (noted != SteadyTime{} && steady - noted < kNotingInterval) return;
  const auto refusals = memory.refusals.take();
  const auto addresses = known.take_changes();
  const auto measured = clocks.take_changes();
  if (refusals.empty() && addresses.empty() && measured.empty()) return;
  noted = steady;
  const Status written = flow.store.write([&](store::WriteTransaction& txn) {
    peering::add_refusals(txn, refusals);
    for (const auto& [fingerprint, seen_from] : addresses) {
      auto peer = store::find_peer(txn, fingerprint);
      if (!peer || peer->seen_from == seen_from) continue;
      peer->seen_from = seen_from;
      store::put_peer(txn, *peer);
    }
    for (const auto& [fingerprint, ahead] : measured)
      note_clock(txn, fingerprint, ahead, flow.clock.now());
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
}

}  // namespace culvert::node
