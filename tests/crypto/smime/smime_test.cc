#include "crypto/mime/base64.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/decrypt.h"
#include "crypto/smime/encrypt.h"
#include "crypto/smime/inspect.h"
#include "crypto/smime/sign.h"
#include "crypto/smime/verify.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

Bytes mime(std::string_view encoding, std::string_view kind, ByteView der, std::string_view end) {
  std::string text = "MIME-Version: 1.0";
  text += end;
  text += "Content-Type: application/pkcs7-mime; smime-type=" + std::string(kind);
  text += end;
  text += "Content-Transfer-Encoding: " + std::string(encoding);
  text += end;
  text += end;
  Bytes out = to_bytes(text);
  if (encoding == "binary") {
    append(out, der);
    return out;
  }
  std::string lines = to_base64(der);
  for (std::size_t at = 76; at < lines.size(); at += 76 + end.size())
    lines.insert(at, end);
  append(out, lines);
  append(out, end);
  return out;
}

std::string pem_of(ByteView der, const std::string& label, const std::string& end_label) {
  std::string text = to_base64(der);
  for (std::size_t at = 64; at < text.size(); at += 65)
    text.insert(at, "\n");
  return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + end_label + "-----\n";
}

class Smime : public ::testing::Test {
 protected:
  // The tunnel form: signed entity, sealed, in base64.
  Bytes tunnel_mail(ByteView content) const {
    const Bytes entity = mime("binary", "signed-data", sign(content, a), "\r\n");
    return mime("base64", "authEnveloped-data", seal(entity, {b.encryption.certificate}), "\r\n");
  }
  Trust trust_in(const Node& node) const { return {{node.identity.certificate}, kNow}; }

  Node a{"gate.a.example"};
  Node b{"gate.b.example"};
};

TEST_F(Smime, OpensEveryWrapping) {
  const Bytes content = pattern(5000);
  const Bytes der = seal(content, {b.encryption.certificate});
  const std::string pem = pem_of(der, "CMS", "CMS");
  for (const Bytes& wrapped :
       {der, to_bytes(pem), mime("base64", "authEnveloped-data", der, "\r\n"),
        mime("base64", "authEnveloped-data", der, "\n"),
        mime("binary", "enveloped-data", der, "\r\n")}) {
    for (const std::size_t step : {1UL, 4096UL}) {
      TricklingSource source(wrapped, step);
      Bytes out;
      BytesSink sink(out);
      const auto report = decrypt(source, b.keys, sink);
      ASSERT_TRUE(report.ok()) << report.error().code << to_text(ByteView(wrapped).first(20));
      EXPECT_TRUE(out == content);
      EXPECT_EQ(report->cipher, "aes256-gcm");
      EXPECT_EQ(report->content_bytes, content.size());
    }
  }
}

// The word for how a signature was judged, however the input is cut.
std::string verdict(const std::string& input, const Trust& trust) {
  std::string word;
  for (const std::size_t step : {std::size_t{1}, input.size() + 1}) {
    TricklingSource source(as_bytes(input), step);
    const auto report = verify(source, trust);
    const std::string judged =
        !report ? report.error().code : std::string(report->valid() ? "valid" : "not valid");
    EXPECT_TRUE(word.empty() || word == judged) << judged;
    word = judged;
  }
  return word;
}

