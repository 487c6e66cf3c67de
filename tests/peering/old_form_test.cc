// Form 1, sealed by a program that knew no other (tests/peering/data/form-1).
#include <gtest/gtest.h>

#include <fstream>

#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "peering/tunnel_blob.h"
#include "peering/tunnel_open.h"
#include "tests/support/source_root.h"

namespace culvert::peering {
namespace {

std::string file(const char* name) {
  const auto path = tests::source_root() / "tests/peering/data/form-1" / name;
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

class OldFormTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string recipient = file("recipient.pem");
    const auto key =
        crypto::private_key_from_pem(recipient.substr(recipient.find("-----BEGIN PRI")));
    ASSERT_TRUE(key.ok()) << key.error().text;
    ASSERT_TRUE(ring_.add(*key, crypto::Certificate::from_pem(recipient).value()).ok());
    holder_.route_state = store::RouteState::active;
    holder_.in_force = true;
    holder_.signing = {crypto::Certificate::from_pem(file("signer.pem")).value()};
  }

  Result<OpenedTunnelMail> open() {
    const std::string mail = file("mail.eml");
    ViewSource source(as_bytes(mail));
    BytesSink sink(content_);
    const auto holders = [this](const Domain& domain) -> Result<std::vector<RouteHolder>> {
      return domain.text() == "a.example" ? std::vector<RouteHolder>{holder_}
                                          : std::vector<RouteHolder>{};
    };
    const auto blob = cms_body_of(source).value();
    const Time now = from_rfc3339("2026-11-30T02:00:00Z").value();
    const auto no_issuer = [](const crypto::Certificate&) -> Result<std::optional<Fingerprint>> {
      return std::optional<Fingerprint>();
    };
    return open_tunnel(*blob, {ring_, own_domains_, now, now, holders, no_issuer}, sink, trace_);
  }

  crypto::MemoryKeyRing ring_;
  RouteHolder holder_;
  std::vector<Domain> own_domains_{Domain::parse("b.example").value()};
  Bytes content_;
  OpenTrace trace_;
};

TEST_F(OldFormTest, IsOpenedAndNeverCalledThePeersOwn) {
  const auto mail = open();
  ASSERT_TRUE(mail.ok()) << mail.error().code << " " << mail.error().text;
  EXPECT_EQ(mail->envelope.form, TunnelForm::old);
  EXPECT_EQ(mail->envelope.origin, SealedOrigin::passed);
  EXPECT_EQ(mail->mark, SignedMark::relay);
  EXPECT_EQ(mail->why, "old form");
  EXPECT_TRUE(mail->expected_tunnel);
  EXPECT_NE(
      to_text(content_).find("\r\n\r\nSealed by the program of before origins were told.\r\n"),
      std::string::npos);
}

TEST_F(OldFormTest, RestsInQuarantineOnceThePeerKnowsThePresentForm) {
  holder_.ever_listed_present_form = true;
  const auto mail = open();
  ASSERT_FALSE(mail.ok());
  EXPECT_EQ(mail.error().code, "old-form");
  EXPECT_EQ(trace_.peer, holder_.peer) << "it is the peer's mail all the same";
}

}  // namespace
}  // namespace culvert::peering
