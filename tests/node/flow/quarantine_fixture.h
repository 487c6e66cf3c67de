// A node with little room in its quarantine, and what strangers and peers send to it: from any
// address, sealed rightly and wrongly.
#pragma once

#include "crypto/keys/certificate_maker.h"
#include "node/flow/quarantine_source.h"
#include "node/flow/quarantine_upkeep.h"
#include "tests/node/flow/open_stored.h"
#include "tests/node/flow/peer_fixture.h"

namespace culvert::node {

inline const std::string kText = "From: alice@a.example\r\n\r\nhello\r\n";
inline const std::string kPeersHost = "198.51.100.7";
inline const std::string kStrangersHost = "203.0.113.9";

class QuarantineFlowTest : public PeerFlowTest {
 protected:
  void SetUp() override {
    PeerFlowTest::SetUp();
    unit = store::charged_bytes(good_mail().size());
    limits = {.peer_bytes = unit * 13 / 2,
              .peers_hosts_bytes = unit * 7 / 2,
              .stranger_bytes = unit * 5 / 2,
              .strangers_bytes = unit * 13 / 2,
              .step_bytes = 0};
  }

  static SmtpSession client_at(const std::string& address) {
    return {address, 1234, "client.example", true, false, ""};
  }

  Reply send(const std::string& message, const std::string& from_address,
             const std::string& sender = "alice@a.example",
             const std::vector<std::string>& to = {"bob@b.example"},
             MailParameters parameters = {}) {
    const auto receiver = make_outside_receiver(context, check);
    return hand_in(*receiver, sender, to, message, client_at(from_address), std::move(parameters));
  }

  // Another mail of the peer's each time.
  peering::SealedEnvelope new_envelope() {
    peering::SealedEnvelope out = envelope();
    out.id[15] = static_cast<std::uint8_t>(++mails_);
    out.id[14] = static_cast<std::uint8_t>(mails_ >> 8);
    return out;
  }
  std::string seal_as(const peering::SealedEnvelope& sealed, const crypto::Certificate& recipient) {
    return PeerFlowTest::seal_as(sealed, recipient, kText);
  }
  std::string good_mail() { return seal_as(new_envelope(), own.encryption().certificate); }
  // Signed by the peer, but for somebody whom this node does not serve.
  std::string misdirected_mail(const std::string& sender = "alice@a.example") {
    peering::SealedEnvelope sealed = new_envelope();
    sealed.to = peering::domain("c.example");
    sealed.recipients = {{peering::mailbox("carol@c.example"), {}, {}}};
    sealed.sender = sender.empty() ? ReversePath() : peering::mailbox(sender);
    return seal_as(sealed, own.encryption().certificate);
  }
  // For us by its recipient identifier, which is public, but for a key that nobody has.
  std::string junk() {
    const auto other = crypto::make_tunnel_certificate(
        {own.identity().key, own.identity().certificate}, crypto::TunnelUse::encrypt, own.now());
    EXPECT_TRUE(other.ok());
    return seal_as(new_envelope(), other->certificate);
  }
  // One octet of the sealed content is another one.
  static std::string altered(std::string sealed) {
    const std::size_t at = sealed.find("\r\n\r\n") + (sealed.size() - sealed.find("\r\n\r\n")) / 2;
    for (std::size_t i = at;; ++i) {
      if (sealed[i] == '\r' || sealed[i] == '\n') continue;
      sealed[i] = sealed[i] == 'A' ? 'B' : 'A';
      return sealed;
    }
  }

  // Opens whatever waits for it.
  void open_all() {
    for (const store::QueueEntry& entry : queue()) {
      if (entry.path != store::DeliveryPath::open) continue;
      std::promise<Status> ended;
      open_stored(opener, own.store(), entry.id,
                  [&ended](const Status& status) { ended.set_value(status); });
      EXPECT_TRUE(ended.get_future().get().ok());
    }
  }
  int deliver(const std::string& message, const std::string& from_address,
              const std::string& sender = "alice@a.example") {
    const int code = send(message, from_address, sender).code;
    open_all();
    return code;
  }
  // Until no more is taken; how many were.
  int fill(const std::string& from_address, const std::string& sender = "mallory@evil.example") {
    int taken = 0;
    while (taken < 100 && deliver(junk(), from_address, sender) == 250)
      ++taken;
    EXPECT_LT(taken, 100) << "nothing stops it";
    return taken;
  }
  // The peer's mail comes from there from now on.
  void make_known(const std::string& address) {
    ASSERT_EQ(deliver(good_mail(), address), 250);
    ASSERT_TRUE(quarantine().empty());
  }

  std::size_t entries_on(store::DeliveryPath path) {
    std::size_t count = 0;
    for (const store::QueueEntry& entry : queue())
      count += entry.path == path;
    return count;
  }
  std::uint64_t stored(store::ShareKind kind) {
    std::uint64_t bytes = 0;
    own.read([&](const store::ReadTransaction& txn) {
      for (const store::ShareUse& use : store::list_shares(txn, 0, 1000)) {
        if (use.share.kind == kind) bytes += use.bytes;
      }
    });
    return bytes;
  }
  void behind_edge(const std::string& network) {
    config.outside.networks = {*IpNetwork::parse(network)};
    live_config.set(std::make_shared<Config>(config));
  }

  // What one sealed mail of these tests costs: a stranger's share holds two, a peer's six.
  std::uint64_t unit = 0;

 private:
  unsigned mails_ = 0;
};

}  // namespace culvert::node
