// How many messages a second are stored durably: one writer, then twenty that share commits.
//     store_commit_bench [FOLDER [SECONDS [OCTETS]]]
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

struct Rate {
  double messages = 0;
  double commits = 0;
};

// Each writer hands in one message after the other and waits for it, as a session does; then the
// message is taken out again, as by a delivery.
Rate measure(Store& store, int writers, std::chrono::seconds length, const std::string& content) {
  const auto commits_before = store.counters().commits;
  const auto begin = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> stored = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      while (std::chrono::steady_clock::now() - begin < length) {
        const auto staged = stage(store, content);
        if (!staged || !put(store, *staged, {"b.example"})) std::abort();
        ++stored;
        store.write_async(
            [id = staged->message.id](WriteTransaction& txn) {
              finish(txn, {id, 0});
              return done();
            },
            [](const Status&) {});
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return {static_cast<double>(stored) / took.count(),
          static_cast<double>(store.counters().commits - commits_before) / took.count()};
}

int run(const std::filesystem::path& folder, std::chrono::seconds length, std::size_t octets) {
  auto options = options_in(folder / "data", StoreOptions::Mode::create);
  options.map_size_bytes = std::uint64_t{8} << 30;
  options.reserve_bytes = std::uint64_t{8} << 20;
  auto store = Store::open(options, test_key());
  if (!store) {
    fmt::print(stderr, "store_commit_bench: {}\n", store.error().text);
    return 1;
  }
  const std::string content(octets, 'x');
  for (const int writers : {1, 20, 100}) {
    const Rate rate = measure(**store, writers, length, content);
    fmt::print("{:4} writers, {} octets: {:8.0f} messages/s in {:6.0f} commits/s\n", writers,
               octets, rate.messages, rate.commits);
  }
  return 0;
}

}  // namespace
}  // namespace culvert::store

int main(int argc, char** argv) {
  const culvert::store::TemporaryFolder own;
  const std::filesystem::path folder = argc > 1 ? std::filesystem::path(argv[1]) : own.path();
  const std::chrono::seconds length(argc > 2 ? std::atoi(argv[2]) : 3);
  const auto octets = static_cast<std::size_t>(argc > 3 ? std::atoi(argv[3]) : 10'000);
  return culvert::store::run(folder, length, octets);
}
