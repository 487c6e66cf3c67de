#include "crypto/keys/ber_elements.h"

#include <gtest/gtest.h>

#include <ctime>

namespace culvert::crypto {
namespace {

Bytes hex(std::string_view digits) { return *from_hex(digits); }

std::string octets_in(std::string_view digits) {
  const Bytes ber = hex(digits);
  BerElements in(ber);
  const SecretBytes octets = in.octets();
  return in.finished() ? to_hex(octets.view()) : "refused";
}

TEST(BerElements, PutsThePiecesOfAStringTogether) {
  EXPECT_EQ(octets_in("0403010203"), "010203");
  EXPECT_EQ(octets_in("2407040101040202"), "refused");
  EXPECT_EQ(octets_in("24070401010402"
                      "0203"),
            "010203");
  EXPECT_EQ(octets_in("2480040101"
                      "24050403020304"
                      "0000"),
            "01020304");
  EXPECT_EQ(octets_in("2480"
                      "0000"),
            "");
  EXPECT_EQ(octets_in("2403020101"), "refused");
  EXPECT_EQ(octets_in("2480040101"), "refused");
}

TEST(BerElements, ReadsIndefiniteLengthsWithinEachOther) {
  const Bytes ber =
      hex("3080"
          "3080"
          "020105"
          "0000"
          "0403"
          "000000"
          "0000");
  BerElements in(ber);
  BerElements outer = in.enter(BerTag::sequence);
  BerElements inner = outer.enter(BerTag::sequence);
  EXPECT_EQ(inner.number(), 5U);
  EXPECT_EQ(outer.content(BerTag::octet_string).size(), 3U);
  EXPECT_TRUE(in.finished() && outer.finished() && inner.finished());
}

TEST(BerElements, RefuseLengthsBeyondTheirEnd) {
  for (const char* digits : {"04", "0405aa", "0480aa0000", "0484ffffffff", "0485000000000100",
                             "3080020101", "30800201", "1f010100", "0000"}) {
    const Bytes ber = hex(digits);
    BerElements in(ber);
    in.whole();
    EXPECT_FALSE(in.good()) << digits;
  }
}

TEST(BerElements, GiveNothingMoreAfterARefusal) {
  const Bytes ber =
      hex("020101"
          "020102");
  BerElements in(ber);
  EXPECT_TRUE(in.content(BerTag::octet_string).empty());
  EXPECT_EQ(in.number(), 0U);
  EXPECT_FALSE(in.more());
  EXPECT_FALSE(in.enter(BerTag::sequence).good());
  EXPECT_FALSE(in.finished());
}

TEST(BerElements, ReadNumbersInTheirShortestFormOnly) {
  const auto number_in = [](std::string_view digits) -> std::int64_t {
    const Bytes ber = hex(digits);
    BerElements in(ber);
    const std::uint64_t number = in.number();
    return in.finished() ? static_cast<std::int64_t>(number) : -1;
  };
  EXPECT_EQ(number_in("020100"), 0);
  EXPECT_EQ(number_in("02020080"), 128);
  EXPECT_EQ(number_in("02087fffffffffffffff"), 0x7fffffffffffffff);
  EXPECT_EQ(number_in("0200"), -1);
  EXPECT_EQ(number_in("02020001"), -1);
  EXPECT_EQ(number_in("0201ff"), -1);
  EXPECT_EQ(number_in("0209008000000000000000"), -1);
}

TEST(BerElements, ReadObjectIdentifiers) {
  const auto oid_in = [](std::string_view digits) {
    const Bytes ber = hex(digits);
    BerElements in(ber);
    return in.oid();
  };
  EXPECT_EQ(oid_in("06092a864886f70d010701"), "1.2.840.113549.1.7.1");
  EXPECT_EQ(oid_in("0603883703"), "2.999.3");
  EXPECT_EQ(oid_in("0600"), "");
  EXPECT_EQ(oid_in("06022a86"), "");
  EXPECT_EQ(oid_in("06032a8001"), "");
  EXPECT_EQ(oid_in("06072a9080808000"), "");
}

TEST(BerElements, BoundDepthWithoutCostInTheSizeSquared) {
  Bytes deep;
  for (int i = 0; i < 500'000; ++i)
    append(deep, hex("2480"));
  const std::clock_t start = std::clock();
  BerElements in(deep);
  EXPECT_TRUE(in.octets().empty());
  EXPECT_FALSE(in.good());
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace culvert::crypto
