#include "crypto/cms/recipient_peek.h"

#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

TEST(RecipientPeek, NamesTheRecipientsWithoutAKey) {
  const Node a("gate.a.example");
  const Node b("gate.b.example");
  const Bytes sealed = seal(pattern(500'000), {a.encryption.certificate, b.encryption.certificate});
  TricklingSource source(ByteView(sealed).first(2000), 7);
  const auto peek = peek_recipients(source);
  ASSERT_TRUE(peek.ok());
  EXPECT_EQ(peek->kind, SealKind::auth_enveloped);
  ASSERT_EQ(peek->names.size(), 2U);
  int found = 0;
  for (const CertificateName& name : peek->names) {
    found += a.encryption.certificate.is_named_by(name) ? 1 : 0;
    found += b.encryption.certificate.is_named_by(name) ? 1 : 0;
    EXPECT_TRUE(std::get<IssuerAndSerial>(name).issuer == a.identity.certificate.subject() ||
                std::get<IssuerAndSerial>(name).issuer == b.identity.certificate.subject());
  }
  EXPECT_EQ(found, 2);
}

TEST(RecipientPeek, RefusesWhatIsNotSealed) {
  const Node a("gate.a.example");
  const Bytes cms = sign(pattern(10), a);
  ViewSource source(cms);
  EXPECT_EQ(refusal(peek_recipients(source)), Refusal::not_cms);
  ViewSource text(as_bytes("Hello"));
  EXPECT_EQ(refusal(peek_recipients(text)), Refusal::not_cms);
}

}  // namespace
}  // namespace culvert::crypto::testing
