#include "crypto/cms/recipient_peek.h"

#include "crypto/cms/der_writer.h"
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

Bytes sealed_with(const std::vector<Bytes>& infos) {
  Bytes content;
  for (const Bytes& info : infos)
    append(content, ByteView(info));
  const Bytes inner = der_sequence({der_integer(0), der(kTagSet, {content})});
  return der_sequence({der_oid(kOidAuthEnvelopedData), der(context_tag(0), {inner})});
}

Result<RecipientPeek> peek(const std::vector<Bytes>& infos) {
  const Bytes sealed = sealed_with(infos);
  ViewSource source(sealed);
  return peek_recipients(source);
}

// What another's extension holds must not hide that a message is tunnel mail.
TEST(RecipientPeek, CountsOtherRecipientsWhateverTheyHold) {
  const Node b("gate.b.example");
  const Certificate& to = b.encryption.certificate;
  const Bytes ours = *seal_key_for(to, SecretBytes(32), {});
  constexpr Oid kOidKem{"1.2.840.113549.1.9.16.13.3"};
  const Bytes unknown = der(context_tag(4), {der_oid(kOidData), der_octet_string(Bytes(9))});
  const Bytes broken = der(context_tag(4), {der_oid(kOidKem), der_integer(7)});
  const Bytes newer =
      der(context_tag(4), {der_oid(kOidKem), der_sequence({der_integer(5), der_integer(7)})});
  const auto found = peek({unknown, broken, newer, ours});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->unnamed, 3U);
  ASSERT_EQ(found->names.size(), 1U);
  EXPECT_TRUE(to.is_named_by(found->names[0]));
}

Bytes transport_to(ByteView name, std::uint32_t version) {
  return der_sequence(
      {der_integer(version), name, der_algorithm(kOidData), der_octet_string(Bytes(256))});
}

// Nobody of ours is called so: what is too long must not hide who else is.
TEST(RecipientPeek, PassesOverNamesOfOthersThatAreTooLong) {
  const Node b("gate.b.example");
  const Certificate& to = b.encryption.certificate;
  const Bytes ours = *seal_key_for(to, SecretBytes(32), {});
  const Bytes key = der(primitive_context_tag(0), {Bytes(5000)});
  const Bytes issuer = der_sequence({der_sequence({Bytes(20'000)}), der_integer(1)});
  const Bytes serial = der_sequence({to.issuer(), der(kTagInteger, {Bytes(300, 1)})});
  const auto found =
      peek({transport_to(key, 2), transport_to(issuer, 0), ours, transport_to(serial, 0)});
  ASSERT_TRUE(found) << found.error().code;
  ASSERT_EQ(found->names.size(), 4U);
  int called = 0;
  for (const CertificateName& name : found->names)
    called += to.is_named_by(name) ? 1 : 0;
  EXPECT_EQ(called, 1);
}

// An authority that puts the whole key there.
TEST(RecipientPeek, NamesKeysByLongIdentifiers) {
  const Bytes identifier = pattern(294);
  const auto found = peek({transport_to(der(primitive_context_tag(0), {identifier}), 2)});
  ASSERT_TRUE(found) << found.error().code;
  EXPECT_EQ(found->names.at(0), CertificateName(SubjectKeyIdentifier{identifier}));
}

TEST(RecipientPeek, NamesTheHolderOfAnEncapsulatedKey) {
  const Node b("gate.b.example");
  const Certificate& to = b.encryption.certificate;
  const Bytes name = der_sequence({to.issuer(), der(kTagInteger, {to.serial()})});
  const Bytes kem = der(context_tag(4), {der_oid(Oid{"1.2.840.113549.1.9.16.13.3"}),
                                         der_sequence({der_integer(0), name, der_integer(7)})});
  const auto found = peek({kem});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->unnamed, 0U);
  ASSERT_EQ(found->names.size(), 1U);
  EXPECT_TRUE(to.is_named_by(found->names[0]));
}

}  // namespace
}  // namespace culvert::crypto::testing
