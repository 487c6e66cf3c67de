#include <gtest/gtest.h>

#include <random>

#include "node/smtp/data_reader.h"
#include "node/smtp/data_writer.h"

namespace culvert::node {
namespace {

struct Body {
  std::string content;
  std::string rest;  // behind the end
  bool ended = false;
  std::optional<DataFault> fault;
  bool bare_line_end = false;
};

Body read_in_steps(std::string_view wire, std::size_t step, DataLimits limits = {1'000'000}) {
  DataReader reader(limits);
  Body body;
  for (std::size_t begin = 0; begin < wire.size(); begin += step) {
    ByteView piece = as_bytes(wire.substr(begin, step));
    while (!piece.empty() && !body.ended) {
      const DataReader::Step taken = reader.take(piece);
      body.content += as_text(taken.content);
      body.ended = taken.ended;
      piece = piece.subspan(taken.consumed_bytes);
    }
    body.rest += as_text(piece);
  }
  body.fault = reader.fault();
  body.bare_line_end = reader.has_bare_line_end();
  return body;
}

TEST(DataReader, SaysTheSameForPiecesOfAnySize) {
  struct Case {
    std::string_view wire;
    std::string_view content;
    std::string_view rest;
  };
  const Case cases[] = {
      {".\r\n", "", ""},
      {".\r\nQUIT\r\n", "", "QUIT\r\n"},
      {"\r\n.\r\n", "\r\n", ""},
      {"a\r\n.\r\n.\r\n", "a\r\n", ".\r\n"},
      {"a\r\n..\r\n.\r\n", "a\r\n.\r\n", ""},
      {"..a\r\n...\r\n.b\r\n.\r\n", ".a\r\n..\r\nb\r\n", ""},
      {"a.b\r\n.\r\n", "a.b\r\n", ""},
      {"a.\r\n.\r\nX", "a.\r\n", "X"},
      {"\r\n\r\n\r\n.\r\n", "\r\n\r\n\r\n", ""},
  };
  for (const Case& c : cases) {
    for (std::size_t step = 1; step <= c.wire.size(); ++step) {
      const Body body = read_in_steps(c.wire, step);
      EXPECT_TRUE(body.ended) << c.wire;
      EXPECT_FALSE(body.fault) << c.wire;
      EXPECT_EQ(body.content, c.content) << c.wire << " in steps of " << step;
      EXPECT_EQ(body.rest, c.rest) << c.wire << " in steps of " << step;
    }
  }
}

// Smuggling (2023): whatever looks like an end to another server spoils the message, and is the
// last that is read of the session.
TEST(DataReader, SmugglingByOddLineEndsEndsTheSession) {
  for (const std::string_view odd :
       {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\r\r\n.\r\r\n", "\n.\r",
        "\r\n\r.\r\n", "\n\n", "\r\r", "\r\r\n.\r\n", "\n\r\n.\r\n", "\r\n.\r\r\n"}) {
    const std::string wire =
        "a" + std::string(odd) + "MAIL FROM:<x@b.example>\r\n\r\n.\r\nQUIT\r\n";
    for (std::size_t step = 1; step <= wire.size(); ++step) {
      const Body body = read_in_steps(wire, step);
      EXPECT_EQ(body.fault, DataFault::bare_line_end) << odd;
      EXPECT_TRUE(body.ended) << odd;
      EXPECT_TRUE(body.bare_line_end) << odd << " in steps of " << step;
    }
  }
}

// A client that knows no other line end waits behind its own mark, and would wait for minutes.
TEST(DataReader, AnOddEndMarkEndsOnlyAMessageThatIsRefused) {
  for (const std::string_view wire :
       {"a\n.\n", "a\n.\r\n", "a\r\n.\n", "a\r.\r\n", "a\r\n.\rb", ".\n", "\n.\r\n", ".\r.\r\n"}) {
    for (std::size_t step = 1; step <= wire.size(); ++step) {
      const Body body = read_in_steps(wire, step);
      EXPECT_TRUE(body.ended && body.bare_line_end) << wire << " in steps of " << step;
      EXPECT_EQ(body.fault, DataFault::bare_line_end) << wire << " in steps of " << step;
    }
  }
}

// Smuggling behind another fault: the message is refused for that, and its end is as doubtful.
TEST(DataReader, SmugglingInWhatIsDiscardedEndsTheSession) {
  const DataLimits limits{.message_bytes = 6, .line_bytes = 5};
  for (const std::string_view front : {"abcde\r\nxx\r\n", "abcdef\r\n"}) {
    for (const std::string_view odd : {"\r\r\n", "b\n", "c\rd\r\n", "\r\r", "\n"}) {
      const std::string wire = std::string(front) + std::string(odd) + ".\r\nQUIT\r\n";
      for (std::size_t step = 1; step <= 4; ++step) {
        const Body body = read_in_steps(wire, step, limits);
        EXPECT_TRUE(body.fault && body.ended && body.bare_line_end) << wire << " by " << step;
      }
    }
    const Body honest = read_in_steps(std::string(front) + "\r\n.\r\nQ", 3, limits);
    EXPECT_TRUE(honest.fault && honest.ended && !honest.bare_line_end);
    EXPECT_EQ(honest.rest, "Q");
  }
}

TEST(DataReader, KeepsLinesUpToTheLimitAndRefusesLongerOnes) {
  const DataLimits limits{.message_bytes = 1000, .line_bytes = 10};
  for (const std::size_t step : {1u, 3u, 100u}) {
    EXPECT_FALSE(read_in_steps("1234567890\r\n.1234567890\r\n.\r\n", step, limits).fault);
    const Body body = read_in_steps("12345678901\r\nb\r\n.\r\nQ", step, limits);
    EXPECT_EQ(body.fault, DataFault::line_too_long);
    EXPECT_TRUE(body.ended);
    EXPECT_EQ(body.rest, "Q");
  }
}

TEST(DataReader, ReadsAnOversizeMessageToItsEnd) {
  const DataLimits limits{.message_bytes = 6};
  for (const std::size_t step : {1u, 2u, 100u}) {
    EXPECT_FALSE(read_in_steps("abcd\r\n.\r\n", step, limits).fault);
    const Body body = read_in_steps("abcde\r\nxxxxxx\r\n.\r\nQ", step, limits);
    EXPECT_EQ(body.fault, DataFault::message_too_big);
    EXPECT_LE(body.content.size(), 6u);
    EXPECT_TRUE(body.ended);
    EXPECT_EQ(body.rest, "Q");
  }
}

TEST(DataReader, HandsOutPartsOfWhatCameIn) {
  const std::string wire = "one\r\ntwo\r\nthree\r\n.\r\n";
  DataReader reader({1000});
  const DataReader::Step taken = reader.take(as_bytes(wire));
  EXPECT_EQ(as_text(taken.content), "one\r\ntwo\r\nthree\r\n");
  EXPECT_EQ(static_cast<const void*>(taken.content.data()), static_cast<const void*>(wire.data()));
}

std::optional<std::string> written(std::string_view content, std::size_t step) {
  DataWriter writer;
  Bytes out;
  for (std::size_t begin = 0; begin < content.size(); begin += step) {
    if (!writer.write(as_bytes(content.substr(begin, step)), out)) return std::nullopt;
  }
  if (!writer.finish(out)) return std::nullopt;
  return to_text(out);
}

TEST(DataWriter, StuffsDotsAndEndsTheMessage) {
  struct Case {
    std::string_view content;
    std::string_view wire;
  };
  const Case cases[] = {
      {"", ".\r\n"},
      {"a", "a\r\n.\r\n"},
      {"a\r\n", "a\r\n.\r\n"},
      {".", "..\r\n.\r\n"},
      {".\r\n..\r\na.b\r\n", "..\r\n...\r\na.b\r\n.\r\n"},
      {"\r\n.\r\n", "\r\n..\r\n.\r\n"},
  };
  for (const Case& c : cases) {
    for (std::size_t step = 1; step <= c.content.size() + 1; ++step) {
      EXPECT_EQ(written(c.content, step), c.wire) << c.content << " in steps of " << step;
    }
  }
}

TEST(DataWriter, SmugglingIsNeverSent) {
  for (const std::string_view content :
       {"a\n", "a\rb", "a\r\r\n", "\n.\n", "\r\n.\n", "a\r", "\r.\r\n", "\n"}) {
    for (std::size_t step = 1; step <= content.size(); ++step) {
      EXPECT_FALSE(written(content, step)) << content << " in steps of " << step;
    }
  }
}

TEST(DataWriter, IsReadBackOctetForOctet) {
  std::mt19937 random(7);
  constexpr std::string_view kOctets[] = {"\r\n", ".", "a", "\r\n.", "\r\n..", "\x80", "xyz"};
  for (int run = 0; run < 2000; ++run) {
    std::string content;
    for (auto parts = random() % 20; parts > 0; --parts)
      content += kOctets[random() % 7];
    const auto wire = written(content, 1 + random() % 9);
    ASSERT_TRUE(wire);
    if (!content.empty() && !content.ends_with("\r\n")) content += "\r\n";
    const Body body = read_in_steps(*wire, 1 + random() % 9);
    EXPECT_TRUE(body.ended);
    EXPECT_EQ(body.content, content);
  }
}

}  // namespace
}  // namespace culvert::node
