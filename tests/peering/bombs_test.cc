// Named attack: JSON bomb, and its kind: what strangers post to the peering port to make it work.
// Every parser that they reach before anything is known of them is given a megabyte of the worst.
#include "crypto/cms/algorithms.h"
#include "crypto/cms/der_writer.h"
#include "crypto/mime/base64.h"
#include "tests/peering/test_node.h"
#include "tests/support/cost_by_size.h"

namespace culvert::peering {
namespace {

std::string repeated(std::string_view piece, std::size_t size_bytes) {
  std::string out;
  while (out.size() < size_bytes)
    out += piece;
  return out;
}

SizedBomb json_bomb(std::string name, std::string front, std::string piece, std::string back) {
  return {std::move(name),
          [front = std::move(front), piece = std::move(piece), back = std::move(back)](
              std::size_t size) { return to_bytes(front + repeated(piece, size) + back); }};
}

// Members with names of their own, so that none is a duplicate.
SizedBomb many_members(std::string name, const std::string& front, const std::string& back) {
  return {std::move(name), [front, back](std::size_t size) {
            std::string text = front;
            for (std::size_t i = 0; text.size() < size; ++i)
              text += "\"m" + std::to_string(i) + "\":0,";
            return to_bytes(text + "\"end\":0}" + back);
          }};
}

std::vector<SizedBomb> json_bombs() {
  return {
      json_bomb("list_of_objects", "{\"a\":[{}", ",{}", "]}"),
      json_bomb("list_of_lists", "{\"a\":[[]", ",[]", "]}"),
      json_bomb("list_of_lists_of_objects", "{\"a\":[[{}]", ",[{},{}]", "]}"),
      json_bomb("list_of_objects_with_a_member", "{\"a\":[0", ",{\"b\":{}}", "]}"),
      json_bomb("list_of_texts", "{\"a\":[\"\"", ",\"\"", "]}"),
      json_bomb("list_of_numbers", "{\"a\":[0", ",1e9", "]}"),
      json_bomb("same_member", "{\"a\":0", ",\"a\":0", "}"),
      json_bomb("nested_lists", "{\"a\":", "[", ""),
      json_bomb("nested_objects", "", "{\"a\":", ""),
      json_bomb("long_name", "{\"", "n", "\":0}"),
      json_bomb("long_text", "{\"a\":\"", "t", "\"}"),
      json_bomb("escapes", "{\"a\":\"", "\\u00e9", "\"}"),
      json_bomb("surrogates", "{\"a\":\"", "\\ud83d\\ude00", "\"}"),
      json_bomb("long_number", "{\"a\":1", "0", "}"),
      json_bomb("long_fraction", "{\"a\":0.", "1", "}"),
      json_bomb("long_exponent", "{\"a\":1e-", "1", "}"),
      json_bomb("blanks", "{", " ", "}"),
      json_bomb("blanks_behind", "{}", "\n", ""),
      json_bomb("not_ended", "{\"a\":\"", "\\\\", ""),
      many_members("members", "{", ""),
      many_members("members_inside", "{\"a\":[{", "]}"),
  };
}

TEST(JsonBomb, CostsALittleWhateverIsInIt) {
  for (const SizedBomb& bomb : json_bombs()) {
    expect_linear_and_cheap(bomb,
                            [](ByteView text) { static_cast<void>(JsonObject::parse(text).ok()); });
  }
}

TEST(JsonBomb, TheFullestCardIsReadAndCostsALittle) {
  const SizedBomb card{"card", [](std::size_t size) {
                         std::vector<std::string> revoked(size / 70, std::string(64, 'a'));
                         std::vector<std::string> domains(size / 1000, "a.example");
                         JsonWriter writer;
                         writer.texts("revoked", revoked).texts("domains", domains);
                         return writer.finish();
                       }};
  expect_linear_and_cheap(card, [](ByteView text) { EXPECT_TRUE(JsonObject::parse(text).ok()); });
}

// --- messages: the CMS around the document ---

class MessageBomb : public testing::Test {
 protected:
  // A SignedData with that in it.
  static Bytes signed_data(ByteView content, ByteView certificates, ByteView behind) {
    using namespace crypto;
    const Bytes inner = der_sequence({der_oid(kOidData), der(context_tag(0), {content})});
    const Bytes all = der_sequence({der_integer(1), der(kTagSet, {der_algorithm(kOidSha256)}),
                                    inner, der(context_tag(0), {certificates}), behind});
    return der_sequence({der_oid(kOidSignedData), der(context_tag(0), {all})});
  }
  static Bytes many(ByteView piece, std::size_t size_bytes) {
    Bytes out;
    while (out.size() < size_bytes)
      append(out, piece);
    return out;
  }

