// What somebody whom nobody paired with may do at the peering port: show a code, and nothing else.
#include "crypto/mime/base64.h"
#include "tests/peering/test_node.h"

namespace culvert::peering {
namespace {

class Strangers : public testing::Test {
 protected:
  Strangers() {
    wire_.add(a_);
    wire_.add(b_);
  }

  DocumentHead head(const TestNode& from, const TestNode& to) {
    return {from.fingerprint(), to.fingerprint(), random_document_id(), from.now()};
  }
  static Bytes signed_by(const TestNode& node, const JsonWriter& writer) {
    return sign_document(writer, node.signer(), node.now()).value();
  }
  // An `accept` of C with those parts, and more members besides.
  Bytes accept_of_c(const InvitationId& invitation, const Mac& mac, std::size_t more_bytes = 0) {
    JsonWriter writer = begin_document(DocumentType::accept, head(c_, a_));
    writer.text("invitation", to_hex(invitation)).text("mac", to_hex(mac));
    writer.text("card", crypto::to_base64(c_.card()));
    if (more_bytes > 0) writer.text("more", std::string(more_bytes, 'x'));
    return signed_by(c_, writer);
  }
  Mac right_mac(const ReadCode& code) {
    HandshakeBinding binding;
    binding.inviter = a_.fingerprint();
    binding.accepter = c_.fingerprint();
    binding.payload_hash = crypto::sha256(code.payload.view());
    binding.accepter_card_hash = crypto::sha256(open_card(c_.card())->document.content());
    return accept_mac(code.invitation.secret.view(), binding);
  }
  std::string why_refused(ByteView message) {
    const auto outcome = a_.receive(message);
    return outcome ? "taken" : outcome.error().detail;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
  TestNode c_{"gate.c.example", {"c.example"}};
  Wire wire_;
};

// Named attack: Made-up codes. 305 of them in 12 s shut everybody out for ten minutes.
TEST_F(Strangers, MadeUpCodesDoNotStopWhoHasARightOne) {
  const std::string code = a_.invite({"b.example"});
  const InvitationId real = invitation_id(read_code(code)->invitation.secret.view());
  int tries = 0;
  for (int i = 0; i < 1000; ++i) {
    InvitationId made_up{};
    made_up[0] = static_cast<std::uint8_t>(i);
    made_up[1] = static_cast<std::uint8_t>(i >> 8);
    // Also the right invitation with wrong MACs: its id passes in clear inside TLS only, but a
    // thief of half a code may have it.
    Mac mac{};
    mac[0] = static_cast<std::uint8_t>(i);
    if (!a_.receive(accept_of_c(i % 3 == 0 ? real : made_up, mac))) ++tries;
  }
  EXPECT_EQ(tries, 1000);
  EXPECT_TRUE(accept(b_, code, wire_).ok());
  EXPECT_FALSE(a_.peer(c_).has_value());
}

TEST_F(Strangers, TheMacIsTriedBeforeTheSignaturesAndTheCard) {
  const auto code = read_code(a_.invite({"c.example"}));
  const InvitationId id = invitation_id(code->invitation.secret.view());
  Bytes wrong_mac = accept_of_c(id, Mac{});
  Bytes right = accept_of_c(id, right_mac(*code));
  // The signature value stands at the end: neither is right, and it is the MAC that is told.
  wrong_mac.back() ^= 1;
  EXPECT_EQ(why_refused(wrong_mac), "wrong MAC");
  Bytes wrong_signature = right;
  wrong_signature.back() ^= 1;
  EXPECT_NE(why_refused(wrong_signature), "taken");
  EXPECT_NE(why_refused(wrong_signature), "wrong MAC");
  EXPECT_EQ(why_refused(right), "taken");
}

TEST_F(Strangers, MayNotSendMuch) {
  const auto code = read_code(a_.invite({"c.example"}));
  const InvitationId id = invitation_id(code->invitation.secret.view());
  const Bytes large = accept_of_c(id, right_mac(*code), kMaxStrangerMessageBytes);
  EXPECT_NE(why_refused(large).find("too large for an accept"), std::string::npos);
  EXPECT_FALSE(a_.peer(c_).has_value());
  // With a right code, a little less is taken.
  EXPECT_EQ(why_refused(accept_of_c(id, right_mac(*code), kMaxStrangerMessageBytes / 2)), "taken");
}

TEST_F(Strangers, MaySendNothingButAnAccept) {
  const Domain domain_of_a = domain("a.example");
  const ProofChallenge challenge{{}, domain_of_a, ProofCarrier::https, {}};
  const Bytes messages[] = {
      c_.card(),
      sign_challenge(head(c_, a_), challenge, c_.signer()).value(),
      sign_answer(head(c_, a_), {{}, domain_of_a, {}, {}}, c_.signer()).value(),
      sign_accepted(head(c_, a_), {{}, c_.card(), {}}, c_.signer()).value(),
  };
  const Bytes before = a_.state();
  for (const Bytes& message : messages)
    EXPECT_EQ(why_refused(message), "the sender is not a paired peer");
  EXPECT_EQ(a_.state(), before);
}

// Removed and never confirmed peers are strangers too.
TEST_F(Strangers, WhoWasRemovedIsOne) {
  pair(a_, b_, wire_);
  ASSERT_TRUE(a_.receive(b_.card()).ok());
  a_.write([&](store::WriteTransaction& txn) {
    auto peer = store::find_peer(txn, b_.fingerprint());
    peer->state = store::PeerState::unconfirmed;
    store::put_peer(txn, *peer);
  });
  EXPECT_EQ(why_refused(b_.card()), "the sender is not a paired peer");
  a_.write([&](store::WriteTransaction& txn) {
    ASSERT_TRUE(remove_peer(txn, b_.fingerprint(), Removal::by_us, "test", a_.now()).ok());
  });
  // Told to it alone, by its signature.
  EXPECT_EQ(why_refused(b_.card()), "the sender was removed");
  Bytes forged = b_.card();
  forged[forged.size() - 5] ^= 1;
  EXPECT_EQ(why_refused(forged), "the sender is not a paired peer");
}

// A peer's certificate is public: who shows it is not that peer, and must not make us parse.
TEST_F(Strangers, APeersNameWithoutItsKeyIsRefusedByTheSignature) {
  pair(a_, b_, wire_);
  Bytes forged = b_.card();
  const std::string text = to_text(forged);
  const std::size_t at = text.find("\"version\"");
  ASSERT_NE(at, std::string::npos);
  forged[at] = '!';  // no JSON any more
  EXPECT_EQ(why_refused(forged).find("bad-document"), std::string::npos) << why_refused(forged);
}

TEST_F(Strangers, TheLargestUsualAcceptFits) {
  std::vector<Domain> domains;
  for (int i = 0; i < 1000; ++i)
    domains.push_back(domain("department-" + std::to_string(1000 + i) + ".subsidiary.c.example"));
  c_.set_domains(domains);
  Card card = c_.card_values();
  card.signing.assign(15, card.signing.front());
  card.encryption.assign(15, card.encryption.front());
  for (int i = 0; i < 300; ++i)
    card.revoked.push_back(*Fingerprint::from_bytes(crypto::sha256(as_bytes(std::to_string(i)))));
  const Bytes large = sign_card(card, c_.signer()).value();
  const Bytes message = sign_accept(head(c_, a_), {{}, large, {}}, c_.signer()).value();
  RecordProperty("octets", std::to_string(message.size()));
  EXPECT_LT(message.size(), kMaxStrangerMessageBytes);
}

// An accept that no inviter would take is not sent, and says why.
TEST_F(Strangers, AnAccepterIsToldThatItsCardIsTooLarge) {
  std::vector<Domain> domains{domain("c.example")};
  for (int i = 0; i < 999; ++i)
    domains.push_back(domain(std::string(60, 'x') + "." + std::string(60, 'y') + "." +
                             std::to_string(i) + ".c.example"));
  c_.set_domains(domains);
  const auto refused = accept(c_, a_.invite({"c.example"}), wire_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, "card-too-large");
  EXPECT_TRUE(wire_.sent.empty());
}

}  // namespace
}  // namespace culvert::peering
