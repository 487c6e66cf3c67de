#include "crypto/base/require.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace culvert {
namespace {

TEST(RequireDeathTest, LetsPassWhatHolds) {
  const auto go_on = [] {
    require(true, "a thing that holds");
    std::_Exit(3);
  };
  EXPECT_EXIT(go_on(), testing::ExitedWithCode(3), "");
}

TEST(RequireDeathTest, EndsTheProgramAlsoInRelease) {
  EXPECT_EXIT(require(false, "a thing that does not"), testing::KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace culvert
