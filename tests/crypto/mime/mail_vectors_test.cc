// The mails of the shared vectors, and mails of another project, as far as the MIME side decides
// what becomes of them.
#include <algorithm>
#include <map>

#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/entity_front.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_protection.h"
#include "crypto/mime/smime_entity.h"
#include "tests/crypto/mime/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {
namespace {

std::string stem_of(const nlohmann::json& file) {
  return std::filesystem::path(file.at("path").get<std::string>()).stem();
}

// The word for how a multipart/signed was judged: `valid`, or why not.
std::string verdict(const std::string& message, std::size_t step) {
  TricklingSource source(as_bytes(message), step);
  const auto parts = MultipartSigned::open(source);
  if (!parts) return parts.error().code;
  const auto reader = SignedDataReader::open_detached((*parts)->signature(), (*parts)->content());
  if (!reader) return reader.error().code;
  const auto result = (*reader)->finish({});
  if (!result) return result.error().code;
  for (const SignerResult& signer : result->signers) {
    if (signer.refusal) return signer.refusal->code;
  }
  return result->valid() ? "valid" : "invalid";
}

std::string verdict(const std::string& message) {
  const std::string whole = verdict(message, message.size() + 1);
  EXPECT_EQ(verdict(message, 1), whole);
  return whole;
}

TEST(MailVectors, AreSplitIntoWhatWasSignedAndItsSignature) {
  CULVERT_REQUIRE_VECTORS(root);
  int count = 0;
  for (const auto& file : vectors_of(root, "mail", "positive/")) {
    const std::string message = read_text(root / file.at("path").get<std::string>());
    ViewSource source(as_bytes(message));
    const auto front = read_entity_front(source);
    ASSERT_TRUE(front.ok());
    const SmimeForm form = smime_form(front->header);
    ASSERT_NE(form, SmimeForm::none) << file.at("path");
    if (form != SmimeForm::multipart_signed) continue;
    const Split parts = split(message);
    ASSERT_EQ(parts.error, "") << file.at("path");
    EXPECT_EQ(parts.line_ends, LineEnds::crlf);
    if (file.at("layers").size() == 1) {
      EXPECT_EQ(sha256_hex(as_bytes(parts.content)), file.at("expect").at("sha256"))
          << file.at("path");
    }
    const std::string judged = verdict(message);
    // What the CMS side cannot do yet it says; the octets were right.
    EXPECT_TRUE(judged == "valid" || judged == refusal_code(Refusal::unsupported_signature))
        << file.at("path") << ": " << judged;
    ++count;
  }
  EXPECT_GE(count, 10);
}

// A mail that was stored with LF alone is still valid.
TEST(MailVectors, AreValidWithTheLineEndsOfUnix) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& file : vectors_of(root, "mail", "positive/m-signed-")) {
    std::string message = read_text(root / file.at("path").get<std::string>());
    std::erase(message, '\r');
    if (split(message).error == refusal_code(MimeRefusal::not_multipart_signed)) continue;
    EXPECT_EQ(sha256_hex(as_bytes(split(message).content)), file.at("expect").at("sha256"))
        << file.at("path");
    EXPECT_EQ(split(message).line_ends, LineEnds::converted);
  }
}

TEST(MailVectors, AreRefusedForTheirReason) {
  CULVERT_REQUIRE_VECTORS(root);
  const std::map<std::string, std::string> expected{
      {"m-missing-boundary", "no-boundary"},
      {"m-missing-signature-part", "one-part"},
      {"m-three-parts", "too-many-parts"},
      {"m-signature-first", "signature-first"},
      {"m-partial-signature", "not-multipart-signed"},
      {"m-efail-direct", "not-multipart-signed"},
      {"m-encrypted-as-attachment", "not-multipart-signed"},
      {"m-body-changed", "message-digest-mismatch"},
      {"m-line-ends-changed", "message-digest-mismatch"},
      {"m-certs-only-as-signature", "no-signers"},
  };
  std::size_t found = 0;
  for (const auto& file : vectors_of(root, "mail", "negative/")) {
    const std::string judged = verdict(read_text(root / file.at("path").get<std::string>()));
    const auto row = expected.find(stem_of(file));
    if (row != expected.end()) {
      EXPECT_EQ(judged, row->second) << file.at("path");
      ++found;
    } else if (file.at("expect").at("outcome") == "fail") {
      EXPECT_NE(judged, "valid") << file.at("path");
    }
  }
  EXPECT_EQ(found, expected.size());
}

// EFAIL: nothing below the top is an S/MIME object.
TEST(MailVectors, AreNoSmimeObjectIfOnlyAPartIsOne) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const char* name : {"m-partial-signature", "m-efail-direct", "m-encrypted-as-attachment"}) {
    const std::string message = read_text(root / "negative" / (std::string(name) + ".eml"));
    ViewSource source(as_bytes(message));
    EXPECT_EQ(smime_form(read_entity_front(source)->header), SmimeForm::none) << name;
  }
}

std::string header_of(const std::string& message) {
  ViewSource source(as_bytes(message));
  return read_entity_front(source)->header;
}

