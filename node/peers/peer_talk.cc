#include "node/peers/peer_talk.h"

#include <algorithm>

#include "crypto/base/log.h"
#include "node/peers/https_carrier.h"
#include "node/peers/proof_mail.h"
#include "peering/acceptance.h"
#include "peering/challenge_news.h"
#include "peering/pinned_certificates.h"
#include "peering/proof_documents.h"
#include "peering/routes.h"

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
constexpr std::string_view kBusyCode = "busy";
constexpr std::size_t kMaxWhyOctets = 400;

// A commit only if that is news.
void note_whether_reached(const TalkContext& context, const store::Peer& before,
                          const Result<Bytes>& answer) {
  const Time now = context.flow.clock.now();
  store::Peer after = before;
  set_whether_reached(after, answer, now);
  if (after.unreachable_since.has_value() == before.unreachable_since.has_value()) return;
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    auto peer = store::find_peer(txn, before.fingerprint);
    if (!peer) return done();
    set_whether_reached(*peer, answer, now);
    store::put_peer(txn, *peer);
    return done();
  });
  if (!written)
    log_error("peer {}: {}", before.fingerprint.hex().substr(0, 16), written.error().text);
  if (!after.unreachable_since) context.on_reached(before.fingerprint);
}

void note_card_tried(const TalkContext& context, const Fingerprint& peer, std::uint64_t serial,
                     const Result<Bytes>& answer) {
  const Time now = context.flow.clock.now();
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    auto stored = store::find_peer(txn, peer);
    if (!stored) return done();
    stored->card_tried = now;
    stored->card_tried_serial = serial;
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
// that one, and mail that waited for this goes on.
void change_signer(const TalkContext& context, const store::Peer& before,
                   std::uint64_t taken_serial) {
  const auto keys = context.flow.keys.get();
  const Time now = context.flow.clock.now();
  if (keys->signer_for(before.taken_serial, now) == keys->signer_for(taken_serial, now)) return;
  context.on_routes_changed();
}

// Whether the mail follows.
enum class HttpsStep { mail_follows, put_off };

HttpsStep challenge_by_https(const TalkContext& context, const store::Peer& peer,
                             const peering::StartedProof& started, const TalkTime& time) {
  const auto keys = context.flow.keys.get();
  auto message = peering::sign_challenge(head_to(context, peer.fingerprint), started.by_https,
                                         {keys->ring, keys->identity});
  if (!message) return HttpsStep::put_off;
  const auto answer = tell_peer(context, peer, *message, time);
  if (answer) return HttpsStep::mail_follows;
  log_debug("challenge to {}: {}", short_name(peer), answer.error().text);
  bool put_off = false;
  const peering::RouteName route{started.by_https.domain, peer.fingerprint};
  const Time now = context.flow.clock.now();
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
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

// The domain of the peer to which mail for it goes: one in use, or any other that it claims.
std::optional<Domain> mail_domain(const store::ReadTransaction& txn, const Fingerprint& peer) {
  const auto routes = store::routes_of_peer(txn, peer);
  for (const store::Route& route : routes) {
    if (peering::is_in_use(route.state)) return route.domain;
  }
  return routes.empty() ? std::nullopt : std::optional(routes.front().domain);
}

// A card that HTTPS did not carry for an hour, and that nobody acknowledged.
bool wants_card_by_mail(const store::Peer& peer, std::uint64_t serial, Time now) {
  if (peer.taken_serial >= serial || !may_go_by_mail(peer, now)) return false;
  if (peer.card_mailed_serial != serial || !peer.card_mailed) return true;
  return now >= *peer.card_mailed + kCardMailRetry || now < *peer.card_mailed;
}

void mail_card(const TalkContext& context, const store::OwnCard& card,
               const Fingerprint& fingerprint) {
  const Time now = context.flow.clock.now();
  std::optional<store::Peer> peer;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) {
    peer = store::find_peer(txn, fingerprint);
    return done();
  });
  if (!read) return log_error("{}", read.error().text);
  if (!peer || !wants_card_by_mail(*peer, card.serial, now)) return;
  const Status sent = mail_document(context, fingerprint, card.card, peering::kCardLifetime);
  if (!sent) return log_warning("card for {}: {}", short_name(*peer), sent.error().text);
  log_info("card for {} goes by mail: HTTPS has failed for an hour", short_name(*peer));
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    auto stored = store::find_peer(txn, fingerprint);
    if (!stored) return done();
    stored->card_mailed = now;
    stored->card_mailed_serial = card.serial;
    store::put_peer(txn, *stored);
    return done();
  });
  if (!written) log_error("{}", written.error().text);
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

