// Signing and encrypting in every wrapping and profile, opened again by our own side; what other
// programs think of it is in tests/e2e and docs/interop.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/memory_key_ring.h"
#include "crypto/smime/decrypt.h"
#include "crypto/smime/encrypt.h"
#include "crypto/smime/message.h"
#include "crypto/smime/opened.h"
#include "crypto/smime/profile.h"
#include "crypto/smime/sign.h"
#include "crypto/smime/verify.h"
#include "tests/crypto/cms/openssl_program.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

const Time kNow = from_unix(1'806'062'400);  // 2027-03-26T12:00:00Z
constexpr std::string_view kEntity = "Content-Type: text/plain\r\n\r\nDear Bob\r\n";
constexpr std::string_view kMessage =
    "From: p256@a.example\r\nTo: bob@b.example\r\nSubject: the price\r\n"
    "Message-ID: <1@a.example>\r\nContent-Type: text/plain\r\n\r\nDear Bob\r\n";

class Forms : public ::testing::Test {
 protected:
  void SetUp() override {
    CULVERT_REQUIRE_VECTORS(found);
    root = found;
    for (const char* name : {"rsa2048", "rsa3072", "p256", "p384", "ed25519", "x25519", "mlkem768"})
      ASSERT_TRUE(ring.add(key(name), certificate(name), ContentRule::any).ok());
    trust = {{certificate("ca")}, kNow};
  }
  PrivateKey key(const std::string& name) const {
    return *private_key_from_pem(read_text(root / "keys" / (name + ".key.pem")));
  }
  Certificate certificate(const std::string& name) const {
    return *Certificate::from_pem(read_text(root / "keys" / (name + ".cert.pem")));
  }
  SigningOptions signing(const std::string& name, Profile profile = Profile::modern) const {
    return *signing_options(profile, certificate(name), kNow);
  }

  // Opaque, by the key `name`.
  Bytes signed_form(ByteView content, const std::string& name, Wrapping wrapping,
                    std::string fields = {}) const {
    SignRequest request{signing(name), wrapping, std::move(fields)};
    request.options.content = SigningOptions::Content::opaque;
    ViewSource source(content);
    Bytes out;
    BytesSink sink(out);
    EXPECT_TRUE(sign(source, ring, request, sink).ok());
    return out;
  }

  std::filesystem::path root;
  MemoryKeyRing ring;
  Trust trust;
};

TEST_F(Forms, VerifyInEveryWrapping) {
  for (const char* name : {"rsa2048", "p256", "p384", "ed25519"}) {
    for (const Profile profile : {Profile::modern, Profile::compatible, Profile::energy}) {
      for (const auto content :
           {SigningOptions::Content::opaque, SigningOptions::Content::detached}) {
        for (const Wrapping wrapping : {Wrapping::der, Wrapping::pem, Wrapping::mime}) {
          SignRequest request{signing(name, profile), wrapping, {}};
          request.options.content = content;
          ViewSource entity(as_bytes(kEntity));
          Bytes out;
          BytesSink sink(out);
          ASSERT_TRUE(sign(entity, ring, request, sink).ok()) << name;
          ViewSource made(out);
          ViewSource beside(as_bytes(kEntity));
          const bool is_beside =
              content == SigningOptions::Content::detached && wrapping != Wrapping::mime;
          const auto report = verify(made, trust, is_beside ? &beside : nullptr);
          ASSERT_TRUE(report.ok()) << name << ": " << report.error().text;
          EXPECT_TRUE(report->valid()) << name << ": " << report->signers.front().reason->text;
          EXPECT_EQ(report->signers.front().capabilities.size(), 4U);
          Bytes content_out;
          BytesSink content_sink(content_out);
          ASSERT_TRUE(
              write_verified_content(made, trust, content_sink, is_beside ? &beside : nullptr)
                  .ok());
          EXPECT_EQ(to_text(content_out), kEntity);
        }
      }
    }
  }
}

TEST_F(Forms, OpenForEveryKindOfKeyInEveryProfileAndWrapping) {
  for (const char* name : {"rsa3072", "p256", "p384", "x25519", "mlkem768"}) {
    for (const Profile profile : {Profile::modern, Profile::compatible, Profile::energy}) {
      for (const Wrapping wrapping : {Wrapping::der, Wrapping::pem, Wrapping::mime}) {
        ViewSource entity(as_bytes(kEntity));
        Bytes out;
        BytesSink sink(out);
        const Status made =
            encrypt(entity, {enveloped_options(profile, {certificate(name)}), wrapping, {}}, sink);
        ASSERT_TRUE(made.ok()) << name << ": " << made.error().text;
        ViewSource source(out);
        Bytes opened;
        BytesSink to(opened);
        const auto report = decrypt(source, ring, to);
        ASSERT_TRUE(report.ok()) << name << ": " << report.error().text;
        EXPECT_EQ(to_text(opened), kEntity);
        EXPECT_EQ(report->recipient, certificate(name));
        EXPECT_EQ(report->kind,
                  profile == Profile::modern ? SealKind::auth_enveloped : SealKind::enveloped);
      }
    }
  }
}

TEST_F(Forms, MessagesKeepTheirHeaderInside) {
  for (const bool is_encrypted : {false, true}) {
    MessageSeal seal{.sign = signing("p256")};
    if (is_encrypted) seal.encrypt = enveloped_options(Profile::modern, {certificate("rsa3072")});
    ViewSource message(as_bytes(kMessage));
    Bytes out;
    BytesSink sink(out);
    ASSERT_TRUE(seal_message(message, ring, seal, sink).ok());
    EXPECT_EQ(to_text(out).find("the price") == std::string::npos, is_encrypted);
    ViewSource source(out);
    const auto opened = OpenedMessage::open(source, {ring, trust});
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    EXPECT_TRUE((*opened)->is_authentic());
    EXPECT_EQ((*opened)->is_encrypted(), is_encrypted);
    EXPECT_NE((*opened)->protected_header().header.find("Subject: the price\r\n"),
              std::string::npos);
  }
}

// The parameter `hp` stays where RFC 9788 wants it: it says what the fields were protected by.
TEST_F(Forms, OpenedMessagesAreWrittenAsTheyWere) {
  MessageSeal seal{.sign = signing("p256"),
                   .encrypt = enveloped_options(Profile::modern, {certificate("rsa3072")})};
  std::string text(kMessage);
  text.insert(text.find("Content-Type"), "MIME-Version: 1.0\r\n");
  ViewSource message(as_bytes(text));
  Bytes out;
  BytesSink sink(out);
  ASSERT_TRUE(seal_message(message, ring, seal, sink).ok());
  text.insert(text.find("text/plain") + 10, ";\r\n hp=\"cipher\"");
  ViewSource source(out);
  const auto opened = OpenedMessage::open(source, {ring, trust});
  ASSERT_TRUE(opened.ok()) << opened.error().text;
  for (int time = 0; time < 2; ++time) {
    Bytes shown;
    BytesSink to(shown);
    ASSERT_TRUE((*opened)->write_message(to).ok());
    EXPECT_EQ(to_text(shown), text);
  }
}

TEST_F(Forms, OpenedContentWithoutAMessageIsWrittenAsItIs) {
  ViewSource content(as_bytes("no header, no line end"));
  Bytes out;
  BytesSink sink(out);
  ASSERT_TRUE(sign(content, ring, {signing("p256"), Wrapping::der, {}}, sink).ok());
  ViewSource source(out);
  const auto opened = OpenedMessage::open(source, {ring, trust});
  ASSERT_TRUE(opened.ok()) << opened.error().text;
  Bytes shown;
  BytesSink to(shown);
  ASSERT_TRUE((*opened)->write_message(to).ok());
  EXPECT_EQ(to_text(shown), "no header, no line end");
}

TEST_F(Forms, NothingIsSealedWithoutASeal) {
  ViewSource message(as_bytes(kMessage));
  Bytes out;
  BytesSink sink(out);
  const Status made = seal_message(message, ring, {}, sink);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, "no-seal");
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(signing_options(Profile::modern, certificate("x25519"), kNow).error().code,
            "cannot-sign");
}

