#include "node/system/instance_lock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "node/system/descriptors.h"
#include "tests/store/fixture.h"

namespace culvert::node {
namespace {

TEST(InstanceLock, TellsWhetherANodeRunsAndNotWhetherOneCouldListen) {
  const store::TemporaryFolder dir;
  EXPECT_FALSE(InstanceLock::is_held(dir.path())) << "nothing was ever there";
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  auto taken = InstanceLock::take(dir.path());
  ASSERT_TRUE(taken.ok());
  std::optional<InstanceLock> lock(*std::move(taken));
  EXPECT_TRUE(InstanceLock::is_held(dir.path()));
  EXPECT_EQ(InstanceLock::take(dir.path()).error().code, "already-running");
  lock.reset();
  EXPECT_FALSE(InstanceLock::is_held(dir.path())) << "the file is still there";
}

TEST(Descriptors, TheSoftLimitIsTheHardOneAfterwards) {
  const std::size_t limit = raise_descriptor_limit();
  EXPECT_GT(limit, 0U);
  EXPECT_EQ(raise_descriptor_limit(), limit);
}

}  // namespace
}  // namespace culvert::node
