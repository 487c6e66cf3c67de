// What one line of the log about a message costs, made and written: run it with standard error to
// where the log goes.
//     log_bench 2>FILE
#include <benchmark/benchmark.h>

#include "crypto/base/log_line.h"

namespace culvert {
namespace {

LogLine delivered() {
  LogLine line("message", "delivered");
  line.word("id", "00672f1c0a5b3d9e8f7a6b5c4d3e2f10")
      .address("message-id", "20261130125839.7B1A2C3D4E@mx.a.example")
      .word("path", "tunnel")
      .word("peer", "b.example")
      .address("sender", "ada.lovelace@a.example")
      .begin_list("to")
      .item("bob@b.example")
      .end_list()
      .text("host", "mx.b.example [192.0.2.1]:25")
      .text("tls", "TLSv1.3 TLS_AES_256_GCM_SHA384 verified")
      .address("sealed-as", "0123456789abcdef0123456789abcdef@a.example")
      .text("reply", "250 2.0.0 accepted as 00672f1c0a5b3d9e8f7a6b5c4d3e2f11");
  return line;
}

void made(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(delivered().line().size());
}
BENCHMARK(made);

void made_and_written(benchmark::State& state) {
  start_log(LogLevel::info, LogFormat::text);
  for (auto _ : state)
    delivered().write(LogLevel::info);
}
BENCHMARK(made_and_written)->Iterations(200'000);

void made_while_nobody_reads(benchmark::State& state) {
  start_log(LogLevel::warning, LogFormat::text);
  for (auto _ : state)
    benchmark::DoNotOptimize(is_logged(LogLevel::info));
}
BENCHMARK(made_while_nobody_reads);

}  // namespace
}  // namespace culvert

BENCHMARK_MAIN();
