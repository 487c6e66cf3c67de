#include "crypto/mime/message_id.h"

#include <gtest/gtest.h>

namespace culvert::crypto {
namespace {

TEST(MessageId, IsWhatStandsBetweenTheBrackets) {
  const std::pair<const char*, const char*> cases[] = {
      {" <x1@a.example>", "x1@a.example"},
      {"x1@a.example", "x1@a.example"},
      {"\r\n\t<x1@a.example>\r\n ", "x1@a.example"},
      {" (a <comment@b.example>) <x1@a.example> (more)", "x1@a.example"},
      {" <x(1)@[192.0.2.1]>", "x(1)@[192.0.2.1]"},
      {" <no-at-sign>", "no-at-sign"},
      {" < x1@a.example >", "x1@a.example"},
      {" <x1@a.example", "x1@a.example"},
      {" <>", ""},
      {"", ""},
      {" ", ""},
      {" <a\tb\x01@c>", "a?b?@c"},
  };
  for (const auto& [given, id] : cases)
    EXPECT_EQ(message_id_in(given), id) << given;
}

TEST(MessageId, OfALongOneTheFrontIsKeptWhereverItIsMade) {
  const std::string longer(3000, 'x');
  EXPECT_EQ(message_id_in("<" + longer + ">"), message_id_in(longer));
  EXPECT_LT(message_id_in(longer).size(), kMaxMessageIdOctets + 4);
}

TEST(MessageId, IsThatOfTheFirstFieldUnderWhateverSpelling) {
  EXPECT_EQ(message_id_of(fields_of("From: a@b.example\r\nmessage-id: <1@a>\r\n"
                                    "Message-ID: <2@a>\r\n")),
            "1@a");
  EXPECT_EQ(message_id_of(fields_of("Subject: x\r\nReferences: <3@a>\r\n")), "");
}

}  // namespace
}  // namespace culvert::crypto
