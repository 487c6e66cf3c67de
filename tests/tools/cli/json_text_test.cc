#include "tools/cli/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/base/code_points.h"

namespace culvert::cli {
namespace {

// Nothing in it but line ends may be left that a terminal does not show, or shows elsewhere.
bool is_safe(std::string_view json) {
  CodePointReader reader(json);
  while (const auto item = reader.next()) {
    if (!item->may_be_shown && item->octets != "\n") return false;
  }
  return true;
}

TEST(SafeJson, HidesNothingOnATerminalAndIsTheSameValue) {
  std::string flood = "e";
  for (int i = 0; i < 40; ++i)
    flood += "\xcc\x81";
  for (const std::string& text : {
           std::string("a\xe2\x80\xae"
                       "b"),             // right-to-left override
           std::string("\xe2\x80\x8b"),  // zero width space
           std::string("\xef\xbb\xbf"),  // byte order mark
           std::string("\xc2\x9b"
                       "2J"),                        // C1: erases the screen
           std::string("\x7f\x1b[2J\r\n\t\0", 9),    // C0 and DEL
           std::string("\xe2\x80\xa8\xe2\x80\xa9"),  // line ends of JavaScript
           std::string("\xf3\xa0\x81\xa1"),          // a tag, beyond the basic plane
           std::string("\xf0\x9f\xbf\xbf"),          // a noncharacter
           std::string("\xe3\x85\xa4"),              // hangul filler
           std::string("\xcc\xb8 at the front"),     // a mark over the quote
           flood,
       }) {
    const nlohmann::ordered_json value = {{"text", text}, {text, "name"}};
    const std::string safe = safe_json(json_text(value));
    EXPECT_TRUE(is_safe(safe)) << safe;
    EXPECT_EQ(nlohmann::ordered_json::parse(safe), value) << safe;
  }
}

TEST(SafeJson, LeavesWordsAsTheyAre) {
  const std::string json = json_text({{"text", "Zürich – 漢字 – “हिन्दी” – \\ \" /"}});
  EXPECT_EQ(safe_json(json), json);
}

}  // namespace
}  // namespace culvert::cli
