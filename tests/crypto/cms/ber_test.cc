#include "crypto/cms/ber_reader.h"
#include "crypto/cms/der_writer.h"
#include "tests/crypto/cms/support.h"

namespace culvert::crypto::testing {
namespace {

Bytes hex(std::string_view digits) { return *from_hex(digits); }

TEST(BerReader, ReadsDefiniteAndIndefiniteAlike) {
  for (const char* form : {"30050201070500", "308002010705000000", "3081050201070500"}) {
    const Bytes octets = hex(form);
    BerReader in{ByteView(octets)};
    ASSERT_TRUE(in.enter(kTagSequence).ok());
    EXPECT_EQ(*in.content(kTagInteger, 8), hex("07"));
    EXPECT_EQ(*in.peek(), kTagNull);
    ASSERT_TRUE(in.skip().ok());
    EXPECT_EQ(*in.peek(), kTagEnd);
    ASSERT_TRUE(in.leave().ok());
    EXPECT_TRUE(in.expect_end().ok());
  }
}

TEST(BerReader, JoinsConstructedStringsInEveryNesting) {
  for (const char* form : {"0403010203", "24800401010402020300 00", "240704010104020203",
                           "248024800401010000240404020203 0000"}) {
    std::string digits(form);
    std::erase(digits, ' ');
    const Bytes octets = hex(digits);
    for (const std::size_t step : {1UL, 2UL, 100UL}) {
      TricklingSource source(octets, step);
      BerReader in(source);
      const auto all = in.octets(kTagOctetString, 100);
      ASSERT_TRUE(all.ok()) << form;
      EXPECT_EQ(*all, hex("010203"));
      EXPECT_TRUE(in.expect_end().ok());
    }
  }
}

TEST(BerReader, KeepsAnElementAsItStands) {
  const Bytes octets = hex("3080308004010100000000aa");
  BerReader in{ByteView(octets)};
  const auto element = in.element(100);
  ASSERT_TRUE(element.ok());
  EXPECT_EQ(to_hex(*element), "3080308004010100000000");
  BerReader again{ByteView(octets)};
  EXPECT_EQ(refusal(again.element(4)), Refusal::element_too_large);
}

struct Bad {
  const char* digits;
  Refusal refusal;
};

TEST(BerReader, RefusesWhatIsNoBer) {
  const Bad cases[] = {
      {"30", Refusal::truncated},
      {"3003020107ff", Refusal::trailing_octets},
      {"3004020107", Refusal::truncated},
      {"30020203010203", Refusal::bad_length},
      {"30030280000000", Refusal::bad_encoding},
      {"3f030201", Refusal::unexpected_element},
      {"30ff00", Refusal::bad_encoding},
      {"3089010000000000000000", Refusal::bad_length},
      {"3088ffffffffffffffff", Refusal::bad_length},
      {"30040000", Refusal::bad_encoding},
      {"308002010700", Refusal::truncated},
      {"30800201070001", Refusal::bad_encoding},
  };
  for (const Bad& bad : cases) {
    const Bytes octets = hex(bad.digits);
    BerReader in{ByteView(octets)};
    Status status = in.enter(kTagSequence);
    while (status.ok()) {
      const auto next = in.peek();
      if (!next) {
        status = next.error();
        break;
      }
      if (*next == kTagEnd) break;
      status = in.skip();
    }
    if (status.ok()) status = in.leave();
    if (status.ok()) status = in.expect_end();
    ASSERT_FALSE(status.ok()) << bad.digits;
    EXPECT_EQ(status.error().code, refusal_code(bad.refusal)) << bad.digits;
  }
}

TEST(BerReader, RefusesNestingBeyondSixteen) {
  Bytes deep;
  for (int i = 0; i < 17; ++i)
    append_indefinite(deep, kTagSequence);
  BerReader in{ByteView(deep)};
  for (int i = 0; i < 16; ++i)
    ASSERT_TRUE(in.enter(kTagSequence).ok());
  EXPECT_EQ(refusal(in.enter(kTagSequence)), Refusal::nested_too_deep);
  BerReader skipping{ByteView(deep)};
  EXPECT_EQ(refusal(skipping.skip()), Refusal::nested_too_deep);
}

TEST(DerCheck, TellsDerFromBer) {
  for (const char* good : {"3000", "310602010102010 2", "a00602010102 0102", "0101ff", "020100"}) {
    std::string digits(good);
    std::erase(digits, ' ');
    EXPECT_TRUE(is_der(hex(digits), OuterForm::as_tagged)) << good;
  }
  for (const char* bad : {"", "30", "3080 0000", "308100", "3106020102020101", "010101", "02020001",
                          "2403040100", "300002", "0602 8001"}) {
    std::string digits(bad);
    std::erase(digits, ' ');
    EXPECT_FALSE(is_der(hex(digits), OuterForm::as_tagged)) << bad;
  }
  EXPECT_FALSE(is_der(hex("a006020102020101"), OuterForm::set_of));
  EXPECT_TRUE(is_der(hex("a006020102020101"), OuterForm::as_tagged));
}

TEST(DerWriter, WritesTheShortestForm) {
  EXPECT_EQ(to_hex(der_integer(0)), "020100");
  EXPECT_EQ(to_hex(der_integer(128)), "02020080");
  EXPECT_EQ(to_hex(der_integer(256)), "02020100");
  EXPECT_EQ(to_hex(der_oid(kOidData)), "06092a864886f70d010701");
  EXPECT_EQ(to_hex(der_octet_string(pattern(200))).substr(0, 6), "0481c8");
  EXPECT_EQ(der_octet_string(pattern(70'000)).size(), 70'004U + 1U);
  EXPECT_TRUE(
      is_der(der_set_of({der_integer(9), der_integer(3), der_integer(300)}), OuterForm::as_tagged));
}

TEST(Oid, IsReadBackAsWritten) {
  EXPECT_EQ(oid_text(kOidAuthEnvelopedData.octets()), "1.2.840.113549.1.9.16.1.23");
  EXPECT_EQ(oid_text(hex("883703")), "2.999.3");
  EXPECT_FALSE(is_oid(hex("")));
  EXPECT_FALSE(is_oid(hex("2a80")));
  EXPECT_FALSE(is_oid(hex("2a8001")));
}

TEST(RefusalText, IsOneLineForEach) {
  for (int i = 0; i <= static_cast<int>(Refusal::bad_signature); ++i) {
    const auto one = static_cast<Refusal>(i);
    EXPECT_FALSE(refusal_text(one).empty());
    EXPECT_EQ(refusal_text(one).find('\n'), std::string_view::npos);
    EXPECT_EQ(refusal_of(refuse(one)), one);
  }
}

}  // namespace
}  // namespace culvert::crypto::testing
