#include "tests/peering/simulation/world.h"

#include <algorithm>

#include "peering/decisions.h"

namespace culvert::peering::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using store::RouteState;

constexpr std::size_t kMostInNetwork = 60;

}  // namespace

struct World::Actor {
  Actor(std::size_t number_, const std::string& name, std::vector<std::string> domains, Time now)
      : number(number_), node("gate." + name, std::move(domains), now) {}

  std::size_t number;
  TestNode node;
  bool is_malicious = false;
  seconds skew{};
  std::filesystem::path copy{};  // of its store, from earlier
  bool was_put_back = false;
  std::map<Fingerprint, Time> card_tried{};

  // What the administrator said, and what the model knows besides.
  std::set<std::pair<Domain, Fingerprint>> named{};     // or approved
  std::set<std::pair<Domain, Fingerprint>> received{};  // whose node got a challenge for the domain
  std::set<Domain> was_active{};
  std::set<Domain> released{};
  std::set<Fingerprint> removed{};
  struct Seen {
    Bytes incarnation{};
    std::uint64_t serial = 0;
    std::set<Bytes> left{};
    Bytes chosen{};
  };
  std::map<Fingerprint, Seen> seen{};
};

World::World(std::uint64_t seed) : random_(seed), now_(start_time()) {
  const std::size_t count = 2 + any(3);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = std::string(1, static_cast<char>('a' + i)) + ".example";
    std::vector<std::string> domains{name};
    if (chance(50)) domains.push_back("more." + name);
    actors_.push_back(std::make_unique<Actor>(i, name, domains, now_));
    for (const std::string& text : domains)
      mail_home_[domain(text)] = i;
    actors_.back()->skew = seconds(static_cast<long>(any(241)) - 120);
  }
  if (count > 2 && chance(50)) actors_.back()->is_malicious = true;
}

World::~World() {
  std::error_code ignored;
  for (const auto& actor : actors_)
    if (!actor->copy.empty()) std::filesystem::remove_all(actor->copy, ignored);
}

bool World::chance(int in_a_hundred) { return static_cast<int>(any(100)) < in_a_hundred; }
std::size_t World::any(std::size_t count) { return random_() % count; }

World::Actor* World::actor_of(const Fingerprint& fingerprint) {
  for (const auto& actor : actors_)
    if (actor->node.fingerprint() == fingerprint) return actor.get();
  return nullptr;
}

World::Actor& World::honest() {
  std::size_t i = any(actors_.size());
  if (actors_[i]->is_malicious) i = 0;
  return *actors_[i];
}

std::string World::name(const Fingerprint& fingerprint) {
  Actor* actor = actor_of(fingerprint);
  return actor ? std::string(1, static_cast<char>('a' + actor->number)) : "?";
}

void World::note(std::string what) { history_.push_back(to_rfc3339(now_) + " " + std::move(what)); }

void World::fail(const std::string& why) {
  if (!failure_.empty()) return;
  failure_ = "FAILED: " + why + "\n";
  for (const std::string& line : history_)
    failure_ += "  " + line + "\n";
}

DocumentHead World::head(const Actor& from, const Fingerprint& to) {
  return {from.node.fingerprint(), to, random_document_id(), from.node.now()};
}

std::string World::run(std::size_t steps) {
  for (std::size_t i = 1; i < actors_.size(); ++i) {
    pair_two(*actors_[0], *actors_[i], false);
    if (i > 1 && chance(50)) pair_two(*actors_[i - 1], *actors_[i], false);
  }
  for (std::size_t i = 0; i < steps && failure_.empty(); ++i) {
    step();
    check();
  }
  if (failure_.empty()) heal();
  return failure_;
}

void World::step() {
  now_ += chance(80)   ? seconds(1 + any(30))
          : chance(80) ? minutes(1 + any(90))
                       : hours(1 + any(60));
  for (const auto& actor : actors_)
    actor->node.set_now(now_ + actor->skew);
  const auto due = std::find_if(network_.begin(), network_.end(),
                                [this](const Packet& packet) { return packet.due <= now_; });
  if (due != network_.end() && chance(60)) {
    const std::size_t which = chance(70) ? 0 : any(network_.size());
    auto at = chance(70) ? due : network_.begin() + static_cast<long>(which);
    Packet packet = *at;
    network_.erase(at);
    return deliver(std::move(packet));
  }
  const std::size_t what = any(100);
  if (what < 55) return tick(*actors_[any(actors_.size())]);
  if (what < 63) return mischief();
  if (what < 75) return attack();
  if (what < 92) return administer();
  fail_node();
}