Result<Bytes> tell_peer(const TalkContext& context, const store::Peer& peer, ByteView message,
                        const TalkTime& time) {
  auto answer = post_to_peer(context, peer, message, time);
  note_whether_reached(context, peer, answer);
  if (!answer || answer->empty()) return answer;
  const auto taken = peering::take_routes_answer(
      context.flow.store, *answer,
      {peer.fingerprint, context.flow.keys.get()->identity.key_id(), context.flow.clock.now()});
  if (!taken) log_debug("the answer of {}: {}", short_name(peer), taken.error().text);
  if (taken && *taken) context.on_routes_changed();
  return answer;
}

bool may_go_by_mail(const store::Peer& peer, Time now) {
  return peer.unreachable_since && now >= *peer.unreachable_since + kMailAfter;
}

Status mail_document(const TalkContext& context, const Fingerprint& peer, ByteView message,
                     std::chrono::seconds lifetime) {
  if (message.size() > peering::kMaxDocumentMailBytes) {
    return permanent_error("too-large", "the document is too large for a mail");
  }
  std::optional<Domain> domain;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) {
    domain = mail_domain(txn, peer);
    return done();
  });
  if (!read) return read;
  if (!domain) return permanent_error("no-route", "the peer has no domain to write to");
  return send_peering_mail(context.flow, {peer, *domain, message, lifetime});
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
  // Only a failure causes a wait: a card that is newer than the last that was tried goes at once.
  if (peer.card_tried_serial != card.serial) return true;
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
  if (!answer) return mail_card(context, *card, peer.fingerprint);
  if (peer.unreachable_since) context.on_reached(peer.fingerprint);
  change_signer(context, peer, card->serial);
  if (!answer->empty())
    take_answered_card(context, *answer, peer.urls.empty() ? std::string() : peer.urls.front());
}

void take_answered_card(const TalkContext& context, ByteView message, const std::string& from) {
  auto card = peering::open_card(message);
  if (!card) return;
  const auto config = context.flow.config.get();
  peering::CardJudgement judged;
  const Status written = context.flow.store.write([&](store::WriteTransaction& txn) {
    judged = peering::take_card(txn, *card, {config->node.domains, context.flow.clock.now(), from});
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
  std::optional<store::Peer> peer;
  const Status read = context.flow.store.read([&](const store::ReadTransaction& txn) {
    if (auto trusted = peering::find_trusted_peer(txn, reply.peer)) peer = *std::move(trusted);
    return done();
  });
  if (!read) log_error("{}", read.error().text);
  if (!peer) return;
  const auto keys = context.flow.keys.get();
  auto message = peering::sign_answer(head_to(context, reply.peer), reply.answer,
                                      {keys->ring, keys->identity});
  if (!message) return log_error("answer to a challenge: {}", message.error().text);
  const auto answered = tell_peer(context, *peer, *message, time);
  if (answered) return;
  log_info("answer to {} goes by mail: {}", short_name(*peer), answered.error().text);
  const Status sent = mail_document(context, reply.peer, *message, peering::kProofLifetime);
  if (!sent) log_error("answer to {}: {}", short_name(*peer), sent.error().text);
}

}  // namespace culvert::node
