#include "node/session/body_pull.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

#include "node/session/name_question.h"

namespace culvert::node {
namespace {

using namespace std::chrono_literals;

// Gives pieces of `size` octets, `count` of them, then the end or an error.
class CountedSource final : public PieceSource {
 public:
  CountedSource(std::size_t size, std::size_t count, std::optional<Error> end = std::nullopt)
      : size_(size), count_(count), end_(std::move(end)) {}
  void begin(const std::vector<bool>& accepted) override { accepted_to = accepted; }
  Result<Bytes> next() override {
    if (count_ == 0) return end_ ? Result<Bytes>(*end_) : Result<Bytes>(Bytes());
    --count_;
    return Bytes(size_, 'x');
  }
  static inline std::vector<bool> accepted_to;

 private:
  std::size_t size_;
  std::size_t count_;
  std::optional<Error> end_;
};

class BodyPullTest : public ::testing::Test {
 protected:
  // Turns the loop until `is_done`, at most for a while.
  template <typename F>
  void turn_until(F is_done) {
    for (int i = 0; i < 2000 && !is_done(); ++i)
      loop_.run_once(10ms);
    ASSERT_TRUE(is_done());
  }

  EventLoop loop_;
  Workers workers_{1, 4};
};

TEST_F(BodyPullTest, GathersSmallPiecesAndEndsWithTheLast) {
  int told = 0;
  BodyPull body(loop_, workers_, std::make_unique<CountedSource>(10, 3), [&] { ++told; });
  EXPECT_FALSE(body.has_begun());
  body.begin({true, false});
  EXPECT_EQ(CountedSource::accepted_to, (std::vector<bool>{true, false}));
  EXPECT_FALSE(body.take());
  body.pull();
  body.pull();  // one is under way
  turn_until([&] { return told > 0; });
  const auto piece = body.take();
  ASSERT_TRUE(piece && piece->octets);
  EXPECT_EQ(piece->octets->size(), 30U);
  EXPECT_TRUE(piece->is_last);
  body.pull();  // there is nothing more
  loop_.run_once(20ms);
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(body.take());
}

TEST_F(BodyPullTest, NeverGetsMoreThanOnePieceAhead) {
  int told = 0;
  BodyPull body(loop_, workers_, std::make_unique<CountedSource>(64 * 1024, 2), [&] { ++told; });
  body.begin({true});
  body.pull();
  turn_until([&] { return told == 1; });
  body.pull();  // one is there
  loop_.run_once(20ms);
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(body.take()->is_last);
  body.pull();
  turn_until([&] { return told == 2; });
  EXPECT_FALSE(body.take()->is_last);
  body.pull();
  turn_until([&] { return told == 3; });
  const auto last = body.take();
  EXPECT_TRUE(last->is_last);
  EXPECT_TRUE(last->octets->empty());
}

TEST_F(BodyPullTest, HandsOnWhyThereIsNoMore) {
  int told = 0;
  auto source = std::make_unique<CountedSource>(10, 1, permanent_error("damaged", "it is damaged"));
  BodyPull body(loop_, workers_, std::move(source), [&] { ++told; });
  body.begin({true});
  body.pull();
  turn_until([&] { return told == 1; });
  const auto piece = body.take();
  ASSERT_FALSE(piece->octets.ok());
  EXPECT_EQ(piece->octets.error().code, "damaged");
}

TEST_F(BodyPullTest, AsksAgainWhenAllWorkersAreBusy) {
  std::mutex mutex;
  std::condition_variable changed;
  bool free = false;
  Workers busy(1, 1);
  const auto wait = [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return free; });
  };
  while (busy.submit(wait).ok()) {
  }
  int told = 0;
  BodyPull body(loop_, busy, std::make_unique<CountedSource>(10, 1), [&] { ++told; });
  body.begin({true});
  body.pull();
  loop_.run_once(50ms);
  EXPECT_EQ(told, 0);
  {
    const std::lock_guard lock(mutex);
    free = true;
  }
  changed.notify_all();
  turn_until([&] { return told == 1; });
}

TEST_F(BodyPullTest, MayDieWhenItTellsOfAPieceAndWhileAWorkerPulls) {
  std::optional<BodyPull> body;
  body.emplace(loop_, workers_, std::make_unique<CountedSource>(10, 1), [&] { body.reset(); });
  body->begin({true});
  body->pull();
  turn_until([&] { return !body.has_value(); });
  bool told = false;
  body.emplace(loop_, workers_, std::make_unique<CountedSource>(10, 1), [&] { told = true; });
  body->begin({true});
  body->pull();
  body.reset();
  workers_.stop();
  loop_.run_once(20ms);
  EXPECT_FALSE(told);
}

TEST_F(BodyPullTest, ANameIsToldOnceAndALateOneIsForgotten) {
  Callback<ClientName> answer;
  const FindClientName find = [&](const std::string& address, Callback<ClientName> found) {
    EXPECT_EQ(address, "192.0.2.1");
    answer = std::move(found);
  };
  std::vector<ClientName> told;
  const auto tell = [&](ClientName name) { told.push_back(std::move(name)); };
  NameQuestion quick(loop_, nullptr, find, "192.0.2.1", 10s, tell);
  EXPECT_TRUE(quick.is_open());
  answer({ClientName::Known::yes, "mx.a.example"});
  EXPECT_TRUE(told.empty()) << "in a later turn";
  turn_until([&] { return told.size() == 1; });
  EXPECT_EQ(told[0].name, "mx.a.example");
  EXPECT_FALSE(quick.is_open());

  NameWaits waits;
  NameQuestion slow(loop_, &waits, find, "192.0.2.1", 10ms, tell);
  turn_until([&] { return told.size() == 2; });
  EXPECT_EQ(told[1].known, ClientName::Known::not_now);
  answer({ClientName::Known::yes, "mx.a.example"});
  loop_.run_once(20ms);
  EXPECT_EQ(told.size(), 2U);
}

}  // namespace
}  // namespace culvert::node