TEST(MailVectors, ShowTheirProtectedSubject) {
  CULVERT_REQUIRE_VECTORS(root);
  const std::string outer = header_of(read_text(root / "positive/m-header-protection.eml"));
  const std::string content = read_text(root / "content/hp.txt");
  ViewSource source(as_bytes(content));
  const auto payload = read_payload_head(source);
  ASSERT_TRUE(payload.ok());
  const auto header =
      open_header({outer, *payload, Protection::signed_and_encrypted, "gate.b.example"});
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->form, HeaderProtectionForm::rfc9788);
  EXPECT_EQ(header->from, InnerFrom::same);
  EXPECT_TRUE(header->is_restored);
  ASSERT_EQ(header->fields.size(), 5U);
  for (const ProtectedField& field : header->fields) {
    const bool is_hidden = field.name == "Subject";
    EXPECT_EQ(field.protection,
              is_hidden ? Protection::signed_and_encrypted : Protection::signed_only)
        << field.name;
  }
  EXPECT_NE(header->header.find("Subject: the real subject A\r\n"), std::string::npos);
  EXPECT_EQ(header->header.find("[...]"), std::string::npos);
}

TEST(MailVectors, HpCipherIsNotBelievedWithoutEncryption) {
  CULVERT_REQUIRE_VECTORS(root);
  const std::string message = read_text(root / "negative/m-hp-cipher-unencrypted.eml");
  const std::string outer = header_of(message);
  const std::string text = message.substr(message.find("\r\n\r\n") + 4);
  ViewSource encoded(as_bytes(text));
  Base64Source object(encoded);
  const auto reader = SignedDataReader::open(object);
  ASSERT_TRUE(reader.ok());
  const auto payload = read_payload_head(**reader);
  ASSERT_TRUE(payload.ok());
  ASSERT_TRUE((*reader)->finish({})->valid());
  const auto header = open_header({outer, *payload, Protection::signed_only, "gate.b.example"});
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->from, InnerFrom::differs);
  EXPECT_FALSE(header->is_restored);
  ASSERT_FALSE(header->fields.empty());
  for (const ProtectedField& field : header->fields)
    EXPECT_EQ(field.protection, Protection::signed_only) << field.name;
  EXPECT_NE(header->header.find("From: <ceo@a.example>"), std::string::npos);
  EXPECT_EQ(header->header.find("inner"), std::string::npos);
}

// --- Mails of another project: damaged, nested and strange ---

std::vector<std::pair<std::string, std::string>> strange_mails(const std::filesystem::path& root) {
  std::vector<std::pair<std::string, std::string>> mails;
  const auto folder = root.parent_path() / "mails" / "mime4j";
  if (!std::filesystem::exists(folder)) return mails;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".msg")
      mails.emplace_back(entry.path().filename(), read_text(entry.path()));
  }
  return mails;
}

std::string canonical(const std::string& text) {
  ViewSource source(as_bytes(text));
  CanonicalSource lines(source);
  return read_in_pieces(lines, 4096);
}

TEST(StrangeMails, AreNoSignedMessages) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& [name, mail] : strange_mails(root)) {
    const auto refusal = split(mail).error;
    EXPECT_TRUE(mime_refusal_of(permanent_error(refusal, ""))) << name << ": " << refusal;
  }
}

TEST(StrangeMails, AreSignedAndReadBackAsTheyAre) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& [name, mail] : strange_mails(root)) {
    const std::string entity = canonical(mail);
    Bytes out;
    BytesSink sink(out);
    MultipartSignedWriter writer({make_boundary(Bytes(16, 0x5a)), "sha-256"}, sink);
    ASSERT_TRUE(writer.write_entity(as_bytes(entity)).ok()) << name;
    ASSERT_TRUE(writer.write_signature(as_bytes("signature")).ok());
    ASSERT_TRUE(writer.finish().ok());
    const Split parts = split_in_pieces(as_text(out), 1000);
    EXPECT_EQ(parts.error, "") << name;
    EXPECT_TRUE(parts.content == entity) << name;
    EXPECT_EQ(parts.signature, "signature") << name;
  }
}

TEST(StrangeMails, KeepTheirFieldsUnderProtection) {
  CULVERT_REQUIRE_VECTORS(root);
  for (const auto& [name, mail] : strange_mails(root)) {
    const std::string header = header_of(mail);
    HeaderProtectionOptions options;
    options.seal = Protection::signed_and_encrypted;
    const auto head = protect_header(header, options);
    if (!head) {
      const auto fields = fields_of(header);
      const bool all_are_fields = std::all_of(fields.begin(), fields.end(), [](const auto& field) {
        return is_field_name(field.name);
      });
      EXPECT_EQ(mime_refusal_of(head.error()),
                all_are_fields ? MimeRefusal::ambiguous_type : MimeRefusal::bad_header)
          << name;
      continue;
    }
    PayloadHead payload;
    payload.header = head->payload;
    const auto opened = open_header({head->outer, payload, options.seal, "gate.b.example"});
    ASSERT_TRUE(opened.ok()) << name;
    EXPECT_EQ(opened->form, HeaderProtectionForm::rfc9788) << name;
    for (const ProtectedField& field : opened->fields) {
      EXPECT_NE(header.find(field.raw.substr(0, field.raw.size() - 2)), std::string::npos)
          << name << ": " << field.raw;
      EXPECT_EQ(field.protection == Protection::signed_and_encrypted,
                same_name(field.name, "Subject") || same_name(field.name, "Comments") ||
                    same_name(field.name, "Keywords"))
          << name << ": " << field.raw;
    }
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