  TestNode a_{"gate.a.example", {"a.example"}};
  TestNode b_{"gate.b.example", {"b.example"}};
};

TEST_F(MessageBomb, CostsALittleWhateverStandsAroundTheDocument) {
  using namespace crypto;
  const Bytes certificate = b_.identity().certificate.der();
  const Bytes octets = der_octet_string(as_bytes("{}"));
  const Bytes no_signers = der(kTagSet, {});
  const SizedBomb bombs[] = {
      {"certificates",
       [&](std::size_t n) { return signed_data(octets, many(certificate, n), no_signers); }},
      {"one_large_certificate",
       [&](std::size_t n) {
         return signed_data(octets, der_sequence({many(certificate, n)}), no_signers);
       }},
      {"elements_that_are_no_certificates",
       [&](std::size_t n) { return signed_data(octets, many(der_integer(1), n), no_signers); }},
      {"signers",
       [&](std::size_t n) {
         return signed_data(octets, certificate, der(kTagSet, {many(der_sequence({}), n)}));
       }},
      {"lists_of_revoked",
       [&](std::size_t n) {
         return signed_data(octets, certificate, der(context_tag(1), {many(der_sequence({}), n)}));
       }},
      {"content_in_pieces",
       [&](std::size_t n) {
         const Bytes pieces = many(der_octet_string(as_bytes("{")), n);
         return signed_data(der(kTagOctetString | kConstructedBit, {pieces}), certificate,
                            no_signers);
       }},
      {"empty_pieces",
       [&](std::size_t n) {
         const Bytes pieces = many(der_octet_string({}), n);
         return signed_data(der(kTagOctetString | kConstructedBit, {pieces}), certificate,
                            no_signers);
       }},
      {"nested",
       [](std::size_t n) {
         return many(Bytes{0x30, 0x80}, n);
       }},
      {"document_of_a_stranger",
       [&](std::size_t n) {
         const std::string text = "{\"a\":[{}" + repeated(",{}", n) + "]}";
         return sign_message(b_.ring(), b_.identity().certificate, as_bytes(text), b_.now())
             .value();
       }},
      {"accept_of_a_stranger",
       [&](std::size_t n) {
         JsonWriter writer =
             begin_document(DocumentType::accept,
                            {b_.fingerprint(), a_.fingerprint(), random_document_id(), b_.now()});
         writer.text("invitation", std::string(32, '0')).text("mac", std::string(64, '0'));
         writer.text("card", repeated("AAAA", n));
         return sign_message(b_.ring(), b_.identity().certificate, writer.finish(), b_.now())
             .value();
       }},
  };
  for (const SizedBomb& bomb : bombs) {
    expect_linear_and_cheap(
        bomb, [](ByteView message) { static_cast<void>(verify_document(message).ok()); });
    expect_linear_and_cheap(bomb,
                            [this](ByteView message) { EXPECT_FALSE(a_.receive(message).ok()); });
  }
  EXPECT_FALSE(a_.peer(b_).has_value());
}

TEST(Base64Bomb, CostsALittleWhateverIsInIt) {
  const SizedBomb bombs[] = {
      json_bomb("line_ends", "", "\r\n", ""),      json_bomb("one_a_line", "", "A\n", ""),
      json_bomb("padding", "", "=", ""),           json_bomb("padded_groups", "", "AA==", ""),
      json_bomb("carriage_returns", "", "\r", ""), json_bomb("text", "", "AAAA", ""),
  };
  for (const SizedBomb& bomb : bombs) {
    expect_linear_and_cheap(
        bomb, [](ByteView text) { static_cast<void>(crypto::from_base64(as_text(text)).ok()); });
  }
}

TEST(InvitationBomb, CostsALittleWhateverIsInIt) {
  const SizedBomb bombs[] = {
      json_bomb("blanks", "culvert1-", " ", ""),
      json_bomb("letters", "culvert1-", "a", ""),
      json_bomb("prefixes", "", "culvert1-", ""),
      json_bomb("digits", "culvert1-", "7", ""),
  };
  for (const SizedBomb& bomb : bombs) {
    expect_linear_and_cheap(bomb,
                            [](ByteView code) { EXPECT_FALSE(read_code(as_text(code)).ok()); });
  }
}

// --- a peer's own card, as full as it may be ---

TEST_F(MessageBomb, TheFullestCardOfAPeerCostsALittle) {
  Wire wire;
  pair(a_, b_, wire);
  std::uint64_t serial = 10;
  const SizedBomb full{"card", [&](std::size_t size) {
                         Card card = b_.card_values();
                         card.serial = ++serial;
                         card.domains.clear();
                         for (std::size_t i = 0; i < size / 1000; ++i)
                           card.domains.push_back("d" + std::to_string(i) + ".b.example");
                         for (std::size_t i = 0; i < size / 100; ++i)
                           card.revoked.push_back(*Fingerprint::from_bytes(
                               crypto::sha256(as_bytes(std::to_string(i)))));
                         return sign_card(card, b_.signer()).value();
                       }};
  expect_linear_and_cheap(full, [](ByteView message) { EXPECT_TRUE(open_card(message).ok()); });
  const auto card = open_card(full.make(kLargeBombBytes));
  ASSERT_TRUE(card.ok());
  EXPECT_EQ(card->card.domains.size(), kMaxCardDomains);
  EXPECT_EQ(card->card.revoked.size(), kMaxRevoked);
  const double judged = best_seconds_of([&] {
    EXPECT_EQ(judge_card(*card, {}, {a_.domains(), a_.now()}).verdict, CardVerdict::accepted);
  });
  EXPECT_LT(judged, kMostSecondsPerMegabyte * kSlowMachine);
  // Stored once: every further time it is known.
  const double taken =
      best_seconds_of([&] { static_cast<void>(a_.receive(full.make(kLargeBombBytes)).ok()); });
  EXPECT_LT(taken, 1.0);
}

}  // namespace
}  // namespace culvert::peering