// smime-profile.md, "Signatures": the certificate names the one From address.
TEST_F(Forms, BelieveNobodyButTheAuthor) {
  for (const auto& [from, reason] : std::vector<std::pair<std::string, std::string>>{
           {"p256@a.example", ""},
           {"P256@a.example", "not-the-author"},
           {"eve@a.example", "not-the-author"},
           {"p256@a.example, eve@a.example", "author-unknown"},
           {"p256@a.example (eve@a.example)", "author-unknown"},
           {"p256@a.example (Eve)", ""}}) {
    std::string text(kMessage);
    text.replace(6, 14, from);
    ViewSource message(as_bytes(text));
    Bytes out;
    BytesSink sink(out);
    ASSERT_TRUE(seal_message(message, ring, {.sign = signing("p256")}, sink).ok());
    ViewSource source(out);
    const auto report = verify(source, trust);
    ASSERT_TRUE(report.ok());
    const auto& verdict = report->signers.front();
    EXPECT_EQ(verdict.reason ? verdict.reason->code : "", reason) << from;
  }
}

// RFC 5321, 2.4: whether capital letters matter before the @, the domain alone knows.
TEST_F(Forms, CompareLocalPartsInAnyCaseIfTheyAreTold) {
  for (const auto& [from, reason] : std::vector<std::pair<std::string, std::string>>{
           {"P256@a.example", ""}, {"p256@A.EXAMPLE", ""}, {"p255@a.example", "not-the-author"}}) {
    std::string text(kMessage);
    text.replace(6, 14, from);
    ViewSource message(as_bytes(text));
    Bytes out;
    BytesSink sink(out);
    ASSERT_TRUE(seal_message(message, ring, {.sign = signing("p256")}, sink).ok());
    ViewSource source(out);
    Trust told = trust;
    told.local_parts = LocalParts::any_case;
    const auto opened = OpenedMessage::open(source, {ring, told});
    ASSERT_TRUE(opened.ok());
    const auto& verdict = (*opened)->layers().front().signers.front();
    EXPECT_EQ(verdict.reason ? verdict.reason->code : "", reason) << from;
    EXPECT_EQ((*opened)->is_authentic(), reason.empty()) << from;
  }
}

