// One node as peering sees it: an identity, tunnel keys, a store in a directory of its own, a card.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/memory_key_ring.h"
#include "peering/acceptance.h"
#include "peering/accepter.h"
#include "peering/incoming.h"
#include "peering/own_card.h"
#include "store/store.h"

namespace culvert::peering {

inline Domain domain(std::string_view text) { return Domain::parse(text).value(); }
inline Mailbox mailbox(std::string_view text) { return Mailbox::parse(text).value(); }
inline Time start_time() { return from_rfc3339("2026-03-01T12:00:00Z").value(); }

class TestNode {
 public:
  TestNode(std::string name, std::vector<std::string> domain_names, Time now = start_time())
      : now_(now),
        name_(std::move(name)),
        identity_(crypto::make_identity(domain(name_), now).value()),
        signing_(tunnel(crypto::TunnelUse::sign)),
        encryption_(tunnel(crypto::TunnelUse::encrypt)),
        key_(crypto::NodeKey::generate()) {
    for (const std::string& text : domain_names)
      domains_.push_back(domain(text));
    EXPECT_TRUE(ring_.add(identity_.key, identity_.certificate).ok());
    EXPECT_TRUE(ring_.add(signing_.key, signing_.certificate).ok());
    EXPECT_TRUE(ring_.add(encryption_.key, encryption_.certificate).ok());
    std::string path = testing::TempDir() + "/culvert-peering-XXXXXX";
    directory_ = ::mkdtemp(path.data());
    open_store(store::StoreOptions::Mode::create);
    renew_card();
  }
  ~TestNode() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;

  // Copies the data directory to `to`, or goes on from such a copy.
  void copy_store(const std::filesystem::path& to) {
    store_.reset();
    std::filesystem::remove_all(to);
    std::filesystem::copy(directory_ / "data", to, std::filesystem::copy_options::recursive);
    open_store(store::StoreOptions::Mode::existing);
  }
  void put_back(const std::filesystem::path& from) {
    store_.reset();
    std::filesystem::remove_all(directory_ / "data");
    std::filesystem::copy(from, directory_ / "data", std::filesystem::copy_options::recursive);
    open_store(store::StoreOptions::Mode::existing);
    renew_card();
  }

  Fingerprint fingerprint() const { return identity_.certificate.key_id(); }
  store::Store& store() { return *store_; }
  const crypto::MemoryKeyRing& ring() const { return ring_; }
  const crypto::KeyAndCertificate& identity() const { return identity_; }
  const crypto::KeyAndCertificate& signing() const { return signing_; }
  const crypto::KeyAndCertificate& encryption() const { return encryption_; }
  const std::vector<Domain>& domains() const { return domains_; }
  const Bytes& card() const { return card_; }
  std::string url() const { return "https://" + name_ + ":8443"; }
  Time now() const { return now_; }
  void advance(std::chrono::seconds by) { now_ += by; }
  void set_now(Time now) { now_ = now; }
  void set_domains(std::vector<Domain> fresh) {
    domains_ = std::move(fresh);
    renew_card();
  }
  IdentitySigner signer() const { return {ring_, identity_.certificate}; }
  PairingSelf self() const { return {signer(), card_, domains_}; }

  OwnFacts facts() const {
    OwnFacts out;
    out.node = name_;
    out.domains = domains_;
    out.urls = {url()};
    out.signing = {signing_.certificate};
    out.encryption = {encryption_.certificate};
    out.capabilities = own_capabilities(1'000'000);
    return out;
  }
  // New tunnel keys, which nobody knows before the next card. The old ones still open.
  void renew_keys() {
    signing_ = tunnel(crypto::TunnelUse::sign);
    encryption_ = tunnel(crypto::TunnelUse::encrypt);
    EXPECT_TRUE(ring_.add(signing_.key, signing_.certificate).ok());
    EXPECT_TRUE(ring_.add(encryption_.key, encryption_.certificate).ok());
  }
  void renew_card() {
    const auto written = store_->write([&](store::WriteTransaction& txn) -> Status {
      auto made = renew_own_card(txn, facts(), signer(), now_);
      if (!made) return made.error();
      card_ = made->card;
      return done();
    });
    ASSERT_TRUE(written.ok()) << written.error().text;
  }
  // The card as values, to be changed and signed by hand.
  Card card_values() const {
    auto read = open_card(card_);
    EXPECT_TRUE(read.ok());
    return std::move(read->card);
  }

