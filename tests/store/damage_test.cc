#include "store/damage.h"

#include <gtest/gtest.h>

namespace culvert::store {
namespace {

Bytes key_of(std::size_t number) { return to_bytes(std::to_string(number)); }

// Named attack: Poisoned disk. Damage to ten thousand records of mail must not hide one of trust.
TEST(Damage, OfTrustIsNoticedHoweverMuchElseIsDamaged) {
  Damage damage;
  for (std::size_t i = 0; i <= kMaxNotedRecords; ++i)
    damage.note(Table::queue, key_of(i));
  EXPECT_EQ(damage.unwritten().size(), kMaxNotedRecords);
  EXPECT_FALSE(damage.is_altered());
  damage.note(Table::peers, key_of(0));
  EXPECT_TRUE(damage.is_altered());
  EXPECT_NE(damage.altered().find("(peers)"), std::string::npos);
}

TEST(Damage, OfATableIsNewOnce) {
  Damage damage;
  EXPECT_TRUE(damage.set_altered(Table::routes));
  EXPECT_FALSE(damage.set_altered(Table::routes));
  EXPECT_TRUE(damage.set_altered(Table::peers));
}

}  // namespace
}  // namespace culvert::store
