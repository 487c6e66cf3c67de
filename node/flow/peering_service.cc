#include "node/flow/peering_service.h"

#include <atomic>
#include <set>

#include "crypto/base/log.h"
#include "node/flow/opener.h"
#include "node/flow/own_card.h"
#include "node/flow/peer_talk.h"
#include "node/flow/proof_mail.h"
#include "peering/replay.h"

namespace culvert::node {
namespace {

// Talking to peers blocks for as long as they let us wait: threads of its own, one peer on each at
// most, so that neither mail nor another peer waits.
constexpr std::size_t kTalkThreads = 4;
constexpr std::size_t kMaxTalksWaiting = 256;
constexpr std::chrono::seconds kCleaningInterval{60};
// Mail that waited for a route, of one domain, that is made due at once.
constexpr std::size_t kMaxRetried = 100'000;

// Every refusal looks the same: a stranger learns nothing from it.
HttpResponse refusal() { return {403, {}, {}}; }
HttpResponse in_trouble() { return {503, {}, {}}; }
HttpResponse success(Bytes body) {
  return {200, std::string(peering::kMessageMediaType), std::move(body)};
}

std::set<Domain> active_domains(const store::ReadTransaction& txn) {
  std::set<Domain> out;
  for (const store::Route& route : store::list_routes(txn)) {
    if (route.state == store::RouteState::active) out.insert(route.domain);
  }
  return out;
}

}  // namespace

struct PeeringService::Impl {
  explicit Impl(FlowContext& context)
      : flow(context),
        card(std::make_shared<const store::OwnCard>()),
        talk{context, card, {}, memory.refusals, [this] { routes_changed(); }},
        talkers(kTalkThreads, kMaxTalksWaiting) {}

  HttpResponse answer(const SocketAddress& client, ByteView message);
  Result<peering::IncomingOutcome> act(const peering::IncomingMessage& incoming);
  void routes_changed();
  void look();
  void renew_card_if_needed();
  void clean_if_due();
  void write_refusals();
  void talk_to(const store::Peer& peer, const std::vector<peering::RouteName>& routes);

