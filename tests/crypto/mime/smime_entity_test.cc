#include "crypto/mime/smime_entity.h"

#include "crypto/mime/entity.h"
#include "tests/crypto/mime/support.h"

namespace culvert::crypto::testing {
namespace {

std::string signed_message(const std::string& entity, const std::string& signature,
                           std::size_t step) {
  Bytes out;
  BytesSink sink(out);
  MultipartSignedWriter writer(
      {make_boundary(Bytes(16, 0xa5)), std::string(micalg_of("sha256")),
       "From: <a@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nSubject: x\r\n"},
      sink);
  for (std::size_t at = 0; at < entity.size(); at += step)
    EXPECT_TRUE(writer.write_entity(as_bytes(std::string_view(entity).substr(at, step))).ok());
  for (std::size_t at = 0; at < signature.size(); at += step)
    EXPECT_TRUE(
        writer.write_signature(as_bytes(std::string_view(signature).substr(at, step))).ok());
  EXPECT_TRUE(writer.finish().ok());
  return to_text(out);
}

TEST(MultipartSignedWriter, WritesWhatIsReadBack) {
  for (const std::string entity :
       {"", "\r\n", "A: b\r\n\r\nx", "A: b\r\n\r\nx\r\n\r\n", "--=_a5\r\n"}) {
    const std::string signature = std::string("\x04\x82\x03\xe4", 4) + std::string(996, 's');
    const std::string message = signed_message(entity, signature, 7);
    EXPECT_EQ(message, signed_message(entity, signature, 1));
    const Split parts = split(message);
    EXPECT_EQ(parts.error, "");
    EXPECT_EQ(parts.content, entity);
    EXPECT_EQ(parts.signature, signature);
    EXPECT_EQ(parts.micalg, "sha-256");
  }
}

TEST(MultipartSignedWriter, WritesTheWholeMessage) {
  EXPECT_EQ(signed_message("A: b\r\n\r\nx\r\n", "\1\2\3", 100),
            "From: <a@a.example>\r\n"
            "Subject: x\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
            " micalg=sha-256; boundary=\"=_a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\"\r\n"
            "\r\n"
            "--=_a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\r\n"
            "A: b\r\n\r\nx\r\n"
            "\r\n"
            "--=_a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\r\n"
            "Content-Type: application/pkcs7-signature;\r\n"
            " name=smime.p7s\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; filename=smime.p7s\r\n"
            "\r\n"
            "AQID\r\n"
            "--=_a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5--\r\n");
}

TEST(MultipartSignedWriter, NamesSeveralDigestsInQuotes) {
  Bytes out;
  BytesSink sink(out);
  MultipartSignedWriter writer({"b", "sha-256,sha-512"}, sink);
  ASSERT_TRUE(writer.finish().ok());
  EXPECT_NE(as_text(out).find("micalg=\"sha-256,sha-512\"; boundary"), std::string_view::npos);
}

TEST(MultipartSignedWriter, RefusesAnEntityThatHoldsItsBoundary) {
  Bytes out;
  BytesSink sink(out);
  MultipartSignedWriter writer({"b", "sha-256"}, sink);
  const Status line = writer.write_entity(as_bytes("x\r\n--b\r\n"));
  ASSERT_FALSE(line.ok());
  EXPECT_EQ(line.error().fault, Fault::internal);

  MultipartSignedWriter last({"b", "sha-256"}, sink);
  ASSERT_TRUE(last.write_entity(as_bytes("x\r\n--b")).ok());
  EXPECT_FALSE(last.write_signature(as_bytes("s")).ok());
}

TEST(Micalg, HasTheNamesOfTheStandard) {
  EXPECT_EQ(micalg_of("sha1"), "sha-1");
  EXPECT_EQ(micalg_of("sha384"), "sha-384");
  EXPECT_EQ(micalg_of("sha512"), "sha-512");
  EXPECT_EQ(micalg_of("shake256"), "unknown");
}

TEST(Pkcs7Mime, IsWrittenForEachKind) {
  const std::vector<std::pair<std::string, std::string>> kinds{
      {"enveloped-data", "smime.p7m"},
      {"authEnveloped-data", "smime.p7m"},
      {"signed-data", "smime.p7m"},
      {"certs-only", "smime.p7c"},
  };
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Bytes out;
    BytesSink sink(out);
    Pkcs7MimeWriter writer(static_cast<CmsKind>(i), "To: <b@b.example>\r\nContent-Id: x", sink);
    const Bytes object(100, 0x30);
    for (const std::uint8_t octet : object)
      ASSERT_TRUE(writer.write({&octet, 1}).ok());
    ASSERT_TRUE(writer.finish().ok());
    EXPECT_EQ(as_text(out),
              "To: <b@b.example>\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: application/pkcs7-mime; smime-type=" +
                  kinds[i].first + ";\r\n name=" + kinds[i].second +
                  "\r\n"
                  "Content-Transfer-Encoding: base64\r\n"
                  "Content-Disposition: attachment; filename=" +
                  kinds[i].second +
                  "\r\n\r\n"
                  "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw\r\n"
                  "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA==\r\n");
    EXPECT_EQ(smime_form(as_text(out)), SmimeForm::pkcs7_mime);
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
