#include "store/record.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

TEST(Record, ReadsWhatItWrote) {
  const Bytes octets = RecordWriter()
                           .text(1, "text")
                           .integer(2, -5)
                           .flag(3, true)
                           .time(4, kStart)
                           .item(5, "a")
                           .item(5, "")
                           .item(200, "far")
                           .take();
  auto in = RecordReader::parse(octets);
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in->text(1), "text");
  EXPECT_EQ(in->integer(2), -5);
  EXPECT_TRUE(in->flag(3));
  EXPECT_EQ(in->time(4), kStart);
  EXPECT_EQ(in->all_texts(5), (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(in->text(200), "far");
  EXPECT_TRUE(in->status().ok());
}

TEST(Record, HasTheFrozenForm) {
  EXPECT_EQ(to_hex(RecordWriter().text(1, "ab").integer(2, -1).integer(300, 64).take()),
            "01026162"
            "020101"
            "ac02028001");
}

TEST(Record, LeavesOutDefaultsButNotTimesAtZero) {
  EXPECT_TRUE(RecordWriter().text(1, "").integer(2, 0).flag(3, false).time(4, {}).take().empty());
  EXPECT_EQ(to_hex(RecordWriter().time(1, Time{}).take()), "010100");
}

TEST(Record, KeepsExtremeNumbers) {
  for (const std::int64_t value : {std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max(), std::int64_t{-1}}) {
    const Bytes octets = RecordWriter().integer(1, value).take();
    EXPECT_EQ(RecordReader::parse(octets)->integer(1), value);
  }
}

TEST(Record, SkipsFieldsThatItDoesNotKnow) {
  const Bytes octets = RecordWriter().text(1, "a").text(99, "new").take();
  auto in = RecordReader::parse(octets);
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in->text(1), "a");
  EXPECT_TRUE(in->status().ok());
}

TEST(Record, RefusesWhatIsNoSequenceOfFields) {
  for (const char* bad :
       {"00", "0000", "01", "0102ff", "8001", "810000", "01800041", "ffffffffffffffffff0100",
        "ffffffffffffffffff7f00", "01ffffffffffffffffff01"}) {
    EXPECT_FALSE(RecordReader::parse(*from_hex(bad)).ok()) << bad;
  }
}

TEST(Record, RefusesValuesOutOfRange) {
  const Bytes octets = RecordWriter().integer(1, 9).integer(2, -1).text(3, "short").take();
  const auto bad = [&](auto use) {
    auto in = RecordReader::parse(octets);
    use(*in);
    return !in->status().ok();
  };
  EXPECT_TRUE(bad([](auto& in) { in.choice(1, Listener::own); }));
  EXPECT_TRUE(bad([](auto& in) { in.count(2); }));
  EXPECT_TRUE(bad([](auto& in) { in.flag(1); }));
  EXPECT_TRUE(bad([](auto& in) { in.fingerprint(3); }));
  EXPECT_TRUE(bad([](auto& in) { in.fingerprint(4); }));
  EXPECT_TRUE(bad([](auto& in) { in.path(3); }));
  EXPECT_TRUE(bad([](auto& in) { in.integer(3); }));
  EXPECT_FALSE(bad([](auto& in) { in.path(4); }));
}

}  // namespace
}  // namespace culvert::store
