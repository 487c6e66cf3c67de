#include "node/net/event_loop.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;
using test::run_until;

TEST(EventLoop, RunsPostedTasksInOrder) {
  EventLoop loop;
  std::string seen;
  loop.post([&] { seen += "a"; });
  loop.post([&] {
    seen += "b";
    loop.post([&] { seen += "d"; });
  });
  loop.post([&] { seen += "c"; });
  ASSERT_TRUE(run_until(loop, [&] { return seen.size() == 4; }));
  EXPECT_EQ(seen, "abcd");
}

TEST(EventLoop, TakesPostsOfManyThreadsAndKeepsTheOrderOfEach) {
  constexpr int kThreads = 8;
  constexpr int kPosts = 2000;
  EventLoop loop;
  std::vector<std::vector<int>> seen(kThreads);
  int total = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kPosts; ++i) {
        loop.post([&, t, i] {
          seen[t].push_back(i);
          ++total;
        });
      }
    });
  }
  EXPECT_TRUE(run_until(loop, [&] { return total == kThreads * kPosts; }));
  for (std::thread& thread : threads)
    thread.join();
  for (const std::vector<int>& of_thread : seen) {
    ASSERT_EQ(of_thread.size(), static_cast<std::size_t>(kPosts));
    EXPECT_TRUE(std::is_sorted(of_thread.begin(), of_thread.end()));
  }
}

TEST(EventLoop, StopsFromAnotherThread) {
  EventLoop loop;
  std::thread other([&] { loop.stop(); });
  loop.run();
  other.join();
  EXPECT_FALSE(loop.is_loop_thread());
}

TEST(EventLoop, CallsLaterButNeverAtOnce) {
  EventLoop loop;
  bool called = false;
  const Timer timer = loop.call_after(milliseconds(0), [&] { called = true; });
  EXPECT_FALSE(called);
  EXPECT_TRUE(timer.pending());
  ASSERT_TRUE(run_until(loop, [&] { return called; }));
  EXPECT_FALSE(timer.pending());
}

TEST(EventLoop, KeepsTimersInOrder) {
  EventLoop loop;
  std::string seen;
  const Timer late = loop.call_after(milliseconds(60), [&] { seen += "late"; });
  const Timer early = loop.call_after(milliseconds(5), [&] { seen += "early "; });
  ASSERT_TRUE(run_until(loop, [&] { return !late.pending(); }));
  EXPECT_EQ(seen, "early late");
}

TEST(EventLoop, DoesNotCallACancelledTimer) {
  EventLoop loop;
  bool called = false;
  bool other = false;
  Timer cancelled = loop.call_after(milliseconds(1), [&] { called = true; });
  cancelled.cancel();
  {
    const Timer died = loop.call_after(milliseconds(1), [&] { called = true; });
  }
  const Timer later = loop.call_after(milliseconds(30), [&] { other = true; });
  ASSERT_TRUE(run_until(loop, [&] { return other; }));
  EXPECT_FALSE(called);
}

TEST(EventLoop, LetsATimerReplaceItself) {
  EventLoop loop;
  Timer timer;
  int count = 0;
  std::function<void()> again = [&] {
    if (++count < 3) timer = loop.call_after(milliseconds(1), again);
  };
  timer = loop.call_after(milliseconds(1), again);
  EXPECT_TRUE(run_until(loop, [&] { return count == 3; }));
}

struct Mortal {
  explicit Mortal(std::string& in_log) : log(in_log) {}
  ~Mortal() { log += "died "; }
  std::string& log;
};

TEST(EventLoop, DestroysAtTheEndOfTheTurn) {
  EventLoop loop;
  std::string log;
  loop.post([&] {
    loop.defer_destroy(std::make_unique<Mortal>(log));
    log += "after ";
  });
  loop.post([&] { log += "same-turn "; });
  ASSERT_TRUE(run_until(loop, [&] { return log.find("died") != std::string::npos; }));
  EXPECT_EQ(log, "after same-turn died ");
}

struct Ender final : TurnEndListener {
  void on_turn_end() override { ++calls; }
  int calls = 0;
};

TEST(EventLoop, TellsTheEndOfATurnOnceHoweverOftenAsked) {
  EventLoop loop;
  Ender ender;
  loop.post([&] {
    loop.call_at_turn_end(ender);
    loop.call_at_turn_end(ender);
    EXPECT_EQ(ender.calls, 0);
  });
  loop.run_once(milliseconds(0));
  EXPECT_EQ(ender.calls, 1);
  loop.run_once(milliseconds(0));
  EXPECT_EQ(ender.calls, 1);
}

TEST(EventLoop, ForgetsAListenerThatDiesBeforeTheTurnEnds) {
  EventLoop loop;
  auto ender = std::make_unique<Ender>();
  loop.call_at_turn_end(*ender);
  loop.forget_turn_end(*ender);
  ender.reset();
  loop.run_once(milliseconds(0));
  Ender other;
  loop.call_at_turn_end(other);
  loop.run_once(milliseconds(0));
  EXPECT_EQ(other.calls, 1);
}

TEST(LifeToken, StopsCallbacksOfTheDead) {
  int calls = 0;
  auto token = std::make_unique<LifeToken>();
  auto guarded = token->guard([&](int by) { calls += by; });
  guarded(2);
  token.reset();
  guarded(40);
  EXPECT_EQ(calls, 2);
}

TEST(LoopGroup, RunsATaskOnEveryLoopInThreadsOfTheirOwn) {
  LoopGroup loops(3);
  std::atomic<int> on_own_thread{0};
  loops.run_on_all([&](EventLoop& loop) {
    if (loop.is_loop_thread()) ++on_own_thread;
  });
  EXPECT_EQ(on_own_thread, 3);
  EXPECT_FALSE(loops.at(0).is_loop_thread());
}

TEST(LoopGroup, RunsTasksInThisThreadOnceStopped) {
  LoopGroup loops(2);
  loops.stop();
  int calls = 0;
  loops.run_on_all([&](EventLoop&) { ++calls; });
  EXPECT_EQ(calls, 2);
}

class Deaf final : public FdListener {
 public:
  void on_readable() override {}
  void on_writable() override {}
};

// How many pollers of this process watch that descriptor (proc(5), fdinfo).
int pollers_of(int fd) {
  int found = 0;
  const std::string line_start = "tfd:";
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream info(entry.path());
    for (std::string line; std::getline(info, line);) {
      if (line.starts_with(line_start) && std::stoi(line.substr(line_start.size())) == fd) ++found;
    }
  }
  return found;
}

// Named kind: two loops and one table of descriptors. What is applied after a descriptor was closed
// meets a new one of the same number, which another loop has.
TEST(EventLoop, LetsGoOfADescriptorBeforeItIsClosed) {
  EventLoop loop;
  Deaf deaf;
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  for (const Interest last : {Interest::read, Interest::read_write, Interest::write}) {
    auto watch = loop.watch(pair[0], deaf);
    bool checked = false;
    loop.post([&] { watch->set_interest(Interest::read); });
    loop.run_once(milliseconds(1));
    EXPECT_EQ(pollers_of(pair[0]), 1);
    // Within one turn, as when a connection ends.
    loop.post([&] {
      watch->set_interest(last);
      watch.reset();
      EXPECT_EQ(pollers_of(pair[0]), 0);
      checked = true;
    });
    ASSERT_TRUE(run_until(loop, [&] { return checked; }));
  }
  ::close(pair[0]);
  ::close(pair[1]);
}

}  // namespace
}  // namespace culvert::node
