#include "crypto/base/require.h"

#include <gtest/gtest.h>

#include <csignal>

namespace culvert {
namespace {

TEST(Require, LetsPassWhatHolds) { require(true, "a thing that holds"); }

TEST(RequireDeathTest, EndsTheProgramAlsoInRelease) {
  EXPECT_EXIT(require(false, "a thing that does not"), testing::KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace culvert
