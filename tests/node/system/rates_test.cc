// What a node counts, and how `culvert status` gets it.
#include <gtest/gtest.h>

#include <fstream>

#include "node/system/rates_file.h"
#include "tests/store/fixture.h"

namespace culvert::node {
namespace {

namespace fs = std::filesystem;

Counts counts(std::uint64_t received) {
  Counts out{};
  out[static_cast<std::size_t>(Counted::received)] = received;
  return out;
}

TEST(LastMinute, IsWhatCameSinceAMinuteAgo) {
  LastMinute minute;
  const SteadyTime start{};
  EXPECT_EQ(minute.of(counts(0), start), counts(0));
  EXPECT_EQ(minute.of(counts(5), start + std::chrono::seconds(30)), counts(5));
  EXPECT_EQ(minute.of(counts(7), start + std::chrono::seconds(60)), counts(7));
  EXPECT_EQ(minute.of(counts(7), start + std::chrono::seconds(90)), counts(2));
  EXPECT_EQ(minute.of(counts(7), start + std::chrono::seconds(120)), counts(0));
  EXPECT_EQ(minute.of(counts(8), start + std::chrono::hours(2)), counts(1));
}

TEST(Counters, CountByKind) {
  Counters counters;
  counters.add(Counted::received);
  counters.add(Counted::octets_in, 1000);
  EXPECT_EQ(counters.totals()[static_cast<std::size_t>(Counted::received)], 1U);
  EXPECT_EQ(counters.totals()[static_cast<std::size_t>(Counted::octets_in)], 1000U);
}

TEST(RatesFile, IsReadAsItWasWrittenAndGoesWithTheNode) {
  const store::TemporaryFolder folder;
  const Rates rates{store::kStart, counts(2), counts(3)};
  EXPECT_FALSE(read_rates(folder.path()).has_value());
  {
    RatesFile file(folder.path());
    ASSERT_TRUE(file.write(rates).ok());
    EXPECT_EQ(read_rates(folder.path()), rates);
  }
  EXPECT_FALSE(fs::exists(folder.path() / "run" / "rates.json"));
}

TEST(RatesFile, IsWrittenOnlyWhenSomethingChanged) {
  const store::TemporaryFolder folder;
  const fs::path path = folder.path() / "run" / "rates.json";
  RatesFile file(folder.path());
  ASSERT_TRUE(file.write({store::kStart, counts(1), counts(1)}).ok());
  fs::remove(path);
  ASSERT_TRUE(file.write({store::kStart, counts(1), counts(1)}).ok());
  EXPECT_FALSE(fs::exists(path));
  ASSERT_TRUE(file.write({store::kStart, counts(0), counts(1)}).ok());
  EXPECT_TRUE(fs::exists(path));
}

TEST(RatesFile, ThatIsNotRightGivesNothing) {
  const store::TemporaryFolder folder;
  fs::create_directories(folder.path() / "run");
  for (const char* text :
       {"", "{", "[]", "{\"since\": 3}", "{\"since\": \"2026-01-01T00:00:00Z\"}",
        "{\"since\": \"2026-01-01T00:00:00Z\", \"last_minute\": {}, \"since_start\": {}}"}) {
    std::ofstream(folder.path() / "run" / "rates.json") << text;
    EXPECT_FALSE(read_rates(folder.path()).has_value()) << text;
  }
}

}  // namespace
}  // namespace culvert::node
