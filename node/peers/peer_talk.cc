#include "node/peers/peer_talk.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/peers/https_carrier.h"
#include "node/peers/proof_mail.h"
#include "peering/challenge_news.h"
#include "peering/pinned_certificates.h"
#include "peering/proof_documents.h"

namespace culvert::node {
namespace {

// A peer that does not answer keeps one thread of the slow lane, and the end of `serve`, waiting
// for this long.
constexpr std::chrono::milliseconds kConnectTime{5'000};
constexpr std::chrono::milliseconds kTalkTime{15'000};

std::string short_name(const store::Peer& peer) {
  return printable(peer.name, 80) + " (" + peer.fingerprint.hex().substr(0, 16) + ")";
}

// A node that refuses a message, or puts it off, has been reached.
constexpr std::string_view kRefusedCode = "refused";
constexpr std::string_view kBusyCode = "busy";
constexpr std::size_t kMaxWhyOctets = 400;

void note_whether_reached(store::WriteTransaction& txn, const Fingerprint& fingerprint,
                          const Result<Bytes>& answer, Time now) {
  auto peer = store::find_peer(txn, fingerprint);
  if (!peer) return;
  set_whether_reached(*peer, answer, now);
  store::put_peer(txn, *peer);
}

void note_card_tried(const TalkContext& context, const Fingerprint& peer, std::uint64_t serial,
                     const Result<Bytes>& answer) {
  const Time now = context.flow.clock.now();
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    auto stored = store::find_peer(txn, peer);
    if (!stored) return done();
    stored->card_tried = now;
    // If the clock went back since, the failure still counts as the later of the two.
    if (!answer && stored->card_sent && *stored->card_sent >= now) {
      stored->card_sent = now - std::chrono::seconds(1);
    }
    set_whether_reached(*stored, answer, now);
    if (answer) stored->card_trouble.clear();
    if (!answer && answer.error().code == kRefusedCode) {
      stored->card_trouble = printable(answer.error().text, kMaxWhyOctets);
    }
    if (answer) {
      stored->card_sent = now;
      stored->card_sent_serial = serial;
      stored->taken_serial = std::max(stored->taken_serial, serial);
      stored->last_seen = now;
    }
    store::put_peer(txn, *stored);
    return done();
  });
  if (!written) log_error("peer {}: {}", peer.hex().substr(0, 16), written.error().text);
}

// From the moment when a peer has a card that lists a newer certificate, mail for it is signed by
// that one.
void change_signer(const TalkContext& context, const store::Peer& before,
                   std::uint64_t taken_serial) {
  const auto keys = context.flow.keys.get();
  const Time now = context.flow.clock.now();
  if (keys->signer_for(before.taken_serial, now) == keys->signer_for(taken_serial, now)) return;
  if (auto fresh = context.flow.routing.refresh(); !fresh) log_error("{}", fresh.error().text);
}

// Whether the mail follows.
enum class HttpsStep { mail_follows, put_off };

HttpsStep challenge_by_https(const TalkContext& context, const store::Peer& peer,
                             const peering::StartedProof& started, const TalkTime& time) {
  const auto keys = context.flow.keys.get();
  auto message = peering::sign_challenge(head_to(context, peer.fingerprint), started.by_https,
                                         {keys->ring, keys->identity});
  if (!message) return HttpsStep::put_off;
  const auto answer = post_to_peer(context, peer, *message, time);
  if (answer && !peer.unreachable_since) return HttpsStep::mail_follows;
  if (!answer) log_debug("challenge to {}: {}", short_name(peer), answer.error().text);
  bool put_off = false;
  const peering::RouteName route{started.by_https.domain, peer.fingerprint};
  const Time now = context.flow.clock.now();
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    note_whether_reached(txn, peer.fingerprint, answer, now);
    if (answer) return done();
    put_off = answer.error().code == kRefusedCode &&
              peering::put_off_proof(txn, route, started.by_https.proof, now);
    peering::note_challenge_https(txn, route, printable(answer.error().text, kMaxWhyOctets));
    return done();
  });
  return written && put_off ? HttpsStep::put_off : HttpsStep::mail_follows;
}

void challenge_by_mail(const TalkContext& context, const store::Peer& peer,
                       const peering::StartedProof& started) {
  const auto keys = context.flow.keys.get();
  auto message = peering::sign_challenge(head_to(context, peer.fingerprint), started.by_mail,
                                         {keys->ring, keys->identity});
  if (!message) return log_error("challenge: {}", message.error().text);
  // The path `proof` seals to the key that routing knows for the peer.
  if (auto fresh = context.flow.routing.refresh(); !fresh) log_error("{}", fresh.error().text);
  const Status sent = send_peering_mail(
      context.flow, {peer.fingerprint, started.by_mail.domain, *message, peering::kProofLifetime,
                     PeeringMailRequest::Content::challenge});
  if (!sent) log_error("challenge to {}: {}", short_name(peer), sent.error().text);
}

// The peer, and one of its domains to which mail can be sent.
struct Addressee {
  std::optional<store::Peer> peer;
  std::optional<Domain> domain;
};