bool speaks_for(const SignerResult& signer, Trust trust, const char* from) {
  trust.author = Author{*Mailbox::parse(from)};
  ChainEffort effort;
  SignerVerdict verdict = judge(signer, trust, {}, effort);
  EXPECT_TRUE(verdict.valid()) << verdict.reason->code;
  hold_to_author({&verdict}, *trust.author);
  return verdict.valid();
}

Certificate authority_for(const std::string& address) {
  const OpenSslProgram openssl;
  EXPECT_TRUE(
      openssl.run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x"
                  " -addext basicConstraints=critical,CA:false"
                  " -addext subjectAltName=email:" +
                  address + " -keyout key.pem -out cert.pem"));
  return *Certificate::from_pem(to_text(openssl.read("cert.pem")));
}

// RFC 3183, 3.1.1: the authority of a domain speaks for all below it, and for nobody else.
TEST_F(Forms, BelieveADomainForWhatIsBelowIt) {
  SignerResult signer;
  signer.certificate = authority_for("Domain-Signing-Authority@a.example");
  signer.type = SignatureType::domain;
  trust = {{*signer.certificate}, signer.certificate->not_before()};
  EXPECT_TRUE(speaks_for(signer, trust, "jane@a.example"));
  EXPECT_TRUE(speaks_for(signer, trust, "jane@x.a.example"));
  EXPECT_FALSE(speaks_for(signer, trust, "jane@b.example"));
  signer.type = SignatureType::personal;
  EXPECT_FALSE(speaks_for(signer, trust, "jane@a.example"));
}

// The type of a signature is the signer's own claim.
TEST_F(Forms, DoNotBelieveThatAPersonSignsForADomain) {
  SignerResult signer;
  signer.certificate = certificate("p256");
  signer.type = SignatureType::domain;
  EXPECT_TRUE(speaks_for(signer, trust, "p256@a.example"));
  EXPECT_FALSE(speaks_for(signer, trust, "jane@a.example"));
  EXPECT_FALSE(speaks_for(signer, trust, "jane@x.a.example"));
}

