// Named attack: Tar pit, on real sockets: peers whose URLs take a connection and never answer. A
// good partner gets our card all the same, and our own renewal waits for nobody.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <future>

#include "node/delivery/paths.h"
#include "node/net/socket.h"
#include "node/peers/peering_service.h"
#include "tests/node/net/certificates.h"
#include "tests/peering/test_node.h"

namespace culvert::node {
namespace {

using peering::TestNode;
using std::chrono::seconds;

constexpr int kTarPits = 12;

class TarPitPeers : public testing::Test {
 protected:
  TarPitPeers() {
    std::vector<test::ServerCertificate> all;
    for (int i = 0; i <= kTarPits; ++i)
      all.push_back(test::ServerCertificate::make());
    // Peers are talked to in the order of their fingerprints: the good one comes last.
    std::sort(all.begin(), all.end(), [](const auto& one, const auto& other) {
      return one.identity.certificate.key_id() < other.identity.certificate.key_id();
    });
    good_ = all.back().identity.certificate.key_id();
    tls_ = all.back().context();
    server_ = *HttpsServer::open(loops_, *tls_, {*SocketAddress::parse("127.0.0.1:0"), &places_},
                                 [](const SocketAddress&, HttpRequest, HttpReply reply) {
                                   reply.send({200, "", {}});
                                 });
    for (const auto& one : all)
      add_peer(one.identity.certificate);
    service_.set_url("https://127.0.0.1:1");
  }
  ~TarPitPeers() override {
    pit_.close();  // whoever hangs there is let go
    service_.stop();
    server_.reset();
  }

  void add_peer(const crypto::Certificate& identity) {
    store::Peer peer;
    peer.fingerprint = identity.key_id();
    peer.state = store::PeerState::paired;
    peer.identity_certificate = identity.der();
    const bool is_good = peer.fingerprint == good_;
    peer.urls = {"https://" + (is_good ? server_->address() : local_address(pit_)).text()};
    a_.write([&](store::WriteTransaction& txn) { store::put_peer(txn, peer); });
  }
  std::shared_ptr<const OwnKeys> own_keys() {
    auto own = std::make_shared<OwnKeys>(a_.identity().certificate);
    own->signing = {{a_.signing().certificate, 0}};
    own->renewal = a_.signing().certificate.not_after();
    EXPECT_TRUE(own->ring.add(a_.identity().key, a_.identity().certificate).ok());
    return own;
  }
  std::uint64_t serial_at_good() {
    std::uint64_t serial = 0;
    a_.read([&](const store::ReadTransaction& txn) {
      serial = store::find_peer(txn, good_)->card_sent_serial;
    });
    return serial;
  }
  // Our card, as the port gives it.
  Bytes own_card() {
    std::promise<Bytes> body;
    HttpRequest request;
    request.path = "/peering/1/card";
    service_.handle({}, std::move(request), HttpReply([&](HttpResponse response) {
                      body.set_value(std::move(response.body));
                    }));
    return body.get_future().get();
  }
  void serve_another_domain(const std::string& domain) {
    config_.node.domains.push_back(*Domain::parse(domain));
    live_config_.set(std::make_shared<Config>(config_));
  }
  // Ticks until it is so; how long that took, or nothing.
  std::optional<double> seconds_until(const std::function<bool()>& done) {
    const auto begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun < seconds(60)) {
      service_.tick();
      if (done()) {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      }
      ::poll(nullptr, 0, 10);
    }
    return std::nullopt;
  }

  SystemClock clock_;
  TestNode a_{"gate.a.example", {"a.example"}, clock_.now()};
  Fingerprint good_;
  Socket pit_ = *listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
  LoopGroup loops_{1};
  ConnectionLimit places_{50};
  std::unique_ptr<TlsServerContext> tls_;
  std::unique_ptr<HttpsServer> server_;
  Config config_{.file = {},
                 .node = {.name = *Domain::parse("gate.a.example"),
                          .domains = {*Domain::parse("a.example")},
                          .data_dir = {},
                          .key_file = {}}};
  ClockWatch watch_{clock_, {}};
  Workers workers_{1, 100};
  Routing routing_{a_.store()};
  Live<Config> live_config_{std::make_shared<Config>(config_)};
  Counters counters_;
  Live<OwnKeys> keys_{own_keys()};
  Quarantine quarantine_{a_.store(), [] { return quarantine_limits(1'000'000); }};
  FlowContext context_{a_.store(), workers_,  clock_, watch_,      routing_,   live_config_,
                       keys_,      counters_, [] {},  quarantine_, path_traits};
  PeeringService service_{context_};
};

TEST_F(TarPitPeers, DelayNeitherAGoodPartnerNorOurOwnRenewal) {
  // Nobody is known yet: the good one waits until a thread is given back.
  const auto first = seconds_until([this] { return serial_at_good() > 0; });
  ASSERT_TRUE(first.has_value());
  EXPECT_LT(*first, 10.0);
  // From then on it does not wait for them, however many talks of theirs hang.
  const Bytes card = own_card();
  const std::uint64_t serial = serial_at_good();
  serve_another_domain("more.a.example");
  const auto renewed = seconds_until([&] { return own_card() != card; });
  ASSERT_TRUE(renewed.has_value());
  EXPECT_LT(*renewed, 3.0);
  const auto second = seconds_until([&] { return serial_at_good() > serial; });
  ASSERT_TRUE(second.has_value());
  EXPECT_LT(*second, 3.0);
}

}  // namespace
}  // namespace culvert::node
