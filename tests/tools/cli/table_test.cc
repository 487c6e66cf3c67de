#include "tools/cli/table.h"

#include <gtest/gtest.h>

namespace culvert::cli {
namespace {

TEST(Table, AlignsColumnsByWhatIsSeen) {
  Table table({"NAME", "STATE"});
  table.add({"zürich.example", "active"});
  table.add({"b", ""});
  EXPECT_EQ(table.text(),
            "NAME            STATE\n"
            "zürich.example  active\n"
            "b               -\n");
}

TEST(Table, LetsNoCellForgeALine) {
  Table table({"A"});
  table.add({"x\ny\x1b[2J"});
  EXPECT_EQ(table.text(), "A\nx?y?[2J\n");
}

// The attack: a cell that a peer filled looks like the cells behind it.
TEST(Table, LetsNoCellForgeAColumn) {
  Table table({"NAME", "STATE"});
  table.add({"b.example  active", "paused"});
  table.add({"c.example\xc2\xa0\xe3\x80\x80 active", "paused"});
  table.add({"d.example\xe2\x80\x8b\xef\xbb\xbf", "paused"});
  table.add({"  ", "\xe2\x80\xaepaused"});
  EXPECT_EQ(table.text(),
            "NAME              STATE\n"
            "b.example active  paused\n"
            "c.example active  paused\n"
            "d.example??       paused\n"
            "-                 ?paused\n");
}

TEST(Table, CountsTheColumnsOfWideCharactersAndMarks) {
  Table table({"NAME", "STATE"});
  table.add({"漢字", "a"});
  table.add({"u\xcc\x88", "b"});
  EXPECT_EQ(table.text(),
            "NAME  STATE\n"
            "漢字  a\n"
            "u\xcc\x88     b\n");
}

TEST(RelativeTime, TellsTheLargestUnit) {
  const Time now = from_unix(1'800'000'000);
  EXPECT_EQ(relative_time(now, now), "just now");
  EXPECT_EQ(relative_time(now - std::chrono::seconds(59), now), "59 s ago");
  EXPECT_EQ(relative_time(now + std::chrono::seconds(60), now), "in 1 min");
  EXPECT_EQ(relative_time(now + std::chrono::hours(23), now), "in 23 h");
  EXPECT_EQ(relative_time(now - std::chrono::hours(49), now), "2 d ago");
}

TEST(SizeText, CountsInThousands) {
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1500), "1.5 KB");
  EXPECT_EQ(size_text(999'999), "1.0 MB");
  EXPECT_EQ(size_text(150'000'000), "150.0 MB");
}

TEST(Counted, MindsThePlural) {
  EXPECT_EQ(counted(1, "route"), "1 route");
  EXPECT_EQ(counted(0, "route"), "0 routes");
}

}  // namespace
}  // namespace culvert::cli
