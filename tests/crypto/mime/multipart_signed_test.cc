#include "crypto/mime/multipart_signed.h"

#include "crypto/mime/entity.h"
#include "crypto/mime/header_limits.h"
#include "tests/crypto/mime/support.h"

namespace culvert::crypto::testing {
namespace {

const std::string kHead =
    "From: <p256@a.example>\r\n"
    "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=SHA-256;\r\n"
    " boundary=\"b 1\"\r\n"
    "\r\n";
const std::string kSignature =
    "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "AQID\r\n";
const std::string kContent = "Content-Type: text/plain\r\n\r\nHello\r\n";

// A message whose first part is `content`; a line end belongs to the boundary line behind it.
std::string message_of(const std::string& content, const std::string& signature = kSignature) {
  return kHead + "--b 1\r\n" + content + "\r\n--b 1\r\n" + signature + "\r\n--b 1--\r\n";
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

TEST(MultipartSigned, GivesTheFirstPartAsItIsAndTheSignatureDecoded) {
  const Split parts = split(message_of(kContent));
  EXPECT_EQ(parts.error, "");
  EXPECT_EQ(parts.content, kContent);
  EXPECT_EQ(parts.signature, "\1\2\3");
  EXPECT_EQ(parts.micalg, "sha-256");
  EXPECT_EQ(parts.line_ends, LineEnds::crlf);
}

TEST(MultipartSigned, LeavesOutTheLineEndBeforeTheBoundaryAndNothingElse) {
  for (const std::string body :
       {"", "\r\n", "\r\n\r\n", "x", "x\r\n\r\n", "--", "--b", "--b 2\r\n-"}) {
    const std::string content = "A: b\r\n\r\n" + body;
    EXPECT_EQ(split(message_of(content)).content, content);
  }
  // A part of nothing at all: the boundary lines stand one behind the other.
  const std::string empty = kHead + "--b 1\r\n--b 1\r\n" + kSignature + "--b 1--\r\n";
  EXPECT_EQ(split(empty).content, "");
  EXPECT_EQ(split(empty).signature, "\1\2\3");
}

TEST(MultipartSigned, IgnoresPrologueEpilogueAndWhiteSpaceBehindABoundary) {
  std::string message = replaced(message_of(kContent), "\r\n--b 1\r\n", "\r\n--b 1 \t \r\n");
  message.insert(kHead.size(), "This is a signed message.\r\n--other\r\n--b\r\n");
  message += "epilogue\r\n--b 1\r\nmore\r\n--b 1--x\r\n";
  const Split parts = split(message);
  EXPECT_EQ(parts.error, "");
  EXPECT_EQ(parts.content, kContent);
  EXPECT_EQ(parts.signature, "\1\2\3");
}

TEST(MultipartSigned, ConvertsLinesThatEndInLfAloneAndSaysSo) {
  const std::string unix_file = replaced(message_of(kContent), "\r\n", "\n");
  const Split parts = split(unix_file);
  EXPECT_EQ(parts.error, "");
  EXPECT_EQ(parts.content, kContent);
  EXPECT_EQ(parts.signature, "\1\2\3");
  EXPECT_EQ(parts.line_ends, LineEnds::converted);
}

TEST(MultipartSigned, SaysOnlyOfTheSignedPartThatItWasConverted) {
  const std::string outside = replaced(message_of(kContent), "\r\n--b 1", "\n--b 1");
  EXPECT_EQ(split(outside).line_ends, LineEnds::crlf);
  EXPECT_EQ(split(outside).content, kContent);
  const std::string inside = message_of("A: b\r\n\r\nx\ny");
  EXPECT_EQ(split(inside).line_ends, LineEnds::converted);
  EXPECT_EQ(split(inside).content, "A: b\r\n\r\nx\r\ny");
}

TEST(MultipartSigned, TakesTheLastBoundaryWithoutItsLineEnd) {
  std::string message = message_of(kContent);
  message.resize(message.size() - 2);
  EXPECT_EQ(split(message).signature, "\1\2\3");
}

TEST(MultipartSigned, TakesABinarySignature) {
  const std::string part =
      "Content-Type: application/x-pkcs7-signature\r\n"
      "Content-Transfer-Encoding: binary\r\n\r\n\x30\x01\n\xff";
  EXPECT_EQ(split(message_of(kContent, part)).signature, "\x30\x01\n\xff");
}

TEST(MultipartSigned, ShowsDamagedBase64WhenTheSignatureIsRead) {
  const Split parts = split(message_of(kContent, replaced(kSignature, "AQID", "AQI*")));
  EXPECT_EQ(parts.error, "");
  EXPECT_EQ(parts.signature, "error: bad-base64");
}

TEST(MultipartSigned, TakesABoundaryOfSeventyOctetsAndNoLonger) {
  const std::string seventy(70, 'b');
  EXPECT_EQ(split(replaced(message_of(kContent), "b 1", seventy)).error, "");
  EXPECT_EQ(split(replaced(message_of(kContent), "b 1", seventy + "b")).error, "bad-boundary");
}

TEST(MultipartSigned, FindsABoundaryThatTheLastLineOfAMultipartResembles) {
  const std::string content =
      "Content-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n\r\nx\r\n--inner--\r\n";
  EXPECT_EQ(split(message_of(content)).content, content);
}

TEST(MultipartSigned, TakesASignatureThatIsAFileByItsName) {
  constexpr std::string_view kTyped = "application/pkcs7-signature; name=smime.p7s";
  for (const char* type :
       {"application/octet-stream; name=smime.p7s", "application/octet-stream; name=\"X.P7S\"",
        "application/octet-stream\r\nContent-Disposition: attachment; filename=smime.p7s"}) {
    const std::string part = replaced(kSignature, kTyped, type);
    EXPECT_EQ(split(message_of(kContent, part)).content, kContent) << type;
  }
  for (const char* type : {"application/octet-stream", "application/octet-stream; name=smime.p7m",
                           "text/plain; name=smime.p7s", "application/octet-stream; x=smime.p7s"}) {
    const std::string part = replaced(kSignature, kTyped, type);
    const std::string message = message_of(kContent, part);
    ViewSource source(as_bytes(message));
    EXPECT_FALSE(MultipartSigned::open(source).ok()) << type;
  }
}

struct Refused {
  std::string what;
  std::string message;
  MimeRefusal reason;
};

std::vector<Refused> refused_messages() {
  const std::string good = message_of(kContent);
  const std::string third = "\r\n--b 1\r\n" + kContent;
  const std::string nested =
      "Content-Type: multipart/mixed; boundary=\"b 1\"\r\n\r\n--b 1\r\n\r\nx\r\n--b 1--";
  return {
      {"another type", replaced(good, "multipart/signed", "multipart/mixed"),
       MimeRefusal::not_multipart_signed},
      {"no type", "From: a\r\n\r\nx", MimeRefusal::not_multipart_signed},
      {"two types", "Content-Type: text/plain\r\n" + good, MimeRefusal::ambiguous_type},
      {"an encoded multipart", "Content-Transfer-Encoding: base64\r\n" + good,
       MimeRefusal::unsupported_encoding},
      {"OpenPGP", replaced(good, "protocol=\"application/pkcs7", "protocol=\"application/pgp"),
       MimeRefusal::other_protocol},
      {"no boundary", replaced(good, " boundary=\"b 1\"", " x=y"), MimeRefusal::no_boundary},
      {"two boundaries", replaced(good, " boundary=\"b 1\"", " boundary=a; boundary=\"b 1\""),
       MimeRefusal::no_boundary},
      {"an empty boundary", replaced(good, "boundary=\"b 1\"", "boundary=\"\""),
       MimeRefusal::bad_boundary},
      {"a boundary that ends in a blank", replaced(good, "boundary=\"b 1\"", "boundary=\"b \""),
       MimeRefusal::bad_boundary},
      {"a control character", replaced(good, "boundary=\"b 1\"", "boundary=\"b\t1\""),
       MimeRefusal::bad_boundary},
      {"no parts", kHead + "text\r\n", MimeRefusal::no_parts},
      {"no parts, closed", kHead + "--b 1--\r\n", MimeRefusal::no_parts},
      {"no body", kHead.substr(0, kHead.size() - 2), MimeRefusal::no_parts},
      {"one part", kHead + "--b 1\r\n" + kContent + "\r\n--b 1--\r\n", MimeRefusal::one_part},
      {"three parts",
       kHead + "--b 1\r\n" + kContent + third + "\r\n--b 1\r\n" + kSignature + "\r\n--b 1--\r\n",
       MimeRefusal::too_many_parts},
      {"signature first", kHead + "--b 1\r\n" + kSignature + third + "\r\n--b 1--\r\n",
       MimeRefusal::signature_first},
      {"no signature", kHead + "--b 1\r\n" + kContent + third + "\r\n--b 1--\r\n",
       MimeRefusal::no_signature_part},
      {"no end", kHead + "--b 1\r\n" + kContent + "\r\n--b 1\r\n" + kSignature,
       MimeRefusal::no_closing_boundary},
      {"end cut", good.substr(0, good.size() - 4), MimeRefusal::too_many_parts},
      {"text behind a boundary", message_of("A: b\r\n\r\n--b 1x\r\n"),
       MimeRefusal::ambiguous_boundary},
      {"text behind the end", message_of("A: b\r\n\r\n--b 1--x\r\n"),
       MimeRefusal::ambiguous_boundary},
      {"a CR behind a boundary", message_of("A: b\r\n\r\n--b 1\r\r\n"),
       MimeRefusal::ambiguous_boundary},
      {"a boundary line without end",
       message_of("A: b\r\n\r\n--b 1" + std::string(5000, ' ') + "\r\n"),
       MimeRefusal::ambiguous_boundary},
      {"the same boundary inside", message_of(nested), MimeRefusal::nested_boundary},
      {"a boundary inside that begins with ours", message_of(replaced(nested, "b 1", "b 12")),
       MimeRefusal::nested_boundary},
      {"text behind the first boundary, then the same boundary inside",
       kHead + "--b 1x\r\n" + nested + "\r\n--b 1\r\n" + kSignature + "\r\n--b 1--\r\n",
       MimeRefusal::ambiguous_boundary},
      {"two types of the signature",
       message_of(kContent, "Content-Type: application/pkcs7-signature\r\n" + kSignature),
       MimeRefusal::ambiguous_type},
      {"quoted-printable", message_of(kContent, replaced(kSignature, "base64", "quoted-printable")),
       MimeRefusal::unsupported_encoding},
      {"a From in the middle of a line", "X: y\rFrom: ceo@a.example\r\n" + good,
       MimeRefusal::bad_header},
      {"a line that is no field", "junk\r\n" + good, MimeRefusal::bad_header},
      {"a large header inside",
       message_of("A: " + std::string(kMessageHeader.bytes, 'x') + "\r\n\r\n"),
       MimeRefusal::header_too_large},
  };
}

TEST(MultipartSigned, RefusesWithAReason) {
  for (const Refused& refused : refused_messages()) {
    ViewSource source(as_bytes(refused.message));
    const auto parts = MultipartSigned::open(source);
    ASSERT_FALSE(parts.ok()) << refused.what;
    const auto reason = mime_refusal_of(parts.error());
    ASSERT_TRUE(reason) << refused.what << ": " << parts.error().code;
    EXPECT_EQ(refusal_code(*reason), refusal_code(refused.reason)) << refused.what;
    EXPECT_EQ(parts.error().fault, Fault::permanent);
  }
}

TEST(MultipartSigned, RefusesTheSameHoweverItIsCut) {
  for (const Refused& refused : refused_messages()) {
    if (refused.message.size() > kMessageHeader.bytes) continue;
    EXPECT_EQ(split(refused.message).error, refusal_code(refused.reason)) << refused.what;
  }
}

TEST(MultipartSigned, RefusesOrEndsAtEveryTruncation) {
  const std::string message = message_of(kContent);
  const std::size_t closed = message.size() - 2;  // without the last line end
  for (std::size_t size = 0; size < closed; ++size) {
    EXPECT_NE(split_in_pieces(message.substr(0, size), 1000).error, "") << size;
  }
}

// Named attack: Two boundaries. One reader takes the first, another the second, and the signature
// is over what only one of them shows.
TEST(MultipartSigned, TwoBoundariesThatReadersChooseFromAreRefused) {
  for (const char* type : {
           "boundary*0=\"evil\"; boundary=\"b 1\"",
           "boundary=\"b 1\"; boundary*0=\"evil\"",
           "boundary*=us-ascii''evil; boundary=\"b 1\"",
           "Boundary*=us-ascii''evil; boundary=\"b 1\"",
           "(a; boundary=evil; b) boundary=\"b 1\"",
           "boundary=\"b 1\" (; boundary=evil)",
           "boundary=\"b 1\"; (boundary=evil",
           "x=a\"; boundary=\"b 1\"; y=\"b; boundary=\"evil\"",
           "boundary x=\"evil\"; boundary=\"b 1\"",
           "x=\"\\\\\"; boundary=\"b 1\"; y=\"; boundary=\\\"evil\\\"\"",
           "x=\"; boundary=evil; \"; boundary=\"b 1\"",
           "boundary=ev\xefl; boundary=\"b 1\"",
           "boundary=; boundary=\"b 1\"",
           "boundary=\"evil; boundary=\"b 1\"",
           "=evil; boundary=\"b 1\"",
           "evil; boundary=\"b 1\"",
           "boundary=\"b 1\" evil",
           "x=\"y\rboundary=evil;\"; boundary=\"b 1\"",
           "boundary=\"b\r\n 1\"",
           "boundary=\"\\b 1\"",
           "protocol=\"application/pgp-signature\"; boundary=\"b 1\"",
           "protocol*=us-ascii''application%2fpgp-signature; boundary=\"b 1\"",
       }) {
    const std::string message = replaced(message_of(kContent), "boundary=\"b 1\"", type);
    EXPECT_EQ(split(message).error, "ambiguous-type") << type;
  }
}

TEST(MultipartSigned, TakesEveryUsualWayToWriteItsType) {
  for (const char* type :
       {"boundary=\"b 1\";", "boundary=\"b 1\";\r\n ", "; boundary=\"b 1\" ;", "BOUNDARY = \"b 1\"",
        "charset=utf-8;\r\n\tboundary=\"b 1\"", "boundary=\"b 1\"; x*0=a; x*1=b",
        "boundary=\"b 1\"; x=\"\xc3\xa4 (x)\""}) {
    const std::string message = replaced(message_of(kContent), "boundary=\"b 1\"", type);
    EXPECT_EQ(split(message).error, "") << type;
    EXPECT_EQ(split(message).content, kContent) << type;
  }
}

// What signature checking does: the head of the CMS object, then all that is signed, then the rest.
TEST(MultipartSigned, IsReadInTurnsInConstantMemory) {
  std::string body = "A: b\r\n\r\n";
  for (int i = 0; i < 100'000; ++i)
    body += "line " + std::to_string(i) + "\r\n";
  const std::string message = message_of(body);
  TricklingSource source(as_bytes(message), 1000);
  const auto parts = MultipartSigned::open(source);
  ASSERT_TRUE(parts.ok());
  Bytes octet(1);
  ASSERT_EQ(*(*parts)->signature().read(octet), 1U);
  EXPECT_EQ(octet[0], 1);
  EXPECT_TRUE(read_in_pieces((*parts)->content(), 4096) == body);
  EXPECT_EQ(read_in_pieces((*parts)->signature(), 4096), "\2\3");
  EXPECT_LE(source.rewinds, 6);
  ASSERT_TRUE((*parts)->content().rewind().ok());
  EXPECT_TRUE(read_in_pieces((*parts)->content(), 4096) == body);
}

TEST(SmimeForm, IsToldByTheTopLevelTypeOrByAFileName) {
  const std::vector<std::pair<std::string, SmimeForm>> headers{
      {"Content-Type: application/pkcs7-mime\r\n", SmimeForm::pkcs7_mime},
      {"Content-Type: application/x-pkcs7-mime\r\n", SmimeForm::pkcs7_mime},
      {"Content-Type: Multipart/Signed; boundary=b\r\n", SmimeForm::multipart_signed},
      {"Content-Type: application/octet-stream; name=\"SMIME.P7M\"\r\n", SmimeForm::pkcs7_mime},
      {"Content-Type: application/octet-stream\r\n"
       "Content-Disposition: attachment; filename=smime.p7c\r\n",
       SmimeForm::pkcs7_mime},
      {"Content-Type: application/octet-stream; name=p7m\r\n", SmimeForm::none},
      {"Content-Type: text/plain; name=smime.p7m\r\n", SmimeForm::none},
      {"Content-Type: multipart/mixed; boundary=b\r\n", SmimeForm::none},
      {"Subject: none\r\n", SmimeForm::none},
      {"Content-Type: application/pkcs7-mime\r\nContent-Type: application/pkcs7-mime\r\n",
       SmimeForm::none},
  };
  for (const auto& [header, form] : headers)
    EXPECT_EQ(smime_form(header), form) << header;
}

TEST(StructuralField, DescribesAnEntity) {
  for (const char* name : {"Content-Type", "content-id", "MIME-Version", "Content-X"})
    EXPECT_TRUE(is_structural_field(name)) << name;
  for (const char* name : {"Content", "Subject", "MIME", "X-Content-Type", ""})
    EXPECT_FALSE(is_structural_field(name)) << name;
}

}  // namespace
}  // namespace culvert::crypto::testing
