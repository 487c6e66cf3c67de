#include "peering/tunnel_header.h"

#include <gtest/gtest.h>

#include "tests/peering/vectors.h"

namespace culvert::peering {
namespace {

const std::vector<Domain> kOwn{Domain::parse("a.example").value(),
                               Domain::parse("a2.example").value()};

SealedEnvelope envelope(std::string_view sender) {
  SealedEnvelope out{.id = {7},
                     .sealed = from_rfc3339("2026-03-01T12:00:00Z").value(),
                     .from = kOwn.front(),
                     .to = Domain::parse("b.example").value()};
  if (!sender.empty()) out.sender = Mailbox::parse(sender).value();
  return out;
}

OuterHeader outer_of(std::string_view header, const SealedEnvelope& sealed) {
  return make_outer_header({.original_header = header,
                            .envelope = sealed,
                            .own_domains = kOwn,
                            .message_id = "<1@gate.a.example>",
                            .token = "00112233445566778899aabbccddeeff"});
}

TEST(OuterHeader, ShowsWhoWritesToWhomAndNothingElse) {
  const std::string header =
      "Received: from desk by mail.a.example; x\r\n"
      "From: Alice <alice@a.example>\r\n"
      "To: Bob\r\n <bob@b.example>\r\n"
      "Cc: c@b.example\r\n"
      "Bcc: secret@b.example\r\n"
      "Date: Sun, 1 Mar 2026 11:00:00 +0000\r\n"
      "Subject: the merger\r\n"
      "Message-ID: <inner@a.example>\r\n"
      "In-Reply-To: <x@b.example>\r\n"
      "Auto-Submitted: auto-replied\r\n"
      "List-Id: <l.a.example>\r\n"
      "X-Canary: 1\r\n";
  const OuterHeader outer = outer_of(header, envelope("alice@a.example"));
  EXPECT_EQ(outer.header,
            "From: Alice <alice@a.example>\r\n"
            "To: Bob\r\n <bob@b.example>\r\n"
            "Cc: c@b.example\r\n"
            "Date: Sun, 1 Mar 2026 11:00:00 +0000\r\n"
            "Auto-Submitted: auto-replied\r\n"
            "List-Id: <l.a.example>\r\n"
            "Message-ID: <1@gate.a.example>\r\n"
            "Subject: [...]\r\n"
            "Culvert-For: b.example\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data;\r\n"
            " name=smime.p7m\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n");
  EXPECT_EQ(path_text(outer.mail_from), "<alice@a.example>");
  EXPECT_FALSE(outer.needs_smtputf8);
}

TEST(OuterHeader, HidesForeignAddressesBehindTheTunnelAddress) {
  const OuterHeader outer =
      outer_of("From: list@lists.example\r\nDate: x\r\n", envelope("bounce@lists.example"));
  EXPECT_TRUE(outer.header.starts_with(
      "From: culvert-tunnel+00112233445566778899aabbccddeeff@a.example\r\n"));
  EXPECT_EQ(path_text(outer.mail_from),
            "<culvert-tunnel+00112233445566778899aabbccddeeff@a.example>");
}

TEST(OuterHeader, KeepsTheNullPathNull) {
  EXPECT_EQ(path_text(outer_of("From: x@a.example\r\n", envelope("")).mail_from), "<>");
}

TEST(OuterHeader, TwoFromShowTheTunnelAddress) {
  const OuterHeader outer =
      outer_of("From: a@a.example\r\nFrom: b@a.example\r\n", envelope("a@a.example"));
  EXPECT_TRUE(outer.header.starts_with("From: culvert-tunnel+"));
}

TEST(OuterHeader, LeavesOutWhatCouldNotStandThere) {
  const std::string header = "From: a@a.example\r\nTo: " + std::string(2000, 'x') +
                             "@b.example\r\nCc: caf\xC3\xA9 <c@b.example>\r\nList-Id: \xFF\r\n";
  const OuterHeader outer = outer_of(header, envelope("a@a.example"));
  EXPECT_EQ(outer.header.find("\r\nTo:"), std::string::npos);
  EXPECT_EQ(outer.header.find("\r\nCc:"), std::string::npos);
  EXPECT_EQ(outer.header.find("\r\nList-Id:"), std::string::npos);
  EXPECT_NE(outer.header.find("\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\n"), std::string::npos);
  EXPECT_FALSE(outer.needs_smtputf8);
}

TEST(OuterHeader, NeedsNoSmtputf8ForWhatIsSealed) {
  SealedEnvelope sealed = envelope("a@a.example");
  sealed.smtputf8 = true;
  const OuterHeader outer =
      outer_of("From: J\xC3\xBCrgen <a@a.example>\r\nCc: caf\xC3\xA9 <c@b.example>\r\n", sealed);
  EXPECT_NE(outer.header.find("From: a@a.example\r\n"), std::string::npos) << outer.header;
  EXPECT_EQ(outer.header.find("Cc:"), std::string::npos);
  EXPECT_FALSE(outer.needs_smtputf8);
}

TEST(OuterHeader, KeepsUtf8WhereAnAddressNeedsItAnyway) {
  SealedEnvelope sealed = envelope("a@a.example");
  sealed.smtputf8 = true;
  sealed.recipients.push_back({Mailbox::parse("caf\xC3\xA9@b.example").value(), {}, {}});
  const OuterHeader outer =
      outer_of("From: a@a.example\r\nCc: caf\xC3\xA9 <c@b.example>\r\n", sealed);
  EXPECT_NE(outer.header.find("Cc: caf\xC3\xA9"), std::string::npos);
  EXPECT_TRUE(outer.needs_smtputf8);
}

TEST(CulvertFrom, IsTheFromDomainThenTheSendersThenTheFirst) {
  const auto chosen = [](std::string_view from, std::string_view sender) {
    std::optional<Domain> author;
    if (!from.empty()) author = Domain::parse(from).value();
    ReversePath path;
    if (!sender.empty()) path = Mailbox::parse(sender).value();
    return choose_culvert_from(author, path, kOwn).text();
  };
  EXPECT_EQ(chosen("a2.example", "y@a.example"), "a2.example");
  EXPECT_EQ(chosen("c.example", "y@a2.example"), "a2.example");
  EXPECT_EQ(chosen("c.example", "y@c.example"), "a.example");
  EXPECT_EQ(chosen("", ""), "a.example");
}

TEST(TunnelToken, IsWhatAnotherProgramComputesByTheFormula) {
  SealedId id;
  for (std::size_t i = 0; i < id.size(); ++i)
    id[i] = static_cast<std::uint8_t>(i);
  const Bytes key(32, 'k');
  EXPECT_EQ(tunnel_token(key, id, 3), vectors::kTunnelToken);
  EXPECT_NE(tunnel_token(key, id, 4), vectors::kTunnelToken);
}

TEST(TunnelHeader, ReadsTheTokenOfATunnelAddressAndOfNoOther) {
  const std::string token = "00112233445566778899aabbccddeeff";
  const auto octets = from_hex(token);
  EXPECT_EQ(token_in(tunnel_address(token, Domain::parse("a.example").value())), octets);
  EXPECT_EQ(
      token_in(Mailbox::parse("CULVERT-Tunnel+00112233445566778899AABBCCDDEEFF@a.example").value()),
      octets);
  for (const std::string& local :
       {std::string("culvert-tunnel"), std::string("culvert-tunnel+"),
        "culvert-tunnel+" + token + "0", "culvert-tunnel+" + token.substr(1) + "g",
        "x-culvert-tunnel+" + token, token}) {
    EXPECT_FALSE(token_in(Mailbox::parse(local + "@a.example").value()).has_value()) << local;
  }
}

TEST(ReservedAddresses, AreKnownInAnyCase) {
  const auto box = [](std::string_view text) { return Mailbox::parse(text).value(); };
  EXPECT_TRUE(is_peering_address(box("Culvert-Peering@b.example")));
  EXPECT_FALSE(is_peering_address(box("culvert-peering2@b.example")));
  EXPECT_TRUE(is_tunnel_address(box("culvert-tunnel@b.example")));
  EXPECT_TRUE(is_tunnel_address(box("CULVERT-tunnel+abc@b.example")));
  EXPECT_FALSE(is_tunnel_address(box("culvert-tunnels@b.example")));
}

}  // namespace
}  // namespace culvert::peering
