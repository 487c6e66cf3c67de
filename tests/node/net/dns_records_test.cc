#include "node/net/dns_records.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

// Hexadecimal digits with spaces between the parts.
Bytes octets(std::string digits) {
  std::erase(digits, ' ');
  return *from_hex(digits);
}

TEST(DnsRecords, ReadsMx) {
  const auto mx = parse_mx(octets("000a 036d7831 0142 076578616d706c65 00"));
  ASSERT_TRUE(mx.has_value());
  EXPECT_EQ(mx->preference, 10);
  EXPECT_EQ(mx->exchange, "mx1.b.example");
  const auto null_mx = parse_mx(octets("0000 00"));
  ASSERT_TRUE(null_mx.has_value());
  EXPECT_EQ(null_mx->exchange, "");
}

TEST(DnsRecords, RefusesMxThatIsNotExactlyOne) {
  for (const char* bad :
       {"", "00", "000a", "000a 03", "000a 036d7831", "000a 036d7831 00 00", "000a c00c",
        "000a 0120 00", "000a 012e 00", "000a 0100 00", "000a 01ff 00", "000a 40"}) {
    EXPECT_FALSE(parse_mx(octets(bad)).has_value()) << bad;
  }
  Bytes long_name = octets("000a");
  for (int i = 0; i < 128; ++i)
    append(long_name, octets("0161"));
  long_name.push_back(0);
  EXPECT_FALSE(parse_mx(long_name).has_value()) << "257 octets";
}

TEST(DnsRecords, ReadsSrvTxtAndAddresses) {
  const auto srv = parse_srv(octets("0001 0002 20fb 0167 00"));
  ASSERT_TRUE(srv.has_value());
  EXPECT_EQ(srv->priority, 1);
  EXPECT_EQ(srv->weight, 2);
  EXPECT_EQ(srv->port, 8443);
  EXPECT_EQ(srv->target, "g");
  EXPECT_FALSE(parse_srv(octets("0001 0002 20fb")).has_value());

  EXPECT_EQ(parse_txt(octets("02 763d 03 637531")), "v=cu1");
  EXPECT_EQ(parse_txt(octets("00")), "");
  EXPECT_FALSE(parse_txt(octets("")).has_value());
  EXPECT_FALSE(parse_txt(octets("05 6162")).has_value());

  EXPECT_EQ(parse_address(octets("c0000207"))->text(), "192.0.2.7");
  EXPECT_EQ(parse_address(octets("20010db8 00000000 00000000 00000001"))->text(), "2001:db8::1");
  EXPECT_FALSE(parse_address(octets("c00002")).has_value());
}

}  // namespace
}  // namespace culvert::node