  FlowContext& flow;
  Live<store::OwnCard> card;
  peering::IncomingMemory memory;
  TalkContext talk;
  std::atomic<bool> looking{false};
  std::atomic<bool> stopping{false};
  // Of `look`, which runs once at a time.
  std::shared_ptr<const Config> seen_config;
  std::shared_ptr<const OwnKeys> seen_keys;
  SteadyTime cleaned{};
  std::mutex mutex;  // guards what follows
  std::set<Fingerprint> talking_to;
  std::set<Domain> active;
  Workers talkers;  // last: its threads end before what they use
};

PeeringService::PeeringService(FlowContext& context) : impl_(std::make_unique<Impl>(context)) {}
PeeringService::~PeeringService() { stop(); }

// Talks under way end; those that wait find `stopping` set.
void PeeringService::stop() {
  impl_->stopping = true;
  impl_->talkers.stop();
}

void PeeringService::set_url(std::string url) {
  impl_->talk.own_url = std::move(url);
  impl_->renew_card_if_needed();
}

void PeeringService::handle(const SocketAddress& peer, HttpRequest request, HttpReply reply) {
  if (request.method == HttpRequest::Method::get && request.path == peering::kCardPath) {
    const auto card = impl_->card.get();
    return reply.send(card->card.empty() ? in_trouble() : success(card->card));
  }
  if (request.method != HttpRequest::Method::post || request.path != peering::kMessagePath) {
    return reply.send(refusal());
  }
  // If the workers are too busy the reply dies unused and says by itself that we are in trouble.
  static_cast<void>(impl_->flow.workers.submit(
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
  const Status begun = impl_->talkers.submit([impl = impl_.get()] {
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
  if (outcome) return success(std::move(outcome->answer));
  const Error& error = outcome.error();
  if (error.fault != Fault::permanent) {
    log_error("peering message from {}: {} {}", client.ip.text(), error.text, error.detail);
    return in_trouble();
  }
  log_info("peering message from {} refused: {}", client.ip.text(), printable(error.detail));
  return refusal();
}

Result<peering::IncomingOutcome> PeeringService::Impl::act(
    const peering::IncomingMessage& incoming) {
  const auto keys = flow.keys.get();
  const auto config = flow.config.get();
  const auto own = card.get();
  const peering::PairingSelf self{{keys->ring, keys->identity}, own->card, config->node.domains};
  auto outcome = peering::act_on_message(flow.store, self, incoming, memory);
  const bool held = !outcome && outcome.error().code == peering::kCopiedKey;
  if (held || (outcome && outcome->routes_changed)) routes_changed();
  if (!outcome) return outcome;
  if (outcome->with && outcome->prove) {
    const ProofReply reply{outcome->prove->peer, *outcome->with};
    static_cast<void>(talkers.submit([this, reply] { send_proof_answer(talk, reply); }));
  }
  return outcome;
}

// Routing is read anew, mail in quarantine that waited for a route is looked at, and mail in the
// queue that waited is tried now.
void PeeringService::Impl::routes_changed() {
  if (auto fresh = flow.routing.refresh(); !fresh) log_error("{}", fresh.error().text);
  std::set<Domain> now_active;
  const Status read = flow.store.read([&](const store::ReadTransaction& txn) {
    now_active = active_domains(txn);
    return done();
  });
  if (!read) return log_error("peering: {}", read.error().text);
  std::set<Domain> fresh;
  {
    const std::lock_guard lock(mutex);
    std::set_difference(now_active.begin(), now_active.end(), active.begin(), active.end(),
                        std::inserter(fresh, fresh.end()));
    active = std::move(now_active);
  }
  if (fresh.empty()) return;
  const Time now = flow.clock.now();
  const Status written = flow.store.write([&](store::WriteTransaction& txn) {
    for (const Domain& domain : fresh) {
      store::retry_destination(txn, store::DeliveryPath::tunnel, domain.text(), now, kMaxRetried);
    }
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
  if (auto requeued = requeue_waiting_mail(flow); !requeued) {
    log_error("mail that waited for a route: {}", requeued.error().text);
  }
  flow.wake_dispatcher();
}

void PeeringService::Impl::renew_card_if_needed() {
  if (talk.own_url.empty()) return;
  const auto config = flow.config.get();
  const auto keys = flow.keys.get();
  const Time now = flow.clock.now();
  const bool same = config == seen_config && keys == seen_keys && !card.get()->card.empty();
  if (same && !is_due_for_renewal(*card.get(), now)) return;
  auto renewed = current_card(flow.store, *keys, *config, talk.own_url, now);
  if (!renewed) {
    return log_error("own card: {} {}", renewed.error().text, renewed.error().detail);
  }
  card.set(std::make_shared<const store::OwnCard>(*std::move(renewed)));
  seen_config = config;
  seen_keys = keys;
}

// What is due now: refusals to be counted, the card, challenges, peers that do not have our card.
void PeeringService::Impl::look() {
  write_refusals();
  renew_card_if_needed();
  if (card.get()->card.empty()) return;
  clean_if_due();
  const Time now = flow.clock.now();
  std::map<Fingerprint, std::vector<peering::RouteName>> due;
  std::vector<store::Peer> peers;
  const Status read = flow.store.read([&](const store::ReadTransaction& txn) {
    peers = store::list_peers(txn);
    for (const store::Route& route : peering::routes_to_challenge(txn, now)) {
      due[route.peer].push_back({route.domain, route.peer});
    }
    return done();
  });
  if (!read) return log_error("peering: {}", read.error().text);
  for (const store::Peer& peer : peers) {
    const auto routes = due.find(peer.fingerprint);
    const bool none = routes == due.end();
    if (none && !wants_card(peer, *card.get(), now)) continue;
    talk_to(peer, none ? std::vector<peering::RouteName>{} : routes->second);
  }
}

void PeeringService::Impl::talk_to(const store::Peer& peer,
                                   const std::vector<peering::RouteName>& routes) {
  {
    const std::lock_guard lock(mutex);
    if (!talking_to.insert(peer.fingerprint).second) return;
  }
  const auto end = [this, fingerprint = peer.fingerprint] {
    const std::lock_guard lock(mutex);
    talking_to.erase(fingerprint);
  };
  const Status begun = talkers.submit([this, peer, routes, end] {
    if (!stopping && wants_card(peer, *card.get(), flow.clock.now())) push_card(talk, peer);
    for (const peering::RouteName& route : routes) {
      if (!stopping) prove_route(talk, peer, route);
    }
    end();
  });
  if (!begun) end();
}

void PeeringService::Impl::clean_if_due() {
  const SteadyTime steady = flow.clock.steady();
  if (cleaned != SteadyTime{} && steady - cleaned < kCleaningInterval) return;
  cleaned = steady;
  const Time now = flow.clock.now();
  // What keeps replays out is not forgotten because the wall clock jumped.
  const Time oldest = flow.watch.now_for_oldest();
  const Status written = flow.store.write([now, oldest](store::WriteTransaction& txn) {
    peering::end_old_proofs(txn, now);
    peering::forget_old_answers(txn, oldest);
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
}

// One commit for all that came since the last look.
void PeeringService::Impl::write_refusals() {
  const auto counts = memory.refusals.take();
  if (counts.empty()) return;
  const Status written = flow.store.write([&counts](store::WriteTransaction& txn) {
    peering::add_refusals(txn, counts);
    return done();
  });
  if (!written) log_error("peering: {}", written.error().text);
}

}  // namespace culvert::node