  Result<IncomingOutcome> receive(ByteView message, ProofCarrier carrier = ProofCarrier::https,
                                  std::optional<Fingerprint> sealed_by = std::nullopt) {
    return act_on_message(*store_, self(),
                          {.message = message,
                           .carrier = carrier,
                           .sealed_by = sealed_by,
                           .address = "192.0.2.1",
                           .now = now_,
                           .steady = SteadyTime(now_.time_since_epoch())},
                          memory_);
  }
  Refusals& refusals() { return memory_.refusals; }
  PeerBudget& budget() { return memory_.budget; }

  std::string invite(const std::vector<std::string>& partner, bool replaces = false) {
    std::vector<Domain> named;
    for (const std::string& text : partner)
      named.push_back(domain(text));
    auto given = give_invitation(
        *store_, {fingerprint(), url(), domains_, named, kInvitationLifetime, replaces}, now_);
    EXPECT_TRUE(given.ok()) << given.error().text;
    return given->code;
  }

  std::optional<store::Route> route(std::string_view of, const TestNode& peer) {
    std::optional<store::Route> found;
    read([&](const store::ReadTransaction& txn) {
      found = store::find_route(txn, domain(of), peer.fingerprint());
    });
    return found;
  }
  store::RouteState route_state(std::string_view of, const TestNode& peer) {
    const auto found = route(of, peer);
    EXPECT_TRUE(found.has_value()) << of;
    return found ? found->state : store::RouteState::withdrawn;
  }
  std::optional<store::Peer> peer(const TestNode& other) {
    std::optional<store::Peer> found;
    read([&](const store::ReadTransaction& txn) {
      found = store::find_peer(txn, other.fingerprint());
    });
    return found;
  }
  void read(const std::function<void(const store::ReadTransaction&)>& fn) {
    const auto status = store_->read([&](const store::ReadTransaction& txn) {
      fn(txn);
      return done();
    });
    ASSERT_TRUE(status.ok()) << status.error().text;
  }
  void write(const std::function<void(store::WriteTransaction&)>& fn) {
    const auto status = store_->write([&](store::WriteTransaction& txn) {
      fn(txn);
      return done();
    });
    ASSERT_TRUE(status.ok()) << status.error().text;
  }

  // Everything that peering keeps, as octets: equal before and after means nothing changed.
  Bytes state() {
    Bytes all;
    read([&](const store::ReadTransaction& txn) {
      for (const auto table :
           {store::Table::peers, store::Table::routes, store::Table::proofs,
            store::Table::invitations, store::Table::tombstones, store::Table::incarnations,
            store::Table::revoked, store::Table::answered, store::Table::acceptances}) {
        for (auto cursor = txn.scan(table); !cursor.at_end(); cursor.next()) {
          append(all, cursor.key());
          append(all, cursor.value().value());
        }
      }
    });
    return all;
  }

 private:
  void open_store(store::StoreOptions::Mode mode) {
    store::StoreOptions options;
    options.data_dir = directory_ / "data";
    options.mode = mode;
    options.now = now_;
    options.map_size_bytes = std::uint64_t{64} << 20;
    options.reserve_bytes = std::uint64_t{1} << 20;  // without one there is no room for mail
    store_ = store::Store::open(options, key_).value();
  }
  crypto::KeyAndCertificate tunnel(crypto::TunnelUse use) const {
    return crypto::make_tunnel_certificate({identity_.key, identity_.certificate}, use, now_)
        .value();
  }

  Time now_;
  std::string name_;
  crypto::KeyAndCertificate identity_;
  crypto::KeyAndCertificate signing_;
  crypto::KeyAndCertificate encryption_;
  crypto::NodeKey key_;
  crypto::MemoryKeyRing ring_;
  std::vector<Domain> domains_;
  std::filesystem::path directory_;
  std::unique_ptr<store::Store> store_;
  Bytes card_;
  IncomingMemory memory_;
};

// HTTPS between test nodes, by their URLs. What passed is kept; it may be altered on the way.
class Wire final : public PeerCarrier {
 public:
  void add(TestNode& node) { nodes_[node.url()] = &node; }

  Result<Bytes> fetch_card(const std::string& url) override {
    const auto at = nodes_.find(url);
    if (at == nodes_.end()) return temporary_error("unreachable", "nobody there");
    return at->second->card();
  }
  Result<Bytes> post_message(const std::string& url, const crypto::Certificate& identity,
                             ByteView message) override {
    const auto at = nodes_.find(url);
    if (at == nodes_.end()) return temporary_error("unreachable", "nobody there");
    if (at->second->fingerprint() != identity.key_id()) {
      return permanent_error("wrong-peer", "another certificate");
    }
    sent.emplace_back(message.begin(), message.end());
    auto outcome = at->second->receive(message);
    if (!outcome) return outcome.error();
    answers.push_back(outcome->answer);
    return change_answer ? change_answer(outcome->answer) : outcome->answer;
  }