// Somebody who cannot read a mail puts their own signature around it, to have it opened as theirs.
TEST_F(Forms, DoNotBelieveWhoSignsACiphertext) {
  ViewSource entity(as_bytes(kEntity));
  Bytes sealed;
  BytesSink sealed_sink(sealed);
  ASSERT_TRUE(
      encrypt(entity,
              {enveloped_options(Profile::modern, {certificate("rsa3072")}), Wrapping::mime, {}},
              sealed_sink)
          .ok());
  const Bytes out = signed_form(sealed, "p256", Wrapping::mime);
  const std::string mail = "From: p256@a.example\r\n" + to_text(out);
  ViewSource source(as_bytes(mail));
  const auto opened = OpenedMessage::open(source, {ring, trust});
  ASSERT_TRUE(opened.ok()) << opened.error().text;
  EXPECT_TRUE((*opened)->is_encrypted());
  EXPECT_FALSE((*opened)->is_signed());
  EXPECT_FALSE((*opened)->is_authentic());
  EXPECT_EQ((*opened)->layers().front().signers.front().reason->code, "signs-ciphertext");
}

// What a key signed for another protocol, here a time stamp (RFC 3161), is nobody's mail.
TEST_F(Forms, DoNotTakeTheSignatureOfAnotherProtocol) {
  const std::string keys = (root / "keys").string();
  for (const auto& [type, good] : std::vector<std::pair<const char*, bool>>{
           {"1.2.840.113549.1.7.1", true}, {"1.2.840.113549.1.9.16.1.4", false}}) {
    const OpenSslProgram openssl;
    openssl.write("content", as_bytes(kEntity));
    ASSERT_TRUE(
        openssl.run("cms -sign -binary -nodetach -in content -outform DER -out signed"
                    " -econtent_type " +
                    std::string(type) + " -signer " + keys + "/p256.cert.pem -inkey " + keys +
                    "/p256.key.pem"));
    const Bytes cms = openssl.read("signed");
    ViewSource source(cms);
    const auto report = verify(source, trust);
    EXPECT_EQ(report.ok(), good) << type;
    if (!good) {
      EXPECT_EQ(report.error().code, "content-type-mismatch");
    }
  }
}

// What goes by the identifier and what goes by the type would see different things.
TEST_F(Forms, OpenNoObjectOfAnotherTypeThanItIsSaidToBe) {
  const std::string keys = (root / "keys").string();
  for (const auto& [type, good] : std::vector<std::pair<const char*, bool>>{
           {"1.2.840.113549.1.7.3", true}, {"1.2.840.113549.1.7.2", false}}) {
    const OpenSslProgram openssl;
    openssl.write("content", as_bytes(kEntity));
    ASSERT_TRUE(openssl.run("cms -encrypt -aes256 -binary -in content -outform DER -out sealed " +
                            keys + "/rsa3072.cert.pem"));
    ASSERT_TRUE(openssl.run("cms -sign -binary -nodetach -in sealed -outform DER -out signed" +
                            std::string(" -econtent_type ") + type + " -signer " + keys +
                            "/p256.cert.pem -inkey " + keys + "/p256.key.pem"));
    const Bytes cms = openssl.read("signed");
    ViewSource source(cms);
    const auto opened = OpenedMessage::open(source, {ring, trust});
    ASSERT_EQ(opened.ok(), good) << type;
    if (!good) {
      EXPECT_EQ(opened.error().code, "content-type-mismatch");
    }
  }
}

const std::string kFields = "From: p256@a.example\r\nTo: bob@b.example\r\n";

