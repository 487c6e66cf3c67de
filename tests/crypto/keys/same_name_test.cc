// Names that are written in different ways and are the same (RFC 5280, 7.1), where CMS calls a
// certificate by its issuer.
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

// A Name of one CN under a tag of a string type.
Bytes name_of(std::uint8_t tag, std::string_view text) {
  const auto wrapped = [](std::uint8_t outer, Bytes content) {
    content.insert(content.begin(), {outer, static_cast<std::uint8_t>(content.size())});
    return content;
  };
  Bytes attribute = *from_hex("0603550403");
  append(attribute, ByteView(wrapped(tag, to_bytes(text))));
  return wrapped(0x30, wrapped(0x31, wrapped(0x30, attribute)));
}

constexpr std::uint8_t kUtf8 = 0x0c;
constexpr std::uint8_t kPrintable = 0x13;
constexpr std::uint8_t kTeletex = 0x14;
constexpr std::uint8_t kBmp = 0x1e;

class SameName : public MadeChains {
 protected:
  Certificate issued_by(const std::string& subject) const {
    return make({.name = "a", .subject = "/CN=" + subject, .issuer = "a"});
  }
  static bool calls(const Certificate& one, const Bytes& issuer) {
    return one.is_named_by(IssuerAndSerial{issuer, one.serial()});
  }
};

TEST_F(SameName, DiffersInKindOfStringCaseAndBlanks) {
  const Certificate one = issued_by("Pier Root");
  EXPECT_TRUE(calls(one, name_of(kPrintable, "Pier Root")));
  EXPECT_TRUE(calls(one, name_of(kUtf8, "PIER root")));
  EXPECT_TRUE(calls(one, name_of(kTeletex, "  pier   root ")));
  EXPECT_TRUE(calls(one, name_of(kBmp, std::string("\0P\0i\0e\0r\0 \0R\0o\0o\0t", 18))));
  EXPECT_FALSE(calls(one, name_of(kUtf8, "Pier Roof")));
  EXPECT_FALSE(calls(one, name_of(kUtf8, "PierRoot")));
  EXPECT_FALSE(one.is_named_by(IssuerAndSerial{name_of(kUtf8, "Pier Root"), Bytes{1}}));
  EXPECT_FALSE(calls(one, to_bytes("no name")));
  EXPECT_FALSE(calls(one, {}));
}

TEST_F(SameName, DiffersInTheCaseAndCompositionOfAnyLetter) {
  const Certificate one = issued_by("Soci\xc3\xa9t\xc3\xa9 M\xc3\xbcller");
  EXPECT_TRUE(calls(one, name_of(kUtf8, "SOCI\xc3\x89T\xc3\x89 M\xc3\x9cLLER")));
  EXPECT_TRUE(calls(one, name_of(kUtf8, "Socie\xcc\x81te\xcc\x81 Mu\xcc\x88ller")));
  EXPECT_TRUE(calls(one, name_of(kTeletex, "Soci\xe9t\xe9 M\xfcller")));
  EXPECT_FALSE(calls(one, name_of(kUtf8, "Societe Muller")));
  EXPECT_FALSE(calls(one, name_of(kUtf8, "Soci\xe9t\xe9 M\xfcller")));  // no UTF-8
}

TEST_F(SameName, FindsTheKeyInARing) {
  const Certificate one = issued_by("Pier Root");
  const auto key = private_key_from_pem(as_text(folder.read("a.key")));
  MemoryKeyRing ring;
  ASSERT_TRUE(ring.add(*key, one, ContentRule::any));
  EXPECT_TRUE(ring.find(IssuerAndSerial{name_of(kPrintable, "pier root"), one.serial()}));
  EXPECT_FALSE(ring.find(IssuerAndSerial{name_of(kPrintable, "pier roof"), one.serial()}));
  EXPECT_FALSE(ring.find(IssuerAndSerial{}));
  EXPECT_FALSE(ring.find(SubjectKeyIdentifier{}));
  MemoryKeyRing tunnel;
  ASSERT_TRUE(tunnel.add(*key, one));
  EXPECT_FALSE(tunnel.find(IssuerAndSerial{name_of(kPrintable, "pier root"), one.serial()}));
  EXPECT_TRUE(tunnel.find(one.issuer_and_serial()));
  ring.remove(one.key_id());
  EXPECT_FALSE(ring.find(one.issuer_and_serial()));
}

}  // namespace
}  // namespace culvert::crypto::testing