// Each node's service, as node/peers does it.
void World::tick(Actor& actor) {
  TestNode& node = actor.node;
  node.renew_card();
  std::vector<store::Peer> peers;
  std::vector<store::Route> due;
  std::vector<store::AcceptanceNews> news;
  std::vector<FailedRoute> failed;
  node.write([&](store::WriteTransaction& txn) {
    end_old_proofs(txn, node.now());
    end_old_replacements(txn, node.now());
    failed = routes_to_degrade(txn, node.now());
    for (const FailedRoute& route : failed)
      change_route(txn, route.name, route.event, node.now());
    peers = store::list_peers(txn);
    due = routes_to_challenge(txn, node.now());
    news = store::acceptance_news(txn);
  });
  const std::uint64_t serial = node.card_values().serial;
  for (const store::Peer& peer : peers) {
    if (peer.goodbye_due) say_goodbye(actor, peer);
    const bool is_new = store::is_partner(peer.state) && peer.card_sent_serial != serial;
    const auto tried = actor.card_tried.find(peer.fingerprint);
    const bool rested =
        tried == actor.card_tried.end() || node.now() >= tried->second + minutes(10);
    if (is_new && rested) push_card(actor, peer);
  }
  for (const store::Route& route : due)
    begin_proof(actor, {route.domain, route.peer});
  for (const store::AcceptanceNews& item : news)
    tell_acceptance(actor, item);
}

void World::send(Actor& from, const Fingerprint& to, Packet packet) {
  Actor* receiver = actor_of(to);
  if (receiver == nullptr) return;
  packet.from = from.number;
  packet.to = receiver->number;
  const bool is_blocked = blocked_.contains({packet.from, packet.to});
  if (packet.carrier == ProofCarrier::https && is_blocked) return;
  packet.due = now_ + (packet.carrier == ProofCarrier::https || !is_hostile_ ? seconds(any(3))
                       : chance(80)                                          ? seconds(any(600))
                                    : seconds(any(5 * 24 * 3600)));
  note(name(from.node.fingerprint()) + " sends to " + name(to) + ": " + packet.what);
  captured_.push_back(packet);
  captured_.back().answered = nullptr;
  if (is_hostile_ && chance(15)) return note("  it is lost");
  network_.push_back(packet);
  if (is_hostile_ && chance(10)) network_.push_back(std::move(packet));
  if (network_.size() > kMostInNetwork) network_.pop_front();
}

void World::push_card(Actor& from, const store::Peer& peer) {
  const std::uint64_t serial = from.node.card_values().serial;
  from.card_tried[peer.fingerprint] = from.node.now();
  Packet packet{.octets = from.node.card(), .what = "card " + std::to_string(serial)};
  packet.answered = [this, &from, fingerprint = peer.fingerprint,
                     serial](const Result<IncomingOutcome>& answer) {
    if (!answer) return;
    from.node.write([&](store::WriteTransaction& txn) {
      auto stored = store::find_peer(txn, fingerprint);
      if (!stored) return;
      stored->card_sent_serial = serial;
      stored->taken_serial = std::max(stored->taken_serial, serial);
      store::put_peer(txn, *stored);
      const auto card = open_card(answer->answer);
      if (card) take_card(txn, *card, {from.node.domains(), from.node.now(), "answer"});
    });
  };
  send(from, peer.fingerprint, std::move(packet));
}

