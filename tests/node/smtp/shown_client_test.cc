#include "node/smtp/shown_client.h"

#include <gtest/gtest.h>

#include "node/smtp/server_features.h"

namespace culvert::node {
namespace {

const std::vector<std::string> kAll{"NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "SOURCE"};

TEST(ShownClient, TellsNeverALogin) {
  const ShownClient client{"192.0.2.7", 25, "mail.c.example", true};
  EXPECT_EQ(xclient_command(client, {}, kAll).find("LOGIN"), std::string::npos);
  EXPECT_EQ(xforward_command(client, kAll).find("LOGIN"), std::string::npos);
}

TEST(ShownClient, EncodesWhatCouldEndAValueOrTheLine) {
  const ShownClient client{"192.0.2.7", 25, "a b=c+d\r\nRSET", false};
  EXPECT_EQ(xclient_command(client, {ClientName::Known::yes, "x=y z"}, {"NAME", "HELO"}),
            "XCLIENT NAME=x+3Dy+20z HELO=a+20b+3Dc+2Bd+0D+0ARSET");
}

TEST(ShownClient, LeavesOutNamesThatMakeTheLineTooLong) {
  const ShownClient client{"2001:db8::7", 65535, std::string(255, 'h'), true};
  const ClientName name{ClientName::Known::yes, std::string(253, 'n')};
  const std::string line = xclient_command(client, name, kAll);
  EXPECT_LE(line.size(), kMaxShownClientOctets);
  EXPECT_NE(line.find("HELO=[UNAVAILABLE]"), std::string::npos) << line;
  EXPECT_NE(line.find(" NAME=nnn"), std::string::npos) << line;
  EXPECT_NE(line.find(" ADDR=IPV6:2001:db8::7 "), std::string::npos) << line;
  const ClientName longest{ClientName::Known::yes, std::string(600, 'n')};
  const std::string bare = xclient_command(client, longest, kAll);
  EXPECT_LE(bare.size(), kMaxShownClientOctets);
  EXPECT_NE(bare.find("NAME=[UNAVAILABLE] ADDR="), std::string::npos) << bare;
}

TEST(ServerFeatures, CountXclientOnlyWithAddresses) {
  const auto offered = [](const std::string& line) {
    return parse_features({250, "", {"mx", line}}).xclient;
  };
  EXPECT_EQ(offered("xclient addr  Helo"), (std::vector<std::string>{"ADDR", "HELO"}));
  EXPECT_TRUE(offered("XCLIENT").empty());
  EXPECT_TRUE(offered("XCLIENT NAME HELO").empty());
  EXPECT_TRUE(offered("XCLIENTS ADDR").empty());
}

}  // namespace
}  // namespace culvert::node