// Content that is no entity in canonical form, as other programs seal it.
std::vector<std::string> contents_without_header() {
  std::string lines;
  for (int i = 0; i < 3000; ++i)
    lines += "line " + std::to_string(i) + "\r\n";
  return {"Dear Bob\n\nyours\n",
          "",
          "\n",
          "Content-Type: text/plain\n\nDear Bob\n",
          "Content-Type: text/plain\r\nX: a\rb\r\n\r\nDear Bob\r\n",
          lines,
          std::string("\xff\xd8\0\r\x01\n", 6) + std::string(1000, '\0'),
          "Subject: x\n" + std::string(300'000, 'x')};
}

TEST_F(Forms, OpenContentThatHasNoHeader) {
  for (const std::string& content : contents_without_header()) {
    for (const bool is_encrypted : {false, true}) {
      ViewSource entity(as_bytes(content));
      SignRequest request{signing("p256"), Wrapping::mime, kFields};
      request.options.content = SigningOptions::Content::opaque;
      Bytes out;
      BytesSink sink(out);
      const Status made = is_encrypted
                              ? encrypt(entity,
                                        {enveloped_options(Profile::modern, {certificate("p256")}),
                                         Wrapping::mime, kFields},
                                        sink)
                              : sign(entity, ring, request, sink);
      ASSERT_TRUE(made.ok()) << made.error().text;
      ViewSource source(out);
      const auto opened = OpenedMessage::open(source, {ring, trust});
      ASSERT_TRUE(opened.ok()) << opened.error().text << ": " << content.substr(0, 40);
      EXPECT_EQ((*opened)->is_authentic(), !is_encrypted);
      EXPECT_EQ((*opened)->protected_header().form, HeaderProtectionForm::none);
      EXPECT_EQ(to_text(*read_all((*opened)->content(), 1 << 20)), content);
    }
  }
}

// Named attack: Another From inside, where we read no header and others do.
TEST_F(Forms, AnotherFromInsideAnOddHeaderIsRefused) {
  const std::string claim = "From: ceo@a.example\nContent-Type: text/plain; hp=clear\n";
  std::string cr = claim;
  std::replace(cr.begin(), cr.end(), '\n', '\r');
  for (const std::string& content :
       {claim + "\npay!\n", cr + "\rpay!\r", claim + "\n" + std::string(300'000, 'x'),
        claim + "X: a\rb\n\npay!\n"}) {
    const Bytes out = signed_form(as_bytes(content), "p256", Wrapping::mime, kFields);
    ViewSource source(out);
    EXPECT_FALSE(OpenedMessage::open(source, {ring, trust}).ok()) << content.substr(0, 80);
  }
}

// The layer of another program, and a signed file that somebody attached, are content.
TEST_F(Forms, LeaveWhatIsNoLayerOfThisMessageToItsReader) {
  const Bytes file = signed_form(as_bytes("the invoice"), "rsa3072", Wrapping::der);
  const std::string binary = "Content-Transfer-Encoding: binary\r\n";
  const std::string pgp =
      "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n"
      "--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\ny\r\n--b--\r\n";
  for (const std::string& content :
       {pgp,
        "Content-Type: application/octet-stream; name=invoice.p7m\r\n" + binary + "\r\n" +
            to_text(file),
        "Content-Type: application/octet-stream\r\n" + binary +
            "Content-Disposition: attachment; filename=\"invoice.pdf.p7m\"\r\n\r\n" +
            to_text(file)}) {
    const Bytes out = signed_form(as_bytes(content), "p256", Wrapping::mime, kFields);
    ViewSource source(out);
    const auto opened = OpenedMessage::open(source, {ring, trust});
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    EXPECT_EQ((*opened)->layers().size(), 1U);
    EXPECT_TRUE((*opened)->is_authentic());
    EXPECT_TRUE(to_text(*read_all((*opened)->content(), 1 << 20)) == content);
  }
  // At the top such a file is the message (RFC 8551, 3.9).
  const std::string top = "Content-Type: application/octet-stream; name=invoice.p7m\r\n" + binary +
                          "\r\n" + to_text(file);
  ViewSource source(as_bytes(top));
  EXPECT_TRUE(OpenedMessage::open(source, {ring, trust}).ok());
  ViewSource other(as_bytes(pgp));
  EXPECT_FALSE(OpenedMessage::open(other, {ring, trust}).ok());
}

TEST_F(Forms, NestNoDeeperThanIsAllowed) {
  Bytes entity = to_bytes(kEntity);
  for (std::size_t depth = 1; depth <= kMaxLayers + 1; ++depth) {
    entity = signed_form(entity, "ed25519", Wrapping::mime);
    ViewSource made(entity);
    const auto opened = OpenedMessage::open(made, {ring, trust});
    EXPECT_EQ(opened.ok(), depth <= kMaxLayers) << depth;
    if (opened) {
      EXPECT_EQ((*opened)->layers().size(), depth);
      EXPECT_TRUE((*opened)->is_signed());
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