void World::begin_proof(Actor& from, const RouteName& route) {
  std::optional<StartedProof> started;
  from.node.write(
      [&](store::WriteTransaction& txn) { started = start_proof(txn, route, from.node.now()); });
  if (!started) return;
  const auto sign = [&](const ProofChallenge& challenge) {
    return sign_challenge(head(from, route.peer), challenge, from.node.signer()).value();
  };
  send(from, route.peer,
       {.octets = sign(started->by_https), .what = "challenge of " + route.domain.text()});
  Packet mail{.carrier = ProofCarrier::mail,
              .octets = sign(started->by_mail),
              .mail_for = route.domain,
              .what = "challenge of " + route.domain.text() + " by mail"};
  send(from, route.peer, std::move(mail));
}

void World::answer_challenge(Actor& from, const IncomingOutcome& outcome) {
  const Fingerprint& to = outcome.prove->peer;
  Packet packet{.octets = sign_answer(head(from, to), *outcome.with, from.node.signer()).value(),
                .what = "answer for " + outcome.with->domain.text()};
  Actor* receiver = actor_of(to);
  if (receiver != nullptr && blocked_.contains({from.number, receiver->number})) {
    packet.carrier = ProofCarrier::mail;
    packet.mail_for = receiver->node.domains().front();
  }
  send(from, to, std::move(packet));
}

void World::tell_acceptance(Actor& from, const store::AcceptanceNews& news) {
  RoutesDocument routes;
  bool is_partner = false;
  from.node.read([&](const store::ReadTransaction& txn) {
    const auto peer = find_trusted_peer(txn, news.peer);
    is_partner = peer.ok();
    if (peer) routes = routes_to_tell(txn, *peer);
  });
  const auto end = [&from, news](std::uint64_t serial) {
    from.node.write(
        [&](store::WriteTransaction& txn) { store::end_acceptance_news(txn, news.peer, serial); });
  };
  if (!is_partner) return end(news.serial);
  Packet packet{.octets = sign_routes(head(from, news.peer), routes, from.node.signer()).value(),
                .what = "routes " + std::to_string(routes.serial)};
  packet.answered = [end, serial = routes.serial](const Result<IncomingOutcome>& answer) {
    if (answer) end(serial);
  };
  send(from, news.peer, std::move(packet));
}

void World::say_goodbye(Actor& from, const store::Peer& peer) {
  const DocumentHead to = head(from, peer.fingerprint);
  Packet packet{.octets = sign_document(begin_document(DocumentType::goodbye, to),
                                        from.node.signer(), to.time)
                              .value(),
                .what = "goodbye"};
  packet.answered = [&from, fingerprint = peer.fingerprint](const Result<IncomingOutcome>&) {
    from.node.write([&](store::WriteTransaction& txn) {
      auto stored = store::find_peer(txn, fingerprint);
      if (!stored) return;
      stored->goodbye_due.reset();
      store::put_peer(txn, *stored);
    });
  };
  send(from, peer.fingerprint, std::move(packet));
}

void World::deliver(Packet packet) {
  Actor& to = *actors_[packet.to];
  Actor& from = *actors_[packet.from];
  std::optional<Fingerprint> sealed_by;
  if (packet.carrier == ProofCarrier::mail) {
    sealed_by = from.node.fingerprint();
    // It is sealed: who gets the mail, and is not meant, cannot open it.
    if (mail_home_[*packet.mail_for] != packet.to) return note("  mail that nobody can open");
    if (packet.what.starts_with("challenge"))
      from.received.insert({*packet.mail_for, to.node.fingerprint()});
  }
  note(name(to.node.fingerprint()) + " gets from " + name(from.node.fingerprint()) + ": " +
       packet.what);
  const auto outcome = to.node.receive(packet.octets, packet.carrier, sealed_by);
  if (!outcome) note("  refused: " + outcome.error().code + " " + outcome.error().detail);
  if (outcome && outcome->said_goodbye) to.removed.insert(from.node.fingerprint());
  if (outcome && outcome->with && outcome->prove) answer_challenge(to, *outcome);
  // The node may crash between persist and answer, and the answer may be lost.
  if (is_hostile_ && chance(10)) return note("  the answer is lost");
  if (packet.answered) packet.answered(outcome);
}