Addressee addressee_of(const TalkContext& context, const Fingerprint& peer) {
  Addressee found;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) {
    auto trusted = peering::find_trusted_peer(txn, peer);
    if (!trusted) return done();
    found.peer = *std::move(trusted);
    const auto routes = store::routes_of_peer(txn, peer);
    if (!routes.empty()) found.domain = routes.front().domain;
    return done();
  });
  if (!read) log_error("{}", read.error().text);
  return found;
}

}  // namespace

void set_whether_reached(store::Peer& peer, const Result<Bytes>& answer, Time now) {
  if (answer || answer.error().code == kRefusedCode || answer.error().code == kBusyCode) {
    peer.unreachable_since.reset();
    peer.unreachable_why.clear();
    return;
  }
  if (!peer.unreachable_since) peer.unreachable_since = now;
  peer.unreachable_why = printable(answer.error().text, kMaxWhyOctets);
}

Result<Bytes> post_to_peer(const TalkContext& context, const store::Peer& peer, ByteView message,
                           const TalkTime& time) {
  auto identity = peering::pinned_identity(peer);
  if (!identity) return identity.error();
  Result<Bytes> answer = temporary_error("unreachable", "the peer's card names no URL");
  for (const std::string& url : peer.urls) {
    if (time.over()) return temporary_error("unreachable", "the peer takes too long to answer");
    const HttpsLimits limits{.addresses = address_rule(*context.flow.config.get(), context.own_url),
                             .connect_time = std::min(kConnectTime, time.left()),
                             .total_time = std::min(kTalkTime, time.left())};
    const SteadyTime begun = context.flow.clock.steady();
    PeerAnswer answered = post_to_url(url, *identity, message, limits);
    const bool quick = context.flow.clock.steady() - begun < kSlowExchange;
    if (answered.date && quick) {
      context.clocks.note(peer.fingerprint, *answered.date, context.flow.clock.now());
    }
    answer = std::move(answered.message);
    if (answer) break;
  }
  return answer;
}

peering::DocumentHead head_to(const TalkContext& context, const Fingerprint& peer) {
  return {.sender = context.flow.keys.get()->identity.key_id(),
          .receiver = peer,
          .id = peering::random_document_id(),
          .time = context.flow.clock.now()};
}

bool wants_card(const store::Peer& peer, const store::OwnCard& card, Time now) {
  if (!store::is_partner(peer.state)) return false;
  // A peer that could not be reached is tried until it answers, so that the warning about it ends.
  if (peer.card_sent_serial == card.serial && !peer.unreachable_since) return false;
  // Only a failure causes a wait: a card that changed since the last one was taken goes at once.
  if (peer.card_sent && peer.card_tried && *peer.card_sent >= *peer.card_tried) return true;
  return !peer.card_tried || now >= *peer.card_tried + kCardRetry || now < *peer.card_tried;
}

void push_card(const TalkContext& context, const store::Peer& peer, const TalkTime& time,
               TalkLane lane) {
  const auto card = context.card.get();  // another may take its place during the talk
  const auto answer = post_to_peer(context, peer, card->card, time);
  if (!answer) log_info("card for {}: {}", short_name(peer), answer.error().text);
  if (!answer && time.over() && lane != TalkLane::slow) return;
  note_card_tried(context, peer.fingerprint, card->serial, answer);
  if (answer) change_signer(context, peer, card->serial);
  if (answer && !answer->empty()) take_answered_card(context, *answer);
}

void take_answered_card(const TalkContext& context, ByteView message) {
  auto card = peering::open_card(message);
  if (!card) return;
  const auto config = context.flow.config.get();
  peering::CardJudgement judged;
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    judged = peering::take_card(txn, *card, {config->node.domains, context.flow.clock.now()});
    return done();
  });
  if (!written) return log_error("peering: {}", written.error().text);
  if (peering::is_refusal(judged.verdict)) context.refusals.note(card->card.sender);
  if (peering::changes_routes(judged.verdict)) context.on_routes_changed();
}

void prove_route(const TalkContext& context, const store::Peer& peer,
                 const peering::RouteName& route, const TalkTime& time) {
  std::optional<peering::StartedProof> started;
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    started = peering::start_proof(txn, route, context.flow.clock.now());
    return done();
  });
  if (!written) return log_error("proof of {}: {}", route.domain.text(), written.error().text);
  if (!started) return;
  if (challenge_by_https(context, peer, *started, time) == HttpsStep::put_off) return;
  challenge_by_mail(context, peer, *started);
}

void send_proof_answer(const TalkContext& context, const ProofReply& reply, const TalkTime& time) {
  const Addressee to = addressee_of(context, reply.peer);
  if (!to.peer) return;
  const auto keys = context.flow.keys.get();
  auto message = peering::sign_answer(head_to(context, reply.peer), reply.answer,
                                      {keys->ring, keys->identity});
  if (!message) return log_error("answer to a challenge: {}", message.error().text);
  const auto answered = post_to_peer(context, *to.peer, *message, time);
  if (answered || !to.domain) return;
  log_info("answer to {} goes by mail: {}", short_name(*to.peer), answered.error().text);
  const Status sent =
      send_peering_mail(context.flow, {reply.peer, *to.domain, *message, peering::kProofLifetime});
  if (!sent) log_error("answer to {}: {}", short_name(*to.peer), sent.error().text);
}

}  // namespace culvert::node
