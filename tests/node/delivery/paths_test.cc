// The table of delivery paths is whole, and what is stored keeps its numbers.
#include "node/delivery/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>

namespace culvert::node {
namespace {

TEST(Paths, EachStoredPathHasOneRow) {
  for (const store::PathName& stored : store::kDeliveryPaths) {
    const auto rows = all_paths();
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(),
                            [&](const PathRow* row) { return row->path == stored.path; }),
              1)
        << stored.name;
    EXPECT_EQ(path_row(stored.path).path, stored.path);
    EXPECT_NE(path_row(stored.path).plan, nullptr) << stored.name;
    EXPECT_EQ(store::path_name(stored.path), std::string(stored.name));
    EXPECT_TRUE(store::is_known(stored.path));
  }
  EXPECT_EQ(all_paths().size(), std::size(store::kDeliveryPaths));
}

TEST(Paths, WhatIsHandedOnHasASourceAndAHop) {
  for (const PathRow* row : all_paths())
    EXPECT_EQ(row->source == nullptr, row->next_hop == nullptr) << store::path_name(row->path);
}

TEST(Paths, NumbersAreFrozen) {
  const std::pair<int, const char*> frozen[] = {
      {0, "tunnel"}, {1, "clear"}, {2, "inside"}, {3, "open"}, {4, "proof"}};
  for (const auto& [number, name] : frozen)
    EXPECT_STREQ(store::path_name(static_cast<store::DeliveryPath>(number)), name);
}

// What strangers could fill is kept from nobody else, and only what leaves in our seal counts so.
TEST(Paths, SayWhereTheyLead) {
  using store::DeliveryPath;
  EXPECT_FALSE(path_traits(DeliveryPath::open).leads_elsewhere);
  EXPECT_FALSE(path_traits(DeliveryPath::inside).leads_elsewhere);
  EXPECT_TRUE(path_traits(DeliveryPath::clear).leads_to_strangers);
  EXPECT_FALSE(path_traits(DeliveryPath::tunnel).leads_to_strangers);
  EXPECT_TRUE(path_traits(DeliveryPath::tunnel).seals);
  EXPECT_TRUE(path_traits(DeliveryPath::proof).seals);
  EXPECT_FALSE(path_traits(DeliveryPath::clear).seals);
  EXPECT_EQ(path_traits(DeliveryPath::tunnel).delay, DelayTold::unasked);
}

TEST(Paths, OfAnotherVersionTellNobodyAndComeBackToNobody) {
  const auto unknown = static_cast<store::DeliveryPath>(200);
  EXPECT_FALSE(store::is_known(unknown));
  EXPECT_STREQ(store::path_name(unknown), "unknown");
  EXPECT_EQ(path_traits(unknown).delay, DelayTold::never);
  EXPECT_FALSE(path_traits(unknown).expires);
}

TEST(PathsDeathTest, ARowOfAnUnknownPathIsAFault) {
  EXPECT_EXIT(path_row(static_cast<store::DeliveryPath>(200)), testing::KilledBySignal(SIGABRT),
              "");
}

}  // namespace
}  // namespace culvert::node