// Somebody on the way: what was seen is sent again, to anybody, perhaps altered; and a malicious
// peer, who signs what it likes.
void World::attack() {
  if (captured_.empty()) return;
  Packet packet = captured_[any(captured_.size())];
  const bool is_altered = chance(40);
  const bool is_reflected = !is_altered && chance(40);
  if (is_altered)
    packet.octets[any(packet.octets.size())] ^= static_cast<std::uint8_t>(1 + any(255));
  if (is_reflected) packet.to = chance(50) ? packet.from : any(actors_.size());
  Actor& to = *actors_[packet.to];
  const Fingerprint sender = actors_[packet.from]->node.fingerprint();
  const bool is_card = packet.what.starts_with("card");
  const Bytes before = to.node.state();
  const auto outcome =
      to.node.receive(packet.octets, packet.carrier,
                      packet.carrier == ProofCarrier::mail ? std::optional(sender) : std::nullopt);
  note("attack: " + packet.what + " of " + name(sender) + " at " + name(to.node.fingerprint()) +
       (is_altered     ? ", altered"
        : is_reflected ? ", reflected"
                       : ", replayed") +
       ": " + (outcome ? "taken" : outcome.error().code));
  const bool is_unchanged = to.node.state() == before;
  if (is_altered && outcome && !is_unchanged) fail("an altered document was taken");
  const bool is_for_another = packet.to == packet.from || (is_reflected && !is_card);
  if (is_for_another && packet.to != captured_.size() && !is_unchanged &&
      packet.to == packet.from) {
    fail("a reflected document changed something");
  }
  // What was first delivered now is no replay: the network may do that.
  if (outcome && outcome->said_goodbye) to.removed.insert(sender);
  if (outcome && outcome->with && outcome->prove) answer_challenge(to, *outcome);
  if (outcome && packet.carrier == ProofCarrier::mail && packet.mail_for &&
      mail_home_[*packet.mail_for] == packet.to && packet.what.starts_with("challenge")) {
    actors_[packet.from]->received.insert({*packet.mail_for, to.node.fingerprint()});
  }
  if (!outcome) return;
  const Bytes after = to.node.state();
  static_cast<void>(
      to.node.receive(packet.octets, packet.carrier,
                      packet.carrier == ProofCarrier::mail ? std::optional(sender) : std::nullopt));
  if (to.node.state() != after) fail("a replayed document changed something");
}

// A peer that signs what it likes: it claims others' domains, answers challenges whose mail it
// never got, and tells lists that nobody has written yet.
void World::mischief() {
  Actor& thief = *actors_.back();
  Actor& victim = *actors_[any(actors_.size() - 1)];
  if (!thief.is_malicious) return attack();
  const Fingerprint to = victim.node.fingerprint();
  const std::size_t choice = any(3);
  if (choice == 0) {
    const auto& own = thief.node.domains();
    std::vector<Domain> claimed{own.front()};
    const Actor& owner = *actors_[any(actors_.size() - 1)];
    claimed.push_back(owner.node.domains().front());
    thief.node.set_domains(claimed);
    return note("the thief claims " + claimed.back().text());
  }
  const auto others = [&] {
    std::vector<store::Route> routes;
    victim.node.read([&](const store::ReadTransaction& txn) { routes = store::list_routes(txn); });
    std::erase_if(
        routes, [&](const store::Route& route) { return route.peer == thief.node.fingerprint(); });
    return routes;
  };
  const auto before = others();
  if (choice == 1) {
    std::vector<store::Proof> held;
    thief.node.read([&](const store::ReadTransaction& txn) {
      held = store::proofs_of_peer(txn, store::ProofRole::answering, to);
    });
    if (held.empty()) return;
    const store::Proof& proof = held[any(held.size())];
    ProofAnswer answer{{}, proof.domain, {}, {}};
    std::copy_n(proof.id.begin(), answer.proof.size(), answer.proof.begin());
    const auto token = [](const SecretBytes& stored, ProofToken& into) {
      std::copy_n(stored.view().begin(), std::min(stored.size(), into.size()), into.begin());
    };
    token(proof.mail_token, answer.mail_token);
    token(proof.web_token, answer.https_token.emplace());
    const auto taken =
        victim.node.receive(sign_answer(head(thief, to), answer, thief.node.signer()).value());
    note("the thief answers for " + proof.domain.text() + ": " + (taken ? "taken" : "refused"));
  } else {
    RoutesDocument routes{1 + any(std::size_t{1} << 40), any(100), {}, {}};
    for (const Domain& domain : victim.node.domains())
      if (chance(50)) routes.domains.push_back({domain, "active", "", {}});
    const auto taken =
        victim.node.receive(sign_routes(head(thief, to), routes, thief.node.signer()).value());
    note("the thief tells a list: " + std::string(taken ? "taken" : "refused"));
  }
  if (others() != before) fail("the thief changed the routes of others");
}

