#include "crypto/mime/header_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "crypto/mime/entity_front.h"
#include "crypto/mime/header_limits.h"
#include "tests/support/processor_time.h"
#include "tests/support/source_root.h"

namespace culvert::crypto {
namespace {

// The text of what is wrong; empty: nothing.
std::string fault(std::string_view header) {
  const Status good = check_header(header);
  if (good) return "";
  EXPECT_EQ(good.error().code, "fields");
  EXPECT_EQ(good.error().fault, Fault::permanent);
  return good.error().text;
}

testing::AssertionResult says(std::string_view header, std::string_view text) {
  const std::string found = fault(header);
  if (found.find(text) != found.npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << found << "' for " << header;
}

constexpr std::string_view kTop = "Subject: x\r\n";

std::string below_top(std::string_view lines) { return std::string(kTop) + std::string(lines); }

// Named attack: Two readers.
TEST(HeaderCheck, TwoReadersMayNotSeeANulAnywhere) {
  for (const std::string_view lines :
       {std::string_view("Culvert\0-Result: tunnel\r\n", 25), std::string_view("Fro\0m: a\r\n", 10),
        std::string_view("X: a\0b\r\n", 8), std::string_view("X: a\r\n b\0\r\n", 11),
        std::string_view("\0X: a\r\n", 7)}) {
    EXPECT_TRUE(says(below_top(lines), "holds a NUL octet")) << lines;
  }
  EXPECT_TRUE(says(below_top({"X: a\r\n b\0\r\n", 11}), "line 3 of the header"));
}

TEST(HeaderCheck, TwoReadersMayNotSeeAnotherEndOfALine) {
  for (const std::string_view lines : {"X: a\rCulvert-Result: b\r\n", "X: a\nCulvert-Result: b\r\n",
                                       "X: a\r", "\nX: a\r\n", "X: a\r\r\n"}) {
    EXPECT_TRUE(says(below_top(lines), "holds a CR or LF that ends no line")) << lines;
  }
}

TEST(HeaderCheck, TwoReadersMayNotSeeANameThatIsNone) {
  for (const std::string_view lines :
       {"Culvert-Result\r\n : tunnel\r\n", "Culvert-Result \r\n\t: tunnel\r\n", "no colon\r\n",
        "Hello,\r\n", "From\r\n\r\n : a"}) {
    EXPECT_TRUE(says(below_top(lines), "line 2 of the header")) << lines;
    EXPECT_TRUE(says(below_top(lines), "is neither a field nor the continuation")) << lines;
  }
  for (const std::string_view lines : {"Cul vert-Result: x\r\n", ": x\r\n", "\xe2\x80\x8b: x\r\n",
                                       "Fr\xc2\xad"
                                       "om: x\r\n",
                                       "From\xc2\xa0: x\r\n", "Culvert-Result x: y\r\n"}) {
    EXPECT_TRUE(says(below_top(lines), "must be visible ASCII")) << lines;
  }
  for (const std::string_view lines :
       {"Culvert-\x0bResult: x\r\n",
        "\x0b"
        "Culvert-Result: x\r\n",
        "Culvert-Result\x0c: x\r\n", "From\x7f: x\r\n", "X-Y\x1b: x\r\n",
        "\x08\x08"
        "A: x\r\n"}) {
    EXPECT_TRUE(says(below_top(lines), "control character in the name")) << lines;
  }
}

// It would go on with the last field that the node adds.
TEST(HeaderCheck, TwoReadersMayNotSeeAContinuationOfWhatTheNodeAdds) {
  for (const char* header : {" signed=yes\r\nA: b\r\n", "\t; x\r\n", " \r\nA: b\r\n", " A: b\r\n"})
    EXPECT_TRUE(says(header, "line 1 of the header")) << header;
}

TEST(HeaderCheck, NamesTheLineOfAnMboxFile) {
  for (const char* line : {"From jo@b.example Mon Jan  1 00:00:00 2024\r\n", "From jo\r\n",
                           ">From jo@b.example Mon Jan  1 00:00:00 2024\r\n"}) {
    EXPECT_TRUE(says(line, "mbox")) << line;
    EXPECT_TRUE(says(below_top(line), "line 2 of the header")) << line;
    EXPECT_FALSE(says(below_top(line), "mbox")) << line;
  }
  EXPECT_FALSE(says(below_top("From me to you\r\n"), "mbox"));
}

TEST(HeaderCheck, SaysWhatToDoAboutALineThatIsNoField) {
  for (const char* line : {"boundary=\"x\"\r\n", "X-Mailer PHP\r\n", "Hello\r\n", "From me\r\n"}) {
    EXPECT_TRUE(says(below_top(line), "must begin with a blank")) << line;
    EXPECT_TRUE(says(below_top(line), "an empty line must stand before it")) << line;
  }
}

TEST(HeaderCheck, SaysWhichOctetItFound) {
  for (const char* field : {"From: \x1b$B%F\x1b(B <a@b.example>\r\n", "Sender: \x1b$B\r\n"}) {
    EXPECT_TRUE(says(below_top(field), "octet 0x1B (ESC)")) << field;
    EXPECT_TRUE(says(below_top(field), "RFC 2047")) << field;
  }
  EXPECT_TRUE(says(below_top("From: a\x0b@b.example\r\n"), "octet 0x0B"));
  EXPECT_TRUE(says(below_top("Sender: a\x7f@b.example\r\n"), "octet 0x7F"));
  EXPECT_TRUE(says(below_top("X: a\x1d"
                             "From: b\r\n"),
                   "From, in X behind octet 0x1D"));
}

// A letter that ends in 0x85 is no end of a line, unless what follows is said by no text.
TEST(HeaderCheck, TakesLettersOfUtf8ForLetters) {
  for (const char* letter : {"\u00c5", "\u0445", "\u2005", "\u4e05", "\U0001f605"}) {
    for (const char* name : {"From", "Sender", "received"}) {
      const std::string lines = "Subject: " + std::string(letter) + name + ": Jean\r\n";
      EXPECT_EQ(fault(below_top(lines)), "") << lines;
      const std::string no_utf8 = "Subject: \xff" + std::string(letter) + name + ": Jean\r\n";
      EXPECT_TRUE(says(below_top(no_utf8), "hides another field")) << lines;
    }
    for (const char* name : {"Culvert-Result", "authentication-results", "CULVERT-x"}) {
      const std::string lines = "Subject: " + std::string(letter) + name + ": x\r\n";
      EXPECT_TRUE(says(below_top(lines), "hides another field")) << lines;
    }
  }
}

TEST(HeaderCheck, TwoReadersMayNotSeeControlsInWhatSaysWhoWrote) {
  for (const char* field :
       {"From: a\x0b@b.example\r\n", "SENDER: a\x1b\r\n", "Received: by x\r\n\tb\x01y; now\r\n",
        "Authentication-Results:\x0bgate.a.example; smime=pass\r\n", "Culvert-Result: \x7f\r\n",
        "culvert-other : \x0c\r\n", "From : \x08x\r\n"}) {
    EXPECT_TRUE(says(below_top(field), "has a control character in the field")) << field;
  }
  EXPECT_TRUE(says(below_top("Received: by x\r\n\tb\x01y; now\r\n"), "line 3 of the header"));
}

// A program that calls splitlines() takes these for the end of a line.
TEST(HeaderCheck, TwoReadersMayNotSeeAFieldBehindASeparator) {
  for (const char* separator : {"\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\xc2\x85", "\x85",
                                "\xe2\x80\xa8", "\xe2\x80\xa9", "\x0b\x0b ", "\x0c\t"}) {
    for (const char* name :
         {"Culvert-Result", "from", "Authentication-Results ", "Sender", "Received", "Fr\x01om"}) {
      const std::string lines = "X: a" + std::string(separator) + name + ": x\r\n";
      EXPECT_TRUE(says(below_top(lines), "hides another field")) << lines;
    }
  }
}

TEST(HeaderCheck, LetsHonestOddHeadersBe) {
  for (const std::string_view header : {
           "",
           "A: b",
           "A:\r\n",
           "A: b\r\n \r\n\t\r\n c\r\n",
           "From \t: a@b.example\r\n\t(x)\r\n",
           "Subject: \x1b$B%F%9%H\x1b(B from: nobody\r\nCc: \x1b$B%F\x1b(B <a@b.example>\r\n",
           "To: \x07\r\nX-Bell:\x01\x02\r\n",
           "From: Jos\xe9 <a@b.example>\r\nReceived: from \xe9 by x\r\n",
           "From: \xc3\x85\xe2\x80\xa8 <a@b.example>\r\n",
           "Subject: \xd0\xa5\xd1\x85 From: \xe2\x80\xa6 and so on\r\n",
           "Subject: \xd1\x85 From: x, \xe2\x80\xa6 Sender: y, \x85 Received: z\r\n",
           "!#$%&'*+-./^_`{|}~: x\r\n",
           "From-Line: From a\r\n",
           "Inval\xec"
           "d-Header: x\r\nX-Gru\xc3\x9f: x\r\n",
       }) {
    EXPECT_EQ(fault(header), "") << header;
  }
}

// The collected mails, some of which are odd on purpose: only those with a line that is no field
// are refused.
TEST(HeaderCheck, LetsCollectedMailsPass) {
  const char* named = std::getenv("CULVERT_SHARED");
  const std::filesystem::path folder =
      (named != nullptr ? std::filesystem::path(named)
                        : tests::source_root().parent_path() / "shared") /
      "mails";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no collected mails: set CULVERT_SHARED";
  std::size_t sound = 0;
  std::set<std::string> refused;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".msg") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const Bytes octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    ViewSource source(octets);
    const auto front = read_entity_front(source);
    ASSERT_TRUE(front.ok());
    if (fault(front->header).empty()) {
      ++sound;
    } else {
      refused.insert(entry.path().stem().string());
    }
  }
  const std::set<std::string> expected{"basic-plain-with-bad-header-separator",
                                       "malformedHeader-nocrlfcrlf", "malformedHeader-noheader",
                                       "malformedHeaderStartsBody-nocrlfcrlf",
                                       "malformedHeaderStartsBody-noheader"};
  EXPECT_EQ(refused, expected);
  EXPECT_GT(sound, 20U);
}

// Ten times what it takes, so that a busy machine fails nothing; one that is not linear takes
// minutes.
constexpr double kMaxSecondsAMegabyte = 0.5;

// Named attack: Parser bomb.
TEST(HeaderCheck, ParserBombCostsNoMoreThanItsSize) {
  const std::string_view pieces[] = {"\x0b",
                                     "\x0b:",
                                     "\xa8"
                                     "from",
                                     "\xa8"
                                     "f",
                                     "a\r\n ",
                                     "A:\r\n",
                                     "\x1e \x1e",
                                     "\x85"
                                     "from\x01\x01\x01\x01\x01\x01\x01\x01"};
  for (const std::string_view piece : pieces) {
    std::string header = "X: ";
    while (header.size() < kMessageHeader.bytes)
      header += piece;
    double seconds = 1;
    for (int run = 0; run < 3; ++run) {
      const ProcessorTime time;
      for (int i = 0; i < 4; ++i)
        fault(header);
      seconds = std::min(seconds, time.seconds());
    }
    EXPECT_LT(seconds, kMaxSecondsAMegabyte) << piece;
  }
}

}  // namespace
}  // namespace culvert::crypto
