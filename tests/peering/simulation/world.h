// Nodes' peering with a virtual clock and a network that is against them: it delays, drops,
// doubles, reorders, reflects, alters and replays. Nodes crash between persist and answer, and are
// put back from old copies; administrators decide; one peer may be malicious. The state machines,
// the store and the cryptography are the real ones; carriers and mail are this file.
//
// Every choice comes from one seed. After each step the properties of protocol.md, "What must
// hold", are checked; the first that fails ends the run, with the whole history.
#pragma once

#include <deque>
#include <random>
#include <set>

#include "tests/peering/test_node.h"

namespace culvert::peering::simulation {

// One document under way.
struct Packet {
  std::size_t from = 0;
  std::size_t to = 0;
  ProofCarrier carrier = ProofCarrier::https;
  Bytes octets{};
  std::optional<Domain> mail_for{};  // by mail: whose server gets it
  Time due{};
  // What the sender does with the answer; empty for mail, and for what an attacker sends.
  std::function<void(const Result<IncomingOutcome>&)> answered{};
  std::string what{};
};

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();

  // The first property that failed, and the history of the run; empty: all held.
  std::string run(std::size_t steps);
  const std::vector<std::string>& history() const { return history_; }

 private:
  struct Actor;

  // The steps.
  void step();
  void tick(Actor& actor);
  void deliver(Packet packet);
  void attack();
  void mischief();
  void administer();
  void fail_node();
  void heal();
  void decide_what_waits(Actor& actor, bool has_time);

  // What a node sends by itself.
  void push_card(Actor& from, const store::Peer& peer);
  void begin_proof(Actor& from, const RouteName& route);
  void answer_challenge(Actor& from, const IncomingOutcome& outcome);
  void tell_acceptance(Actor& from, const store::AcceptanceNews& news);
  void say_goodbye(Actor& from, const store::Peer& peer);
  void send(Actor& from, const Fingerprint& to, Packet packet);

  void pair_two(Actor& inviter, Actor& accepter, bool replaces);
  void check();
  void check_routes(Actor& actor);
  void check_peers(Actor& actor);
  void check_healed();
  void fail(const std::string& why);

  bool chance(int in_a_hundred);
  std::size_t any(std::size_t count);
  Actor* actor_of(const Fingerprint& fingerprint);
  Actor& honest();
  DocumentHead head(const Actor& from, const Fingerprint& to);
  std::string name(const Fingerprint& fingerprint);
  void note(std::string what);

  std::mt19937_64 random_;
  Time now_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::map<Domain, std::size_t> mail_home_;  // which node gets a domain's mail
  std::deque<Packet> network_;
  std::vector<Packet> captured_;                           // what an attacker on the way has seen
  std::set<std::pair<std::size_t, std::size_t>> blocked_;  // no HTTPS from one to the other
  bool is_hostile_ = true;
  std::vector<std::string> history_;
  std::string failure_;
};

}  // namespace culvert::peering::simulation