void World::pair_two(Actor& inviter, Actor& accepter, bool replaces) {
  const auto& own = inviter.node.domains();
  std::vector<std::string> names;
  // Administrators do not name everything that a partner serves.
  for (const Domain& domain : accepter.node.domains()) {
    const bool is_wanted = names.empty() || chance(50);
    if (is_wanted && std::find(own.begin(), own.end(), domain) == own.end()) {
      names.push_back(domain.text());
    }
  }
  const auto code = read_code(inviter.node.invite(names, replaces));
  if (!code) return fail("a code that cannot be read");
  Wire wire;
  wire.add(inviter.node);
  const auto accepted =
      accept_invitation(accepter.node.store(), accepter.node.self(), *code, wire,
                        {std::max(accepter.node.now(), inviter.node.now()), replaces});
  note(name(accepter.node.fingerprint()) + " uses a code of " + name(inviter.node.fingerprint()) +
       (replaces ? " that replaces" : "") + ": " +
       (accepted ? "paired" : accepted.error().code + " " + accepted.error().detail));
  // The inviter may have stored the pairing, though the accepter did not learn of it.
  for (const std::string& text : names)
    inviter.named.insert({domain(text), accepter.node.fingerprint()});
  const auto paired = inviter.node.peer(accepter.node);
  if (paired && store::is_partner(paired->state))
    inviter.removed.erase(accepter.node.fingerprint());
  if (!accepted) return;
  accepter.removed.erase(inviter.node.fingerprint());
  for (const Domain& domain : inviter.node.domains())
    accepter.named.insert({domain, inviter.node.fingerprint()});
}

void World::administer() {
  Actor& actor = honest();
  Actor& other = *actors_[any(actors_.size())];
  if (other.number == actor.number) return;
  const Fingerprint peer = other.node.fingerprint();
  const Time now = actor.node.now();
  const auto domains = other.node.domains();
  const Domain of = domains[any(domains.size())];
  std::string what;
  Status done_so = done();
  const std::size_t choice = any(100);
  if (choice < 15) return pair_two(actor, other, chance(30));
  if (choice < 25) {
    what = "removes";
    actor.node.write([&](store::WriteTransaction& txn) {
      done_so = remove_peer(txn, peer, Removal::by_us, "test", now);
    });
    if (done_so) actor.removed.insert(peer);
  } else if (choice < 35) {
    what = "pauses";
    actor.node.write([&](store::WriteTransaction& txn) { done_so = pause_peer(txn, peer, now); });
  } else if (choice < 50) {
    what = "resumes";
    // The administrator calls the partner, who reads the digits from the right copy.
    const Incarnation digits = other.node.card_values().incarnation;
    actor.node.write(
        [&](store::WriteTransaction& txn) { done_so = resume_peer(txn, peer, digits, now); });
    if (done_so) actor.seen[peer].chosen.assign(digits.begin(), digits.end());
  } else if (choice < 65) {
    what = "approves " + of.text() + " of";
    actor.node.write([&](store::WriteTransaction& txn) {
      const auto route = approve_route(txn, of, peer, now);
      if (!route) done_so = route.error();
    });
    if (done_so) actor.named.insert({of, peer});
    if (done_so) actor.released.erase(of);
  } else if (choice < 72) {
    what = "releases " + of.text() + " of";
    actor.node.write([&](store::WriteTransaction& txn) {
      const auto routes = release_domain(txn, of, now);
      if (!routes) done_so = routes.error();
    });
    if (done_so) actor.released.insert(of);
  } else if (choice < 85) {
    what = "has other domains, seen by";
    std::vector<Domain> fresh{
        domain(std::string(1, static_cast<char>('a' + actor.number)) + ".example")};
    if (chance(50)) fresh.push_back(domain("more." + fresh.front().text()));
    for (const Domain& each : fresh)
      mail_home_[each] = actor.number;
    actor.node.set_domains(fresh);
  } else {
    what = "has " + of.text() + " proved by";
    actor.node.write([&](store::WriteTransaction& txn) {
      auto route = store::find_route(txn, of, peer);
      if (!route) return;
      route->prove_requested = now;
      store::put_route(txn, *route);
    });
  }
  note(name(actor.node.fingerprint()) + " " + what + " " + name(peer) + ": " +
       (done_so ? "done" : done_so.error().code));
}