// Named attack: Text around PEM. What a reader takes for a message has no author for us.
TEST_F(Smime, TextAroundPemIsRefused) {
  const Bytes der = sign(pattern(3000), a);
  const Trust trust = trust_in(a);
  const std::string pem = pem_of(der, "CMS", "CMS");
  const std::string words = "Dear all,\n\nhere it is.\n\n";
  const std::string mail = "From: ceo@a.example\n\npay!\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {pem + mail, "trailing-octets"},
      {pem + "\n\n" + mail, "trailing-octets"},
      {pem + pem, "trailing-octets"},
      {pem.substr(0, pem.size() - 1) + mail, "trailing-octets"},
      {pem.substr(0, pem.size() - 1) + "--\n", "trailing-octets"},
      {mail + pem, "not-smime"},
      {words + mail + pem, "not-smime"},
      {words + pem + mail, "trailing-octets"},
      {"\n\n" + mail + pem, "not-smime"},
      {"FROM:ceo@a.example\n" + pem, "not-smime"},
      {"From : ceo@a.example\r\n\r\n" + pem, "not-smime"},
      {"\xef\xbb\xbf"
       "From: ceo@a.example\n\n" +
           pem,
       "not-smime"},
      {"From\xc2\xa0: ceo@a.example\n\n" + pem, "not-smime"},
      {"x\rFrom: ceo@a.example\r\r\n" + pem, "not-smime"},
      {std::string("Fr\0om: ceo@a.example\n\n", 22) + pem, "not-smime"},
      {"words\xe2\x80\xa8"
       "From: ceo@a.example\n\n" +
           pem,
       "not-smime"},
      {"words\xc2\x85"
       "From: ceo@a.example\n\n" +
           pem,
       "not-smime"},
      {"> From: ceo@a.example\n\n" + pem, "not-smime"},
      {"Sender: ceo@a.example\n\n" + pem, "not-smime"},
      {"Author: ceo@a.example\n" + pem, "not-smime"},
      {"List-Id: <all.a.example>\n" + pem, "not-smime"},
      {"From ceo@a.example Mon Jan  1 00:00:00 2024\n" + pem, "not-smime"},
      {"Resent-From: ceo@a.example\n\n" + pem, "not-smime"},
      {"Content-Type: text/plain\n\n" + pem, "not-smime"},
      {"Subject: pay!\n\n" + pem, "not-smime"},
      {std::string(100'000, 'x') + "\n" + pem, "not-smime"},
      {"words " + pem, "not-smime"},
      {pem.substr(0, pem.find("-----END")), "truncated"},
      {pem.substr(0, pem.size() - 4), "truncated"},
      {pem_of(der, "CMS", "PKCS7"), "truncated"},
      {pem_of(der, "RSA PRIVATE KEY", "RSA PRIVATE KEY"), "not-smime"},
      {pem_of(der, "CERTIFICATE", "CERTIFICATE"), "not-smime"},
      {pem_of(der, "CMS ", "CMS "), "not-smime"},
      {"-----BEGIN CMS-----" + mail + pem, "not-smime"},
      {"-----BEGIN CMS-----\n" + mail + pem, "not-cms"},
      {to_text(der) + mail, "trailing-octets"},
      {"-----BEGIN ----\n" + mail, "not-smime"},
  };
  for (const auto& [input, word] : cases)
    EXPECT_EQ(verdict(input, trust), word) << input.substr(0, 30);
}

// RFC 7468, 2: explanatory text.
TEST_F(Smime, TakesPemBehindWords) {
  const Bytes der = sign(pattern(3000), a);
  const Trust trust = trust_in(a);
  const std::string pem = pem_of(der, "CMS", "CMS");
  for (const std::string& words :
       {std::string("Some words before\n\n"), std::string("text\n"), std::string("a: b\r\n"),
        std::string("Dear all,\n\nhere is what we agreed upon, from 9 to 5:\n\n"),
        std::string("Subject: CN=Atlantis\nIssuer: CN=Atlantis\n"),
        std::string("Gr\xc3\xbc\xc3\x9f"
                    "e\n"),
        std::string("From our authority, for jane@a.example\n"), std::string("\xef\xbb\xbf"),
        std::string("\xef\xbb\xbfwords\n"), std::string(300, '\n'), std::string(60'000, 'x') + "\n",
        std::string("-----BEGIN what?\n").substr(5)}) {
    EXPECT_EQ(verdict(words + pem, trust), "valid") << words.substr(0, 40);
  }
}

// Of GnuPG, which names what is in it; of Netscape, and of OpenSSL.
TEST_F(Smime, TakesTheLabelsOfOtherPrograms) {
  const Bytes der = sign(pattern(3000), a);
  for (const char* label : {"PKCS7", "SIGNED MESSAGE", "ENCRYPTED MESSAGE", "PKCS #7 SIGNED DATA"})
    EXPECT_EQ(verdict(pem_of(der, label, label), trust_in(a)), "valid") << label;
  EXPECT_EQ(verdict(pem_of(der, "PGP MESSAGE", "PGP MESSAGE"), trust_in(a)), "not-smime");
}

TEST_F(Smime, TakesPemWithBlankLinesAroundIt) {
  const Bytes der = sign(pattern(3000), a);
  const Trust trust = trust_in(a);
  const std::string pem = pem_of(der, "CMS", "CMS");
  std::string crlf;
  for (const char c : pem)
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
  for (const std::string& input : {pem, crlf, pem_of(der, "PKCS7", "PKCS7"),
                                   "\n\r\n" + pem + "\n \t\r\n\n", pem.substr(0, pem.size() - 1)}) {
    EXPECT_EQ(verdict(input, trust), "valid") << input.substr(0, 30);
  }
}

TEST_F(Smime, TakesPemOfTheCertificateLabelWhereCertificatesAreRead) {
  const std::string pem = pem_of(sign(pattern(10), a), "CERTIFICATE", "CERTIFICATE");
  ViewSource source(as_bytes(pem));
  EXPECT_FALSE(CmsInput::open(source).ok());
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_TRUE(CmsInput::open(source, PemLabels::cms_certificate).ok());
}

TEST_F(Smime, DecryptsThenVerifiesTheTunnelForm) {
  const Bytes content = to_bytes("Content-Type: message/rfc822\r\n\r\nHello\r\n");
  const Bytes mail = tunnel_mail(content);
  ViewSource source(mail);
  Bytes entity;
  BytesSink sink(entity);
  ASSERT_TRUE(decrypt(source, b.keys, sink).ok());
  ViewSource signed_source(entity);
  const auto report = verify(signed_source, trust_in(a));
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->valid());
  EXPECT_EQ(report->signers.front().type, SignatureType::domain);
  Bytes out;
  BytesSink content_sink(out);
  ASSERT_TRUE(write_verified_content(signed_source, trust_in(a), content_sink).ok());
  EXPECT_EQ(out, content);
}

TEST_F(Smime, WritesNothingOfAnAlteredMessage) {
  Bytes mail = tunnel_mail(pattern(600'000));
  mail[mail.size() - 300] = mail[mail.size() - 300] == 'A' ? 'B' : 'A';
  ViewSource source(mail);
  Bytes out;
  BytesSink sink(out);
  EXPECT_FALSE(decrypt(source, b.keys, sink).ok());
  EXPECT_TRUE(out.empty());
}

std::string reason(const Result<VerifyReport>& report) {
  if (!report) return report.error().code;
  return report->signers.front().reason ? report->signers.front().reason->code : "";
}

TEST_F(Smime, SaysWhyASignatureDoesNotCount) {
  const Bytes cms = sign(pattern(100), a);
  ViewSource source(cms);
  EXPECT_EQ(reason(verify(source, trust_in(b))), "signer-untrusted");
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_EQ(reason(verify(source, Trust{{a.identity.certificate}, kNow + std::chrono::days(91)})),
            "certificate-expired");
  ASSERT_TRUE(source.rewind().ok());
  EXPECT_EQ(reason(verify(source, Trust{{a.signing.certificate}, kNow})), "");
}

TEST_F(Smime, DoesNotWriteContentThatIsNotVerified) {
  const Bytes cms = sign(pattern(100), a);
  ViewSource source(cms);
  Bytes out;
  BytesSink sink(out);
  EXPECT_FALSE(write_verified_content(source, trust_in(b), sink).ok());
}

// The attack of that name: only the top-level entity is ever opened.
TEST_F(Smime, Efail) {
  const Bytes sealed = seal(pattern(10), {b.encryption.certificate});
  const std::string mail =
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
      "Content-Type: text/html\r\n\r\n<img src=\"http://c.example/\r\n--x\r\n" +
      to_text(mime("base64", "authEnveloped-data", sealed, "\r\n")) + "--x--\r\n";
  ViewSource source(as_bytes(mail));
  Bytes out;
  BytesSink sink(out);
  const auto report = decrypt(source, b.keys, sink);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, "not-smime");
  EXPECT_TRUE(out.empty());
}

// Named attack: Hidden From. A mail without an author would be valid for whoever signed it.
TEST_F(Smime, HiddenFromBesideASignatureIsRefused) {
  const std::string signed_text =
      to_text(mime("base64", "signed-data", sign(pattern(100), a), "\r\n"));
  for (const std::string_view fields : {std::string_view("Content-Foo: x\rFrom: ceo@a.example\r\n"),
                                        std::string_view("From\0: ceo@a.example\r\n", 22),
                                        std::string_view(" From: ceo@a.example\r\n")}) {
    const std::string mail = std::string(fields) + signed_text;
    ViewSource source(as_bytes(mail));
    const auto report = verify(source, trust_in(a));
    ASSERT_FALSE(report.ok()) << fields;
    EXPECT_EQ(report.error().code, "bad-header");
  }
}

TEST_F(Smime, InspectsLayerByLayerWithKeysAndWithout) {
  const Bytes mail = tunnel_mail(pattern(300));
  ViewSource source(mail);
  const auto layers = inspect(source, b.keys);
  ASSERT_TRUE(layers.ok());
  std::vector<std::string> types;
  for (const Layer& layer : *layers)
    types.push_back(layer.type);
  EXPECT_EQ(types, (std::vector<std::string>{"mime", "auth-enveloped-data", "mime", "signed-data",
                                             "content"}));
  EXPECT_NE(layers_text(*layers).find("gate.a.example"), std::string::npos);
  EXPECT_NE(layers_json(*layers).find("\"layers\": ["), std::string::npos);

  const MemoryKeyRing nothing;
  ViewSource again(mail);
  const auto outside = inspect(again, nothing);
  ASSERT_TRUE(outside.ok());
  ASSERT_EQ(outside->size(), 2U);
  EXPECT_EQ(outside->back().entries.size(), 1U);
  EXPECT_NE(layers_json(*outside).find("no-key"), std::string::npos);
}

// The value of that fact; empty if there is none.
std::string fact(const std::vector<std::pair<std::string, std::string>>& facts,
                 std::string_view name) {
  for (const auto& [one, value] : facts) {
    if (one == name) return value;
  }
  return "";
}

TEST_F(Smime, InspectsASignatureWhoseContentIsElsewhere) {
  SigningOptions options{a.signing.key.key_id(), a.signing.certificate, kNow};
  options.content = SigningOptions::Content::detached;
  const Bytes content = pattern(100);
  ViewSource from(content);
  Bytes made;
  BytesSink sink(made);
  ASSERT_TRUE(sign(from, a.keys, {options, Wrapping::der, {}}, sink).ok());
  for (const bool is_whole : {true, false}) {
    ViewSource source(ByteView(made).first(made.size() - (is_whole ? 0 : 1)));
    const auto layers = inspect(source, MemoryKeyRing());
    ASSERT_TRUE(layers.ok());
    ASSERT_EQ(layers->size(), 1U);
    const Layer& layer = layers->front();
    EXPECT_EQ(layer.type, "signed-data");
    EXPECT_EQ(fact(layer.facts, "refused").empty(), is_whole);
    ASSERT_EQ(layer.entries.size(), is_whole ? 1U : 0U);
    if (!is_whole) continue;
    EXPECT_EQ(fact(layer.facts, "content"), "not in here: a detached signature");
    const auto& signer = layer.entries.front().facts;
    EXPECT_NE(fact(signer, "subject").find("gate.a.example"), std::string::npos);
    EXPECT_EQ(fact(signer, "digest"), "sha256");
    EXPECT_EQ(fact(signer, "signed-at"), to_rfc3339(kNow));
    EXPECT_EQ(fact(signer, "refused"), "");
  }
}

TEST_F(Smime, InspectsCipherAndKeyDerivationWithoutAKey) {
  for (const auto derivation : {KeyDerivation::none, KeyDerivation::hkdf_sha256}) {
    for (const char* cipher : {"aes256-gcm", "aes128-cbc"}) {
      EncryptRequest request{{.recipients = {b.encryption.certificate}}, Wrapping::der, {}};
      request.options.cipher = find_cipher_named(cipher);
      request.options.derivation = derivation;
      const Bytes content = pattern(100);
      ViewSource from(content);
      Bytes made;
      BytesSink sink(made);
      ASSERT_TRUE(encrypt(from, request, sink).ok());
      ViewSource source(made);
      const auto layers = inspect(source, MemoryKeyRing());
      ASSERT_TRUE(layers.ok());
      const auto& facts = layers->front().facts;
      EXPECT_EQ(fact(facts, "cipher"), cipher);
      EXPECT_EQ(fact(facts, "key-derivation"),
                derivation == KeyDerivation::none ? "" : "CEK-HKDF with SHA-256");
      EXPECT_EQ(fact(facts, "not-opened"), "no-key");
    }
  }
}

TEST_F(Smime, RefusesWhatIsNoSmime) {
  for (const char* text : {"", "hello", "Subject: x\r\n\r\nbody\r\n", "-----BEGIN CMS-----",
                           "Content-Type: text/plain\r\n\r\nMIIB\r\n"}) {
    ViewSource source(as_bytes(text));
    const MemoryKeyRing nothing;
    const auto layers = inspect(source, nothing);
    ASSERT_FALSE(layers.ok()) << text;
    EXPECT_EQ(layers.error().code, "not-smime") << text;
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
