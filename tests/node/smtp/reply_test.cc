#include "node/smtp/reply.h"

#include <gtest/gtest.h>

#include <sstream>

#include "node/smtp/limits.h"
#include "node/smtp/replies.h"
#include "node/smtp/reply_reader.h"
#include "node/smtp/server_features.h"

namespace culvert::node {
namespace {

std::vector<std::string> lines_of(const std::string& wire) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin < wire.size()) {
    const std::size_t end = wire.find("\r\n", begin);
    EXPECT_NE(end, std::string::npos) << "no CRLF at the end";
    if (end == std::string::npos) break;
    out.push_back(wire.substr(begin, end - begin));
    begin = end + 2;
  }
  return out;
}

TEST(SmtpReply, IsWrittenWithCodeAndEnhancedCodeOnEachLine) {
  EXPECT_EQ(wire_form(make_reply(250, "2.0.0", "ok")), "250 2.0.0 ok\r\n");
  EXPECT_EQ(wire_form({250, "", {"a.example", "PIPELINING"}}),
            "250-a.example\r\n250 PIPELINING\r\n");
  EXPECT_EQ(wire_form({550, "5.1.1", {"no", "user"}}), "550-5.1.1 no\r\n550 5.1.1 user\r\n");
  EXPECT_EQ(wire_form({221, "", {}}), "221 \r\n");
}

TEST(SmtpReply, IsBrokenIntoLinesOfAtMost512Octets) {
  std::string text;
  while (text.size() < 1800)
    text += "word ";
  for (const std::string& said : {text, std::string(1800, 'x')}) {
    for (const std::string& line : lines_of(wire_form(make_reply(550, "5.7.1", said)))) {
      EXPECT_LE(line.size() + 2, 512u);
      EXPECT_EQ(line.substr(4, 6), "5.7.1 ");
    }
  }
}

// Header injection: no value that a peer supplied makes a second reply.
TEST(SmtpReply, HeaderInjectionIntoAReplyIsImpossible) {
  constexpr std::string_view kNasty("x\r\n250 2.0.0 fine\n250 y\rz\0\x1b[31m\x7f", 32);
  static_assert(kNasty.back() == '\x7f');
  const std::string wire = wire_form(make_reply(550, "5.7.1", kNasty));
  EXPECT_EQ(lines_of(wire).size(), 1u);
  for (const char c : wire.substr(0, wire.size() - 2)) {
    EXPECT_GE(static_cast<unsigned char>(c), 0x20u);
    EXPECT_LT(static_cast<unsigned char>(c), 0x7fu);
  }
}

TEST(SmtpReply, IsAscii) {
  EXPECT_EQ(wire_form(make_reply(250, "", "J\xc3\xbcrgen \xe2\x82\xac \xff")),
            "250 J?rgen ? ?\r\n");
}

TEST(SmtpReply, HidesInternalErrorsFromThePeer) {
  const Reply reply = reply_for(internal_error("x", "secret path /var/lib", "more"));
  EXPECT_EQ(reply.code, 451);
  EXPECT_EQ(reply.text().find("secret"), std::string::npos);
}

TEST(SmtpReply, FollowsTheFaultOfAnError) {
  EXPECT_EQ(reply_for(temporary_error("x", "later")).summary(), "451 4.3.0 later");
  EXPECT_EQ(reply_for(permanent_error("x", "never")).summary(), "554 5.0.0 never");
  EXPECT_EQ(reply_for(temporary_error("disk-full", "full")).enhanced, "4.3.1");
}

// All replies in `text`, given in pieces of `step` octets; "(error)" at the first error.
std::vector<std::string> read_in_steps(std::string_view text, std::size_t step) {
  ReplyReader reader;
  std::vector<std::string> said;
  for (std::size_t begin = 0; begin < text.size(); begin += step) {
    ByteView piece = as_bytes(text.substr(begin, step));
    while (!piece.empty()) {
      const auto taken = reader.take(piece);
      if (!taken) return said.emplace_back("(error)"), said;
      piece = piece.subspan(taken->consumed_bytes);
      if (taken->reply) said.push_back(taken->reply->summary());
    }
  }
  return said;
}

