// Sealed messages with one bit flipped: every one is refused, and nothing of it is released.
#include <algorithm>
#include <numeric>
#include <random>

#include "tests/crypto/vectors/vector_keys.h"

namespace culvert::crypto::testing {
namespace {

// One recipient each, as different as there are: RSA with PKCS#1 v1.5 and OAEP, ECDH on two curves,
// X25519, shared key, password, KEM; AES-GCM of both sizes, ChaCha20-Poly1305, CEK-HKDF; with and
// without authenticated attributes; DER, and BER in pieces of one octet. None has unauthAttrs,
// which nothing authenticates (RFC 5083, 2.1).
constexpr const char* kMessages[] = {"ae-icvlen-absent-aes128", "ae-oaep-aes256-gcm",
                                     "ae-p384-aes256-gcm",      "ae-bp256-aes128-gcm",
                                     "ae-kek-aes256-gcm",       "ae-pwri",
                                     "ae-chacha20-authattrs",   "ae-ber-chunk1",
                                     "ietf-rfc9936-mlkem512",   "ae-cek-hkdf-aes128-gcm-authattrs"};
constexpr std::size_t kFlips = 1000;  // of each
constexpr std::size_t kFrontOctets = 60;

struct Attempt {
  bool refused = false;
  std::size_t released = 0;  // octets of plaintext before the refusal
};

// Reads as a caller does who keeps what he gets.
Attempt attempt(ByteView sealed, const KeyRing& ring) {
  ViewSource source(sealed);
  const auto reader = EnvelopedReader::open(source, ring);
  if (!reader) return {refusal_of(reader.error()).has_value()};
  Attempt out;
  Bytes into(100);
  while (true) {
    const auto count = (*reader)->read(into);
    if (!count) out.refused = refusal_of(count.error()).has_value();
    if (!count || *count == 0) return out;
    out.released += *count;
  }
}

// Different bits of so many octets, kFlips in all and the same in every run: those of the front,
// where types, versions and lengths stand, and some of all others.
std::vector<std::size_t> chosen_bits(std::size_t octets) {
  std::vector<std::size_t> bits(octets * 8);
  std::iota(bits.begin(), bits.end(), std::size_t{0});
  std::shuffle(bits.begin() + kFrontOctets * 8, bits.end(), std::mt19937(5083));
  bits.resize(kFlips);
  return bits;
}

std::optional<IssuerAndSerial> recipient_of(ByteView sealed) {
  ViewSource source(sealed);
  const auto peek = peek_recipients(source);
  if (!peek || peek->names.size() != 1) return std::nullopt;
  const auto* name = std::get_if<IssuerAndSerial>(&peek->names[0]);
  return name == nullptr ? std::nullopt : std::optional(*name);
}

// True if the flip changed the issuer's name to another writing of the same, another case or kind
// of string (RFC 5280, 7.1). Nothing authenticates how a recipient is called.
bool calls_the_same(ByteView sealed, ByteView bad, const KeyRing& ring) {
  const auto before = recipient_of(sealed);
  const auto after = recipient_of(bad);
  return before && after && before->issuer != after->issuer && ring.find(*after);
}

// How many of the messages with one of `bits` flipped are refused, and release nothing; or are the
// same message.
std::size_t count_refused(ByteView sealed, const KeyRing& ring,
                          const std::vector<std::size_t>& bits) {
  std::size_t refused = 0;
  for (const std::size_t bit : bits) {
    Bytes bad(sealed.begin(), sealed.end());
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    if (calls_the_same(sealed, bad, ring)) {
      EXPECT_EQ(*open(bad, ring), *open(sealed, ring));
      ++refused;
      continue;
    }
    const Attempt result = attempt(bad, ring);
    EXPECT_EQ(result.released, 0U) << "octet " << bit / 8 << ", bit " << bit % 8;
    EXPECT_TRUE(result.refused) << "octet " << bit / 8 << ", bit " << bit % 8;
    if (result.refused && result.released == 0) ++refused;
  }
  return refused;
}

TEST(BitFlips, AreAllRefusedWithoutOneOctetOfPlaintext) {
  CULVERT_REQUIRE_VECTORS(root);
  std::size_t refused = 0;
  for (const char* name : kMessages) {
    SCOPED_TRACE(name);
    const auto files = vectors_of(root, "auth-enveloped", std::string("positive/") + name + ".cms");
    ASSERT_EQ(files.size(), 1U);
    ASSERT_EQ(files[0].at("open").size(), 1U);
    MemoryKeyRing ring;
    add_keys(root, files[0], ring);
    const Bytes sealed = read_file(root / files[0].at("path").get<std::string>());
    ASSERT_TRUE(open(sealed, ring));
    refused += count_refused(sealed, ring, chosen_bits(sealed.size()));
  }
  EXPECT_EQ(refused, std::size(kMessages) * kFlips);
}

}  // namespace
}  // namespace culvert::crypto::testing