void World::fail_node() {
  Actor& actor = honest();
  if (chance(40)) {
    const std::pair<std::size_t, std::size_t> way{actor.number, any(actors_.size())};
    if (!blocked_.erase(way)) blocked_.insert(way);
    return note("HTTPS from " + std::to_string(way.first) + " to " + std::to_string(way.second) +
                (blocked_.contains(way) ? " is blocked" : " works"));
  }
  const std::string who = name(actor.node.fingerprint());
  if (actor.copy.empty()) {
    actor.copy = testing::TempDir() + "/culvert-copy-" + who + std::to_string(::getpid());
    actor.node.copy_store(actor.copy);
    return note(who + " is copied");
  }
  note(who + " is put back from its copy, and begins anew");
  actor.node.put_back(actor.copy);
  actor.was_put_back = true;
  actor.seen.clear();
  actor.removed.clear();
  actor.card_tried.clear();
  actor.node.write([](store::WriteTransaction& txn) {
    const Status begun = begin_incarnation(txn);
    EXPECT_TRUE(begun.ok());
  });
  actor.node.renew_card();
}

void World::check() {
  for (const auto& actor : actors_) {
    if (actor->is_malicious) continue;
    check_routes(*actor);
    check_peers(*actor);
  }
}

void World::check_routes(Actor& actor) {
  std::vector<store::Route> routes;
  actor.node.read([&](const store::ReadTransaction& txn) { routes = store::list_routes(txn); });
  std::map<Domain, bool> waits_or_seals;
  const std::string who = name(actor.node.fingerprint());
  for (const store::Route& route : routes) {
    const std::pair key{route.domain, route.peer};
    const std::string what = who + ": " + route.domain.text() + " of " + name(route.peer);
    if (is_in_use(route.state)) {
      if (!actor.received.contains(key)) fail("in use, though never proved: " + what);
      if (!actor.named.contains(key)) fail("in use, though never named: " + what);
      if (!route.released) actor.was_active.insert(route.domain);
    }
    if (is_in_use(route.state) && actor.removed.contains(route.peer)) {
      fail("in use, though the peer was removed: " + what);
    }
    if (outbound_of(route) != Outbound::as_if_no_peer) waits_or_seals[route.domain] = true;
  }
  for (const Domain& domain : actor.was_active) {
    if (!actor.was_put_back && !actor.released.contains(domain) && !waits_or_seals[domain]) {
      fail("goes in clear without a release: " + who + ": " + domain.text());
    }
  }
}

void World::check_peers(Actor& actor) {
  std::vector<store::Peer> peers;
  std::set<Fingerprint> tombstones;
  actor.node.read([&](const store::ReadTransaction& txn) {
    peers = store::list_peers(txn);
    for (const store::Peer& peer : peers)
      if (store::find_tombstone(txn, peer.fingerprint)) tombstones.insert(peer.fingerprint);
  });
  const std::string who = name(actor.node.fingerprint());
  for (const store::Peer& peer : peers) {
    auto& seen = actor.seen[peer.fingerprint];
    const std::string what = who + " about " + name(peer.fingerprint);
    if (peer.incarnation == seen.incarnation && peer.serial < seen.serial) {
      fail("a serial went back: " + what);
    }
    if (peer.incarnation != seen.incarnation && seen.left.contains(peer.incarnation) &&
        peer.incarnation != seen.chosen) {
      fail("an incarnation came back: " + what);
    }
    const bool has_new_card = !seen.incarnation.empty() &&
                              (peer.incarnation != seen.incarnation || peer.serial != seen.serial);
    if (has_new_card && actor.removed.contains(peer.fingerprint)) {
      fail("a card of a removed peer counts: " + what);
    }
    if (!seen.incarnation.empty() && peer.incarnation != seen.incarnation) {
      seen.left.insert(seen.incarnation);
    }
    seen.incarnation = peer.incarnation;
    seen.serial = peer.serial;
    const bool is_gone = actor.removed.contains(peer.fingerprint);
    if (is_gone && (store::is_partner(peer.state) || !tombstones.contains(peer.fingerprint))) {
      fail("removed, and back: " + what);
    }
  }
}