TEST(ReplyReader, SaysTheSameForPiecesOfAnySize) {
  struct Case {
    std::string_view text;
    std::vector<std::string> replies;
  };
  const std::vector<Case> cases = {
      {"250 ok\r\n", {"250 ok"}},
      {"250\r\n", {"250"}},
      {"250 \r\n", {"250"}},
      {"250-a\r\n250-b\r\n250 c\r\n354 go\r\n", {"250 a b c", "354 go"}},
      {"550-5.1.1 no such\r\n550 5.1.1 user\r\n", {"550 5.1.1 no such user"}},
      {"550 4.1.1 wrong class\r\n", {"550 4.1.1 wrong class"}},
      {"250 2.0.0\r\n", {"250 2.0.0"}},
      {"250 2.0.0abc\r\n", {"250 2.0.0abc"}},
      {"250-2.1.0 a\r\n250 b\r\n", {"250 2.1.0 a b"}},
      {"25\r\n", {"(error)"}},
      {"ok\r\n", {"(error)"}},
      {"650 x\r\n", {"(error)"}},
      {"150 x\r\n", {"(error)"}},
      {"250_x\r\n", {"(error)"}},
      {"250-a\r\n251 b\r\n", {"(error)"}},
      {"250 a\n", {"(error)"}},
      {"250 a\r250 b\r\n", {"(error)"}},
      {"250 a\r\n250 b\n", {"250 a", "(error)"}},
      {"\r\n", {}},
      {"\r\n220 ready\r\n", {"220 ready"}},
      {"220 ready\r\n\r\n\r\n250 ok\r\n", {"220 ready", "250 ok"}},
      {"250-a\r\n\r\n250 b\r\n", {"(error)"}},
      {"\r\n\n", {"(error)"}},
      {"\r\nok\r\n", {"(error)"}},
  };
  for (const Case& c : cases) {
    for (std::size_t step = 1; step <= c.text.size(); ++step) {
      EXPECT_EQ(read_in_steps(c.text, step), c.replies) << c.text << " in steps of " << step;
    }
  }
}

TEST(ReplyReader, KeepsTheEnhancedCodeApart) {
  ReplyReader reader;
  const auto taken = reader.take(as_bytes("452 4.3.1 full\r\n"));
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(*taken->reply, make_reply(452, "4.3.1", "full"));
}

TEST(ReplyReader, RefusesEndlessRepliesAndLines) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxReplyLines; ++i)
    many += "250-x\r\n";
  EXPECT_EQ(read_in_steps(many, 1000), std::vector<std::string>{"(error)"});
  EXPECT_EQ(read_in_steps("250 " + std::string(kMaxReplyLineBytes, 'x'), 1000),
            std::vector<std::string>{"(error)"});
}

TEST(ReplyReader, RefusesEndlessEmptyLines) {
  std::string empty;
  for (std::size_t i = 0; i < kMaxEmptyLinesBeforeReply; ++i)
    empty += "\r\n";
  const std::string twice = empty + "220 ready\r\n" + empty + "250 ok\r\n";
  EXPECT_EQ(read_in_steps(twice, 3), (std::vector<std::string>{"220 ready", "250 ok"}));
  EXPECT_EQ(read_in_steps(empty + "\r\n220 ready\r\n", 3), std::vector<std::string>{"(error)"});
}

TEST(ReplyReader, ReadsWhatWeWrite) {
  const Mailbox jane = *Mailbox::parse("jane@a.example");
  for (const Reply& reply :
       {replies::accepted("00ff"), replies::relaying_denied(jane), replies::local_error(),
        replies::encryption_needed(jane), replies::mail_loop(), replies::too_busy()}) {
    ReplyReader reader;
    const std::string wire = wire_form(reply);
    const auto taken = reader.take(as_bytes(wire));
    ASSERT_TRUE(taken.ok());
    EXPECT_EQ(*taken->reply, reply);
    EXPECT_EQ(taken->consumed_bytes, wire.size());
  }
}

TEST(ServerFeatures, AreReadFromAnEhloReply) {
  const auto features =
      parse_features({250,
                      "",
                      {"mx.b.example greets you", "pipelining", "SIZE 1000", "8BITMIME", "DSN",
                       "X-UNKNOWN 7", "SMTPUTF8", "STARTTLS"}});
  EXPECT_EQ(features.name, "mx.b.example");
  EXPECT_TRUE(features.pipelining && features.eight_bit_mime && features.dsn);
  EXPECT_TRUE(features.smtputf8 && features.starttls && features.size);
  EXPECT_EQ(features.size_limit_bytes, 1000u);
}

TEST(ServerFeatures, WithoutAUsableSizeHaveNoLimit) {
  for (const char* size : {"SIZE", "SIZE 0", "SIZE x", "SIZE 10x", "SIZE -1"}) {
    const auto features = parse_features({250, "", {"mx.b.example", size}});
    EXPECT_TRUE(features.size);
    EXPECT_FALSE(features.size_limit_bytes) << size;
  }
}

}  // namespace
}  // namespace culvert::node
