#include "peering/invitation.h"

#include <gtest/gtest.h>

#include "peering/handshake_documents.h"
#include "tests/peering/vectors.h"

namespace culvert::peering {
namespace {

// The same values as in make_vectors.py.
Bytes counting(std::uint8_t first, std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(static_cast<std::uint8_t>(first + i));
  return out;
}

Invitation invitation() {
  return {*Fingerprint::from_bytes(counting(0, 32)),
          SecretBytes(counting(0x40, 16)),
          "https://gate.a.example:8443",
          {Domain::parse("a.example").value()},
          {Domain::parse("mail.b.example").value(), Domain::parse("b.example").value()}};
}

TEST(InvitationCode, IsWhatAnotherProgramMakesByTheGrammar) {
  const auto payload = invitation_payload(invitation());
  ASSERT_TRUE(payload.ok());
  EXPECT_EQ(to_hex(payload->view()), vectors::kPayload);
  EXPECT_EQ(code_of_payload(payload->view()), vectors::kCode);
  EXPECT_EQ(to_hex(invitation_id(counting(0x40, 16))), vectors::kInvitationId);
}

TEST(InvitationCode, IsReadBackWhole) {
  const auto read = read_code(vectors::kCode);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->invitation.inviter, invitation().inviter);
  EXPECT_EQ(to_hex(read->invitation.secret.view()), to_hex(counting(0x40, 16)));
  EXPECT_EQ(read->invitation.url, "https://gate.a.example:8443");
  ASSERT_EQ(read->invitation.accepter_domains.size(), 2u);
  EXPECT_EQ(read->invitation.accepter_domains[0].text(), "b.example");
  EXPECT_EQ(to_hex(read->payload.view()), vectors::kPayload);
}

TEST(InvitationCode, ForgivesCaseAndWrappedLines) {
  std::string code;
  for (const char c : std::string_view(vectors::kCode)) {
    code += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (code.size() % 40 == 0) code += "\r\n ";
  }
  EXPECT_TRUE(read_code(code).ok());
}

TEST(InvitationCode, EverySingleWrongCharacterIsCaught) {
  const std::string code = vectors::kCode;
  int cases = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz234567-01 =")) {
      std::string wrong = code;
      wrong[at] = c;
      if (wrong == code) continue;
      ++cases;
      const auto read = read_code(wrong);
      ASSERT_FALSE(read.ok()) << wrong;
      ASSERT_EQ(read.error().code, "bad-code");
    }
  }
  EXPECT_GT(cases, 5000);
}

TEST(InvitationCode, MissingDoubledAndSwappedCharactersAreCaught) {
  const std::string code = vectors::kCode;
  for (std::size_t at = 0; at < code.size(); ++at) {
    std::string missing = code;
    missing.erase(at, 1);
    EXPECT_FALSE(read_code(missing).ok()) << at;
    std::string doubled = code;
    doubled.insert(at, 1, code[at]);
    EXPECT_FALSE(read_code(doubled).ok()) << at;
    EXPECT_FALSE(read_code(code.substr(0, at)).ok()) << at;
    if (at + 1 == code.size() || code[at] == code[at + 1]) continue;
    std::string swapped = code;
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_FALSE(read_code(swapped).ok()) << at;
  }
}

TEST(InvitationCode, RefusesAPayloadThatBreaksTheGrammar) {
  const Bytes good = *from_hex(vectors::kPayload);
  const auto refuses = [](const Bytes& payload) {
    return !read_code(code_of_payload(payload)).ok();
  };
  ASSERT_FALSE(refuses(good));
  Bytes version = good;
  version[0] = 2;
  EXPECT_TRUE(refuses(version));
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_TRUE(refuses(longer));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(refuses(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  Bytes url = good;
  url[51] = 'x';  // the first octet of the URL
  EXPECT_TRUE(refuses(url));
  Bytes upper = good;
  upper[upper.size() - 1] = 'E';  // a domain that is not in lower case
  EXPECT_TRUE(refuses(upper));
}

TEST(InvitationCode, CannotHoldTooManyDomains) {
  Invitation large = invitation();
  for (int i = 0; i < 300; ++i) {
    large.accepter_domains.push_back(Domain::parse("d" + std::to_string(i) + ".b.example").value());
  }
  const auto payload = invitation_payload(large);
  ASSERT_FALSE(payload.ok());
  EXPECT_EQ(payload.error().code, "code-too-long");
}

TEST(PeeringUrl, IsAnAbsoluteHttpsUrlWithoutExtras) {
  for (const char* good : {"https://a.example", "https://a.example:8443", "https://[::1]:1/x"}) {
    EXPECT_TRUE(is_peering_url(good)) << good;
  }
  for (const char* bad : {"", "http://a.example", "https://", "https:///x", "https://u@a.example",
                          "https://a.example?q", "https://a.example#f", "https://a b",
                          "https://a\r", "https://\xC3\xA9.example", "ftp://a", "https://:8443"}) {
    EXPECT_FALSE(is_peering_url(bad)) << bad;
  }
}

TEST(HandshakeMac, IsWhatAnotherProgramComputesByTheFormula) {
  HandshakeBinding binding;
  binding.inviter = *Fingerprint::from_bytes(counting(0, 32));
  binding.accepter = *Fingerprint::from_bytes(counting(0x80, 32));
  binding.payload_hash = crypto::sha256(*from_hex(vectors::kPayload));
  binding.accepter_card_hash = crypto::sha256(as_bytes(R"({"type":"card","of":"accepter"})"));
  const Bytes secret = counting(0x40, 16);
  EXPECT_EQ(to_hex(accept_mac(secret, binding)), vectors::kAcceptMac);
  const auto inviter_card = crypto::sha256(as_bytes(R"({"type":"card","of":"inviter"})"));
  EXPECT_EQ(to_hex(answer_mac(secret, binding, inviter_card)), vectors::kAnswerMac);
}

}  // namespace
}  // namespace culvert::peering
