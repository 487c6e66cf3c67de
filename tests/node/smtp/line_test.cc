#include "node/smtp/line.h"

#include <gtest/gtest.h>

#include <vector>

namespace culvert::node {
namespace {

constexpr std::size_t kLimitBytes = 20;

// What a reader says about `text`, given in pieces of `step` octets; it stops at an error.
std::vector<std::string> read_in_steps(std::string_view text, std::size_t step) {
  LineReader reader(kLimitBytes);
  std::vector<std::string> said;
  for (std::size_t begin = 0; begin < text.size(); begin += step) {
    ByteView piece = as_bytes(text.substr(begin, step));
    while (!piece.empty()) {
      const LineStep taken = reader.take(piece);
      piece = piece.subspan(taken.consumed_bytes);
      if (taken.event == LineEvent::line) said.emplace_back(taken.text);
      if (taken.event == LineEvent::too_long) return said.emplace_back("(long)"), said;
      if (taken.event == LineEvent::bare_end) return said.emplace_back("(bare)"), said;
    }
  }
  return said;
}

struct Case {
  std::string_view text;
  std::vector<std::string> lines;
};

TEST(LineReader, SaysTheSameForPiecesOfAnySize) {
  const std::vector<Case> cases = {
      {"", {}},
      {"NOOP", {}},
      {"NOOP\r\n", {"NOOP"}},
      {"\r\n", {""}},
      {"a\r\nbc\r\n\r\nd\r\n", {"a", "bc", "", "d"}},
      {"a\nb\r\n", {"(bare)"}},
      {"a\rb\r\n", {"(bare)"}},
      {"a\r\r\n", {"(bare)"}},
      {"a\r\n\nb\r\n", {"a", "(bare)"}},
      {"\n", {"(bare)"}},
      {"123456789012345678\r\n", {"123456789012345678"}},
      {"1234567890123456789\r\n", {"(long)"}},
      {"12345678901234567890123\n", {"(long)"}},
  };
  for (const Case& c : cases) {
    for (std::size_t step = 1; step <= c.text.size() + 1; ++step) {
      EXPECT_EQ(read_in_steps(c.text, step), c.lines) << c.text << " in steps of " << step;
    }
  }
}

TEST(LineReader, ForgetsABegunLine) {
  LineReader reader(kLimitBytes);
  reader.take(as_bytes("MAIL FROM"));
  EXPECT_TRUE(reader.begun());
  reader.clear();
  EXPECT_FALSE(reader.begun());
  const LineStep taken = reader.take(as_bytes("NOOP\r\n"));
  EXPECT_EQ(taken.text, "NOOP");
}

}  // namespace
}  // namespace culvert::node
