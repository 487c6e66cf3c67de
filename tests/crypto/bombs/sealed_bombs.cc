// Nesting, recipients, iterations and pieces in sealed messages.
#include "tests/crypto/bombs/recipes.h"

namespace culvert::crypto::testing {
namespace {

constexpr std::size_t kMany = 1'000'000;

// The smallest RecipientInfo that there is: a shared key's, without anything inside.
const Bytes kSmallest{context_tag(2), 0};

Bytes recipients(std::size_t count) {
  return sealed_message({.recipients = repeated(kSmallest, count)});
}

// A KeyAgreeRecipientInfo with so many recipients by key identifier.
Bytes agreement_with(std::size_t count) {
  const Bytes name = der(context_tag(0), {der_octet_string(Bytes(1))});
  const Bytes one = der_sequence({name, der_octet_string(Bytes(40))});
  const Bytes key =
      der(context_tag(0),
          {der(context_tag(1), {der_algorithm(kOidEcPublicKey), der(kTagBitString, {Bytes(1)})})});
  const Bytes algorithm =
      der_sequence({der_oid(kOidStdDhSha256Kdf), der_algorithm(kOidAes256Wrap)});
  const Bytes all = repeated(one, count);
  const Bytes info =
      der(context_tag(1), {der_integer(3), key, algorithm, der(kTagSequence, {all})});
  return sealed_message({.recipients = info});
}

// A PasswordRecipientInfo that asks for so many rounds, an INTEGER in DER.
Bytes password(std::string_view iterations) {
  const Bytes vector = der_octet_string(Bytes(16));
  const Bytes pbkdf2 =
      der(context_tag(0), {der_oid(Oid{"1.2.840.113549.1.5.12"}),
                           der_sequence({der_octet_string(Bytes(8)), *from_hex(iterations)})});
  const Bytes wrap =
      der_sequence({der_oid(Oid{"1.2.840.113549.1.9.16.3.9"}),
                    der_sequence({der_oid(Oid{"2.16.840.1.101.3.4.1.42"}), vector})});
  return der(context_tag(3), {der_integer(0), pbkdf2, wrap, der_octet_string(Bytes(48))});
}

// A message that opens, its content in pieces of one octet.
Bytes in_pieces(std::size_t octets, std::size_t empty_pieces) {
  const SecretBytes key = random_secret(32);
  const ContentAlgorithm gcm =
      make_content_algorithm(*find_cipher(kOidAes256Gcm.octets()), KeyDerivation::none);
  auto cipher = ContentCipher::start(ContentCipher::Direction::seal, {gcm, key, {}});
  Bytes content(octets);
  const Bytes tag = cipher->finish_seal(content)->tag;
  Bytes element = one_by_one(context_tag(0), content);
  const Bytes empty{kTagOctetString, 0};
  const Bytes more = repeated(empty, empty_pieces);
  element.insert(element.begin() + 2, more.begin(), more.end());
  return sealed_message(
      {.recipients = *seal_key_for(bomb_key(), key, {}),
       .content = element,
       .tag = tag,
       .parameters = der_sequence({der_octet_string(gcm.nonce), der_integer(16)})});
}

}  // namespace

const std::vector<Bomb>& sealed_bombs() {
  using enum BombReader;
  static const std::vector<Bomb> all{
      {"recipients_1001", sealed, [] { return recipients(1001); }, "too-many-recipients"},
      {"recipients_a_million", sealed, [] { return recipients(kMany); }, "too-many-recipients"},
      {"recipients_1001_of_one_agreement", sealed, [] { return agreement_with(1001); },
       "too-many-recipients"},
      {"recipients_a_million_of_one_agreement", sealed, [] { return agreement_with(kMany); },
       "element-too-large"},
      {"recipients_nested", sealed,
       [] { return sealed_message({.recipients = nested(kTagSequence, kMany)}); },
       "nested-too-deep"},
      {"iterations_beyond_the_bound", sealed,
       [] { return sealed_message({.recipients = password("020400989681")}); },
       "too-many-iterations"},
      {"iterations_of_64_bits", sealed,
       [] { return sealed_message({.recipients = password("02087fffffffffffffff")}); },
       "too-many-iterations"},
      {"iterations_of_512_bits", sealed,
       [] { return sealed_message({.recipients = password("0240" + std::string(128, '7'))}); },
       "too-many-iterations"},
      {"iterations_a_thousand_times", sealed,
       [] { return sealed_message({.recipients = repeated(password("020401000000"), 1000)}); },
       "too-many-iterations"},
      {"content_nested", sealed,
       [] {
         return sealed_message({.recipients = *seal_key_for(bomb_key(), random_secret(32), {}),
                                .content = nested(context_tag(0), 1)});
       },
       "bad-length"},
      {"content_of_nested_strings", sealed,
       [] {
         Bytes content = nested(context_tag(0), 1);
         append(content, ByteView(nested(kTagOctetString | kConstructedBit, kMany)));
         return sealed_message(
             {.recipients = *seal_key_for(bomb_key(), random_secret(32), {}), .content = content});
       },
       "nested-too-deep"},
      {"pieces_of_one_octet", sealed, [] { return in_pieces(kMany, 0); }, "read"},
      {"pieces_without_octets", sealed, [] { return in_pieces(10, 5 * kMany); }, "read"},
  };
  return all;
}

}  // namespace culvert::crypto::testing
