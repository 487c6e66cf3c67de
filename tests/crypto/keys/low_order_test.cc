// Public keys under which one signature fits every message.
#include "crypto/keys/signature.h"
#include "tests/crypto/keys/made_chains.h"

namespace culvert::crypto::testing {
namespace {

std::string repeated(std::string_view octet, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += octet;
  return out;
}

class LowOrder : public MadeChains {
 protected:
  // A certificate with this SubjectPublicKeyInfo, hexadecimal.
  Certificate certificate_for(const std::string& info) const {
    folder.write("public.der", *from_hex(info));
    run("pkey -pubin -inform DER -in public.der -out public.pem");
    run("req -new -key root.key -subj /CN=b -out request");
    run("x509 -req -in request -CA root.pem -CAkey root.key -CAcreateserial -days 9 "
        "-force_pubkey public.pem -out made.pem");
    return *Certificate::from_pem(as_text(folder.read("made.pem")));
  }
  void expect_unused(const std::string& info, SignatureScheme scheme) const {
    const Certificate certificate = certificate_for(info);
    EXPECT_EQ(to_hex(certificate.public_key_info()), info);
    EXPECT_EQ(certificate.key_kind(), KeyKind::other) << info;
    EXPECT_EQ(check_key(certificate, scheme), KeyFit::wrong_kind) << info;
  }
};

const std::string kEd25519 = "302a300506032b6570032100";
const std::string kEd448 = "3043300506032b6571033a00";

// The points as they are published: "Taming the many EdDSAs" (Chalkias and others, 2020), table 1.
TEST_F(LowOrder, KeysOfEd25519AreNotUsed) {
  make_root("root");
  const std::string ff30 = repeated("ff", 30);
  for (const std::string& point : std::vector<std::string>{
           "01" + repeated("00", 31),
           "ec" + ff30 + "7f",
           repeated("00", 32),
           repeated("00", 31) + "80",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
           "01" + repeated("00", 30) + "80",
           "ec" + ff30 + "ff",
           "ed" + ff30 + "7f",
           "ed" + ff30 + "ff",
           "ee" + ff30 + "7f",
           "ee" + ff30 + "ff",
       }) {
    expect_unused(kEd25519 + point, SignatureScheme::ed25519);
  }
}

TEST_F(LowOrder, KeysOfEd448AreNotUsed) {
  make_root("root");
  const std::string ff27 = repeated("ff", 27);
  const std::string ff28 = repeated("ff", 28);
  for (const std::string& y : std::vector<std::string>{
           "01" + repeated("00", 55), repeated("00", 56), "fe" + ff27 + "fe" + ff27,
           ff28 + "fe" + ff27, repeated("00", 28) + ff28}) {
    for (const std::string sign : {"00", "80"})
      expect_unused(kEd448 + y + sign, SignatureScheme::ed448);
  }
}

TEST_F(LowOrder, OneSignatureForEveryMessageIsNone) {
  make_root("root");
  const std::string neutral = "01" + repeated("00", 31);
  const Certificate certificate = certificate_for(kEd25519 + neutral);
  const Bytes signature = *from_hex(neutral + repeated("00", 32));
  for (const char* message : {"one", "another"}) {
    EXPECT_FALSE(
        verify_signature(certificate, SignatureScheme::ed25519, as_bytes(message), signature));
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
