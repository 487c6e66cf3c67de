// The two dialogs of the benchmark against each other, in pieces of every size: what is measured
// must be what was sent.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tools/bench/load_dialog.h"
#include "tools/bench/sink_dialog.h"
#include "tools/bench/stopwatch.h"

namespace culvert::bench {
namespace {

constexpr std::string_view kDotted = "a: b\r\n\r\n..\r\n..dots\r\n\r\n...\r\n";

// Passes octets between the two until the client has finished, `step` octets at a time.
std::uint64_t run(LoadPlan& plan, std::size_t step, std::size_t* stamps) {
  LoadDialog client(plan);
  SinkDialog server;
  std::uint64_t taken = 0;
  for (int turn = 0; turn < 100'000 && !(client.finished() && client.out().empty()); ++turn) {
    client.receive(std::string_view(server.out()).substr(0, step));
    server.out().erase(0, step);
    std::string_view next =
        client.out().empty() ? client.body_left() : std::string_view(client.out());
    const std::string piece(next.substr(0, step));
    if (client.out().empty())
      client.body_sent(piece.size());
    else
      client.out().erase(0, piece.size());
    server.receive(piece);
    taken += server.take_messages();
    *stamps += server.take_stamps().size();
  }
  return taken;
}

TEST(BenchDialogs, CountEveryMessageInPiecesOfAnySize) {
  for (std::size_t step : {1u, 2u, 3u, 5u, 7u, 64u, 100'000u}) {
    LoadPlan plan;
    plan.body = std::string(kDotted) + ".\r\n";
    plan.left = 5;
    std::size_t stamps = 0;
    EXPECT_EQ(run(plan, step, &stamps), 5u) << "step " << step;
    EXPECT_EQ(plan.accepted, 5u) << "step " << step;
    EXPECT_EQ(stamps, 5u) << "step " << step;
    EXPECT_EQ(plan.accept_latency.count(), 5u);
  }
}

TEST(BenchDialogs, AnEmptyMessageIsAMessage) {
  for (std::size_t step : {1u, 4u, 1000u}) {
    LoadPlan plan;
    plan.body = ".\r\n";
    plan.left = 3;
    std::size_t stamps = 0;
    EXPECT_EQ(run(plan, step, &stamps), 3u) << "step " << step;
  }
}

TEST(BenchLoad, CountsARefusedRecipientAndGoesOn) {
  LoadPlan plan;
  plan.body = "x\r\n.\r\n";
  plan.left = 2;
  LoadDialog client(plan);
  client.receive("220 a\r\n250-b\r\n250 SIZE\r\n250 ok\r\n550 no\r\n503 no\r\n");
  EXPECT_EQ(plan.refused, 1u);
  EXPECT_EQ(plan.accepted, 0u);
  client.receive("250 ok\r\n250 ok\r\n354 go\r\n");
  EXPECT_EQ(client.body_left(), plan.body);
}

TEST(BenchStopwatch, CarriesATimeThroughAnAddress) {
  const std::uint64_t time_ns = monotonic_ns();
  EXPECT_EQ(stamped_time("RCPT TO:<" + stamp(time_ns) + "@b.example> NOTIFY=NEVER"), time_ns);
  EXPECT_EQ(stamped_time("RCPT TO:<bob@b.example>"), 0u);
  EXPECT_EQ(stamped_time("RCPT TO:<t00"), 0u);
}

TEST(BenchStopwatch, PercentilesAreOnesThatWereMeasured) {
  Latencies latencies;
  EXPECT_EQ(latencies.percentile_ms(50), 0);
  for (std::uint64_t i = 1; i <= 100; ++i)
    latencies.add(i * 1'000'000);
  EXPECT_DOUBLE_EQ(latencies.percentile_ms(50), 50);
  EXPECT_DOUBLE_EQ(latencies.percentile_ms(99), 99);
  EXPECT_DOUBLE_EQ(latencies.percentile_ms(100), 100);
}

}  // namespace
}  // namespace culvert::bench
