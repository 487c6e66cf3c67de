#include "node/net/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "node/net/event_loop.h"
#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

TEST(Workers, FinishWhatWasSubmittedBeforeTheyStop) {
  std::atomic<int> count{0};
  {
    Workers workers(3, 1000);
    for (int i = 0; i < 500; ++i)
      ASSERT_TRUE(workers.submit([&] { ++count; }).ok());
  }
  EXPECT_EQ(count, 500);
}

TEST(Workers, RefuseMoreThanMayWait) {
  std::latch release(1);
  std::latch begun(1);
  Workers workers(1, 2);
  ASSERT_TRUE(workers
                  .submit([&] {
                    begun.count_down();
                    release.wait();
                  })
                  .ok());
  begun.wait();
  EXPECT_TRUE(workers.submit([] {}).ok());
  EXPECT_TRUE(workers.submit([] {}).ok());
  EXPECT_EQ(workers.waiting(), 2u);
  const Status refused = workers.submit([] {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::temporary);
  EXPECT_EQ(refused.error().code, "busy");
  release.count_down();
}

TEST(Workers, RefuseJobsAfterStop) {
  Workers workers(1, 10);
  workers.stop();
  EXPECT_FALSE(workers.submit([] {}).ok());
}

TEST(Workers, CarryWhatCanOnlyBeMovedAndPostItBack) {
  EventLoop loop;
  Workers workers(2, 10);
  std::unique_ptr<int> result;
  ASSERT_TRUE(
      workers
          .submit([&loop, &result, value = std::make_unique<int>(6)]() mutable {
            *value *= 7;
            loop.post([&result, value = std::move(value)]() mutable { result = std::move(value); });
          })
          .ok());
  ASSERT_TRUE(test::run_until(loop, [&] { return result != nullptr; }));
  EXPECT_EQ(*result, 42);
}

}  // namespace
}  // namespace culvert::node
