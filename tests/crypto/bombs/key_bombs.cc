// Files of keys and certificates. More about PKCS#12 is in tests/crypto/keys/pkcs12_bombs_test.cc.
#include "crypto/base/clock.h"
#include "crypto/keys/files/key_bundle.h"
#include "tests/crypto/bombs/recipes.h"

namespace culvert::crypto::testing {
namespace {

constexpr Oid kOidRsa{"1.2.840.113549.1.1.1"};

Bytes number(std::size_t bits) {
  Bytes octets(bits / 8 + 1, 0xa5);
  octets.front() = 0;
  octets.back() |= 1;
  return der(kTagInteger, {octets});
}

Bytes rsa_algorithm() { return der_sequence({der_oid(kOidRsa), der(kTagNull, {})}); }

Bytes bit_string(ByteView content) { return der(kTagBitString, {Bytes(1), content}); }

// A certificate of a key that nobody made.
Bytes certificate(std::size_t bits, std::size_t exponent_bits) {
  const Bytes key = der_sequence({number(bits), number(exponent_bits)});
  const Bytes name = der_sequence(
      {der(kTagSet, {der_sequence({der_oid(Oid{"2.5.4.3"}), der(0x0c, {as_bytes("a")})})})});
  const Bytes validity =
      der_sequence({der_time(from_unix(1'700'000'000)), der_time(from_unix(1'800'000'000))});
  const Bytes body =
      der_sequence({der(context_tag(0), {der_integer(2)}), der_integer(1), rsa_algorithm(), name,
                    validity, name, der_sequence({rsa_algorithm(), bit_string(key)})});
  return der_sequence({body, rsa_algorithm(), bit_string(Bytes(256))});
}

// PKCS#8 around an RSAPrivateKey of numbers that are none.
Bytes private_key(std::size_t bits, std::size_t exponent_bits) {
  const Bytes half = number(bits / 2);
  const Bytes key = der_sequence({der_integer(0), number(bits), number(exponent_bits), number(bits),
                                  half, half, half, half, half});
  return der_sequence({der_integer(0), rsa_algorithm(), der_octet_string(key)});
}

}  // namespace

const std::vector<Bomb>& key_bombs() {
  using enum BombReader;
  static const std::vector<Bomb> all{
      {"certificate_of_16400_bits", key_file, [] { return certificate(16'400, 24); }, "read"},
      {"certificate_of_7_million_bits", key_file, [] { return certificate(7'000'000, 24); },
       "bad-certificate"},
      {"certificate_with_an_exponent_of_16384_bits", key_file,
       [] { return certificate(16'384, 16'384); }, "read"},
      {"private_key_of_16384_bits", key_file, [] { return private_key(16'384, 16'384); },
       "bad-key"},
      {"private_key_of_24000_bits", key_file, [] { return private_key(24'000, 24); }, "bad-key"},
      {"private_key_of_a_million_bits", key_file, [] { return private_key(1'000'000, 24); },
       "bad-key"},
      {"key_file_beyond_the_bound", key_file, [] { return Bytes(kMaxKeyFileBytes + 1, 0x30); },
       "bad-key-file"},
      {"key_file_nested", key_file, [] { return nested(kTagSequence, 500'000); }, "bad-key-file"},
      {"key_file_nested_whole", key_file, [] { return nested_whole(kTagSequence, 200'000); },
       "bad-certificate"},
  };
  return all;
}

}  // namespace culvert::crypto::testing