// Administrators read `status`: they call each other about what is held, end pauses, and have
// proved what is not in use.
void World::decide_what_waits(Actor& actor, bool has_time) {
  const Time now = actor.node.now();
  for (const auto& other : actors_) {
    if (other.get() == &actor || other->is_malicious) continue;
    const Incarnation digits = other->node.card_values().incarnation;
    const Fingerprint peer = other->node.fingerprint();
    actor.node.write([&](store::WriteTransaction& txn) {
      const auto stored = store::find_peer(txn, peer);
      if (!stored || !store::is_partner(stored->state)) return;
      const bool resumed = resume_peer(txn, peer, digits, now).ok();
      if (resumed) actor.seen[peer].chosen.assign(digits.begin(), digits.end());
      if (!has_time) return;
      for (store::Route& route : store::routes_of_peer(txn, peer)) {
        if (route.state == RouteState::withdrawn || !route.named) continue;
        route.prove_requested = now;
        store::put_route(txn, route);
      }
    });
  }
}

// Everything works again.
void World::heal() {
  note("--- all faults end");
  is_hostile_ = false;
  blocked_.clear();
  network_.clear();
  for (const auto& actor : actors_)
    actor->card_tried.clear();
  for (int minute = 0; minute < 120 && failure_.empty(); ++minute) {
    now_ += minutes(1);
    for (const auto& actor : actors_)
      actor->node.set_now(now_ + actor->skew);
    for (const auto& actor : actors_)
      if (!actor->is_malicious) decide_what_waits(*actor, minute % 30 == 0);
    for (const auto& actor : actors_)
      if (!actor->is_malicious) tick(*actor);
    for (int round = 0; round < 4; ++round) {
      now_ += seconds(3);
      while (!network_.empty()) {
        Packet packet = std::move(network_.front());
        network_.pop_front();
        deliver(std::move(packet));
      }
    }
    check();
  }
  if (failure_.empty()) check_healed();
}

void World::check_healed() {
  for (const auto& actor : actors_) {
    for (const auto& other : actors_) {
      if (actor == other || actor->is_malicious || other->is_malicious) continue;
      const auto peer = actor->node.peer(other->node);
      const auto back = other->node.peer(actor->node);
      const bool are_paired =
          peer && back && store::is_partner(peer->state) && store::is_partner(back->state);
      if (!are_paired) continue;
      const std::string what =
          name(actor->node.fingerprint()) + " about " + name(other->node.fingerprint()) + ": ";
      for (const Domain& domain : other->node.domains()) {
        const auto route = actor->node.route(domain.text(), other->node);
        if (!route) fail("a domain that never became a route: " + what + domain.text());
        if (!route || !(route->named || route->approved)) continue;
        if (route->state != RouteState::active) {
          fail("not active after two hours: " + what + domain.text() + " is " +
               store::state_name(route->state) + ": " + route->reason);
        }
      }
      std::optional<std::vector<Domain>> told;
      other->node.read([&](const store::ReadTransaction& txn) {
        told = accepted_domains(txn, *store::find_peer(txn, actor->node.fingerprint()));
      });
      for (const Domain& domain : other->node.domains()) {
        const auto route = actor->node.route(domain.text(), other->node);
        const bool is_accepted_there = route && is_in_use(route->state);
        const bool knows = told && std::find(told->begin(), told->end(), domain) != told->end();
        if (is_accepted_there != knows) {
          fail("does not know whether it is accepted: " + what + domain.text());
        }
      }
    }
  }
}

}  // namespace culvert::peering::simulation
