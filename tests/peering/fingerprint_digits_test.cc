// The digits were computed by a few lines of Python over hashlib, from the header's description.
#include "peering/fingerprint_digits.h"

#include <gtest/gtest.h>

namespace culvert::peering {
namespace {

TEST(FingerprintDigits, AreThoseOfAnotherProgram) {
  const std::pair<const char*, const char*> known[] = {
      {"0000000000000000000000000000000000000000000000000000000000000000",
       "66943 54720 75319 67298 86183 66711 93042 04925 05685 94041 17363 45479"},
      {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
       "98324 30334 60664 40985 86555 09993 36245 46359 95337 08515 42761 13902"},
      {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
       "12404 20226 73407 48938 08719 56742 79056 30447 60961 53374 49761 16573"},
  };
  for (const auto& [hex, digits] : known)
    EXPECT_EQ(fingerprint_digits(*Fingerprint::from_hex(hex)), digits) << hex;
}

}  // namespace
}  // namespace culvert::peering
