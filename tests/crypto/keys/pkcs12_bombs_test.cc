// Files that ask for more work than they are worth: each is refused within a second of processor
// time.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <ctime>

#include "crypto/keys/files/encrypted_key.h"
#include "crypto/keys/files/password_hash.h"
#include "crypto/keys/files/pkcs12.h"
#include "tests/crypto/keys/key_files.h"

namespace culvert::crypto::testing {
namespace {

using ::testing::HasSubstr;

// One element in DER.
Bytes der(std::uint8_t tag, std::initializer_list<ByteView> parts) {
  std::size_t size = 0;
  for (const ByteView part : parts)
    size += part.size();
  Bytes out{tag, 0x83, static_cast<std::uint8_t>(size >> 16), static_cast<std::uint8_t>(size >> 8),
            static_cast<std::uint8_t>(size)};
  for (const ByteView part : parts)
    append(out, part);
  return out;
}
Bytes hex(std::string_view digits) { return *from_hex(digits); }
Bytes repeated(ByteView what, std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i)
    append(out, what);
  return out;
}

const Bytes kData = hex("06092a864886f70d010701");
const Bytes kIterations = hex("02030f4240");  // 1,000,000

// A file without a MAC around SafeContents.
Bytes file_of(ByteView bags) {
  const Bytes contents = der(0x30, {bags});
  const Bytes info = der(0x30, {kData, der(0xa0, {der(0x04, {contents})})});
  const Bytes safe = der(0x30, {info});
  return der(0x30, {hex("020103"), der(0x30, {kData, der(0xa0, {der(0x04, {safe})})})});
}

Bytes bag(std::string_view last_arc, ByteView value) {
  return der(0x30, {hex("060b2a864886f70d010c0a01" + std::string(last_arc)), der(0xa0, {value})});
}

// EncryptedPrivateKeyInfo under PBES2 with a million iterations.
Bytes costly_key() {
  const Bytes pbkdf2 =
      der(0x30, {hex("06092a864886f70d01050c"),
                 der(0x30, {hex("040401020304"), kIterations, hex("300a06082a864886f70d0209")})});
  const Bytes aes = der(0x30, {hex("060960864801650304012a"), der(0x04, {Bytes(16, 0)})});
  const Bytes pbes2 = der(0x30, {hex("06092a864886f70d01050d"), der(0x30, {pbkdf2, aes})});
  return der(0x30, {pbes2, der(0x04, {Bytes(64, 0)})});
}

// Sanitizers keep freed memory for a while, and are slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMeasured = false;
#else
constexpr bool kMeasured = true;
#endif

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// What reading `file` ends with; the processor time and memory that it takes are checked.
std::string outcome(ByteView file) {
  const long before = peak_kilobytes();
  const std::clock_t start = std::clock();
  const auto bundle = read_pkcs12(file, "password", OldForms::read);
  const std::clock_t took = std::clock() - start;
  if (kMeasured) {
    // A slow machine takes one second for what is allowed; the bombs would take minutes.
    EXPECT_LT(took, 2 * CLOCKS_PER_SEC);
    EXPECT_LT(peak_kilobytes() - before, 64 * 1024);
  }
  return problem(bundle);
}

TEST(Pkcs12Bomb, OfOneCostlyKeyEndsLikeAWrongPassword) {
  EXPECT_EQ(outcome(file_of(bag("02", costly_key()))).substr(0, 14), "wrong-password");
}

// Each key alone is within bounds, and the password is right.
TEST(Pkcs12Bomb, OfCostlyKeysIsStoppedByTheSumOfTheirIterations) {
  CULVERT_REQUIRE_VECTORS(root);
  const auto key = encrypted_pkcs8(vector_key(root, "p256"), "password");
  const std::size_t count = kMaxPasswordHashes / kHashesOfHmac / kWrittenIterations;
  EXPECT_EQ(outcome(file_of(repeated(bag("02", *key), count))), "none");
  EXPECT_THAT(outcome(file_of(repeated(bag("02", *key), count + 1))),
              HasSubstr("too many iterations"));
}

TEST(Pkcs12Bomb, OfNestedSafesIsRefused) {
  Bytes inside = der(0x30, {});
  for (int i = 0; i < 1000; ++i)
    inside = der(0x30, {bag("06", inside)});
  EXPECT_THAT(outcome(file_of(bag("06", inside))), HasSubstr("nested too deep"));
}

TEST(Pkcs12Bomb, OfManyBagsIsRefused) {
  EXPECT_THAT(outcome(file_of(repeated(bag("05", hex("0500")), 30'000))),
              HasSubstr("too many bags"));
}

TEST(Pkcs12Bomb, OfManyCertificatesIsRefused) {
  CULVERT_REQUIRE_VECTORS(root);
  const Bytes certificate = vector_certificate(root, "p256").der();
  const Bytes value =
      der(0x30, {hex("060a2a864886f70d01091601"), der(0xa0, {der(0x04, {certificate})})});
  const Bytes one = bag("03", value);
  EXPECT_EQ(outcome(file_of(repeated(one, kMaxBundledCertificates))), "none");
  EXPECT_THAT(outcome(file_of(repeated(one, kMaxBundledCertificates + 1))),
              HasSubstr("too many certificates"));
}

TEST(Pkcs12Bomb, OfManyKeysIsRefused) {
  CULVERT_REQUIRE_VECTORS(root);
  const Bytes key = to_bytes(as_text(vector_key(root, "rsa3072").pkcs8().view()));
  EXPECT_THAT(outcome(file_of(repeated(bag("01", key), kMaxBundledKeys + 1))),
              HasSubstr("too many keys"));
}

TEST(Pkcs12Bomb, OfAnEndlesslyNestedStringIsRefused) {
  Bytes deep =
      hex("3080020103"
          "3080"
          "06092a864886f70d010701"
          "a080");
  append(deep, repeated(hex("2480"), 400'000));
  EXPECT_THAT(outcome(deep), HasSubstr("ill-formed"));
}

TEST(Pkcs12Bomb, OfTooManyOctetsIsRefused) {
  EXPECT_THAT(outcome(Bytes(kMaxKeyFileBytes + 1, 0x30)), HasSubstr("too large"));
}

}  // namespace
}  // namespace culvert::crypto::testing
