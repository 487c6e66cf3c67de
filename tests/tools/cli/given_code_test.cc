// The invitation code as it comes out of mails, chats and terminals.
#include "tools/cli/given_code.h"

#include <gtest/gtest.h>

namespace culvert::cli {
namespace {

std::string code(std::string_view text) { return to_text(code_in(text).view()); }

TEST(CodeIn, JoinsWhatMailProgramsWrapped) {
  for (const char* text : {
           "culvert1-aebagbaf",
           "  culvert1-aebagbaf\n",
           "culvert1-aeba\ngbaf\n",
           "culvert1-aeba\r\n   gbaf\r\n",
           "> culvert1-aeba\n> gbaf\n>\n> Regards",
           "culvert1-aeba=\r\ngbaf",
           "culvert1-ae\xe2\x80\x8b"
           "bag\xc2\xad"
           "baf",
           "culvert1-aeba\xc2\xa0gbaf",
           "\xef\xbb\xbf"
           "culvert1-aebagbaf",
           "Dear Bob,\n\nhere it is: culvert1-aebagbaf.\nRegards",
           "`culvert1-aebagbaf`",
           "culvert1-aebagbaf\n\nThis is the invitation for b.example, shown once.",
           "culvert1-aebagbaf\r\n\r\nabcd",
       }) {
    EXPECT_EQ(code(text), "culvert1-aebagbaf") << text;
  }
  EXPECT_EQ(code("CULVERT1-AEBAGBAF"), "CULVERT1-AEBAGBAF");
}

TEST(CodeIn, FindsNoneWhereNoneIs) {
  for (const char* text :
       {"", "\n", "culvert", "culvert1", "aebagbaf", "\xff\xff", "culvert 1-aeba"})
    EXPECT_EQ(code(text), "") << text;
}

}  // namespace
}  // namespace culvert::cli