  std::vector<Bytes> sent;
  std::vector<Bytes> answers;
  std::function<Bytes(Bytes)> change_answer;

 private:
  std::map<std::string, TestNode*> nodes_;
};

// `accepter` uses a code that `inviter` gave.
inline Result<AcceptedPeer> accept(TestNode& accepter, const std::string& code, PeerCarrier& wire,
                                   bool replaces = false) {
  auto read = read_code(code);
  if (!read) return read.error();
  return accept_invitation(accepter.store(), accepter.self(), *read, wire,
                           {accepter.now(), replaces});
}

// Both paired, each having named the other's domains.
inline void pair(TestNode& inviter, TestNode& accepter, Wire& wire) {
  wire.add(inviter);
  wire.add(accepter);
  std::vector<std::string> named;
  for (const Domain& d : accepter.domains())
    named.push_back(d.text());
  const auto accepted = accept(accepter, inviter.invite(named), wire);
  ASSERT_TRUE(accepted.ok()) << accepted.error().text << " / " << accepted.error().detail;
}

// The documents of one proof, in the order in which they travel.
struct ProofRun {
  Bytes https_challenge;
  Bytes mail_challenge;
  Bytes answer;
};
// `verifier` proves that `prover` holds the domain; the mail arrives only at `receiver`.
inline std::optional<ProofRun> run_proof(TestNode& verifier, TestNode& prover, std::string_view of,
                                         TestNode& mail_arrives_at) {
  std::optional<StartedProof> started;
  verifier.write([&](store::WriteTransaction& txn) {
    started = start_proof(txn, {domain(of), prover.fingerprint()}, verifier.now());
  });
  if (!started) return std::nullopt;
  const auto head = [&](const TestNode& from, const TestNode& to) {
    return DocumentHead{from.fingerprint(), to.fingerprint(), random_document_id(), from.now()};
  };
  ProofRun run;
  run.https_challenge =
      sign_challenge(head(verifier, prover), started->by_https, verifier.signer()).value();
  run.mail_challenge =
      sign_challenge(head(verifier, prover), started->by_mail, verifier.signer()).value();
  static_cast<void>(prover.receive(run.https_challenge));
  // The seal is to the claimed key: whoever else gets the mail cannot open it.
  if (mail_arrives_at.fingerprint() != prover.fingerprint()) return run;
  auto outcome = prover.receive(run.mail_challenge, ProofCarrier::mail, verifier.fingerprint());
  EXPECT_TRUE(outcome.ok()) << outcome.error().detail;
  if (!outcome || !outcome->with) return run;
  run.answer = sign_answer(head(prover, verifier), *outcome->with, prover.signer()).value();
  auto taken = verifier.receive(run.answer);
  EXPECT_TRUE(taken.ok()) << taken.error().detail;
  return run;
}

// `teller` tells `peer` which of the peer's domains it accepts.
inline void tell_accepted(TestNode& teller, TestNode& peer) {
  RoutesDocument routes;
  teller.read([&](const store::ReadTransaction& txn) {
    routes = routes_to_tell(txn, *store::find_peer(txn, peer.fingerprint()));
  });
  const DocumentHead head{teller.fingerprint(), peer.fingerprint(), random_document_id(),
                          teller.now()};
  const auto taken = peer.receive(sign_routes(head, routes, teller.signer()).value());
  ASSERT_TRUE(taken.ok()) << taken.error().detail;
}

// Paired, and both routes active.
inline void prove_both(TestNode& a, TestNode& b, Wire& wire) {
  pair(a, b, wire);
  for (TestNode* node : {&a, &b})
    node->advance(kFirstChallengeDelay);
  for (const Domain& d : b.domains())
    ASSERT_TRUE(run_proof(a, b, d.text(), b).has_value());
  for (const Domain& d : a.domains())
    ASSERT_TRUE(run_proof(b, a, d.text(), a).has_value());
}
// And each knows that the other accepts its domains.
inline void connect(TestNode& a, TestNode& b, Wire& wire) {
  prove_both(a, b, wire);
  tell_accepted(a, b);
  tell_accepted(b, a);
}

}  // namespace culvert::peering
