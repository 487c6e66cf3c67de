// Several processes at one store, and processes that are killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "store/rules.h"
#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

// The child ends with what `act` returns; it never comes back into the test.
template <typename Act>
pid_t in_child(Act act) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::_exit(act());
}

int exit_status(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void kill_and_wait(pid_t child) {
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
}

std::unique_ptr<Store> open_store(const std::filesystem::path& dir, StoreOptions::Mode mode) {
  auto opened = Store::open(options_in(dir, mode), test_key());
  return opened ? std::move(opened).value() : nullptr;
}

class ProcessesTest : public ::testing::Test {
 protected:
  // Made and closed again: a child must open a store of its own.
  void SetUp() override { ASSERT_TRUE(open_store(dir(), StoreOptions::Mode::create)); }
  std::filesystem::path dir() const { return folder.path() / "data"; }
  std::unique_ptr<Store> open() const { return open_store(dir(), StoreOptions::Mode::existing); }
  TemporaryFolder folder;
};

TEST_F(ProcessesTest, TwoWriteAtOnceAndNothingIsLost) {
  constexpr int kMessages = 100;
  const auto put_many = [&](std::string_view content, std::string_view destination) {
    const auto store = open();
    if (!store) return 1;
    for (int i = 0; i < kMessages; ++i) {
      const auto staged = stage(*store, content);
      if (!staged || !put(*store, *staged, {std::string(destination)})) return 2;
    }
    return 0;
  };
  const pid_t a = in_child([&] { return put_many("from a", "a.example"); });
  const pid_t b = in_child([&] { return put_many(std::string(70'000, 'b'), "b.example"); });
  EXPECT_EQ(exit_status(a), 0);
  EXPECT_EQ(exit_status(b), 0);
  const auto store = open();
  EXPECT_TRUE(store
                  ->read([](const ReadTransaction& txn) {
                    EXPECT_EQ(queue_length(txn), 2u * kMessages);
                    const DueResult due = scan_due(txn, {.now = kStart, .per_destination = 1000});
                    EXPECT_EQ(due.destinations.size(), 2u);
                    for (const auto& one : due.destinations)
                      EXPECT_EQ(one.entries.size(), 1u * kMessages);
                    return done();
                  })
                  .ok());
}

TEST_F(ProcessesTest, OneSeesWhatAnotherHasCommitted) {
  const auto store = open();
  const auto before = store->generation();
  const pid_t child = in_child([&] {
    auto options = options_in(dir(), StoreOptions::Mode::existing);
    options.writer = StoreOptions::Writer::command;
    auto other = Store::open(options, test_key());
    if (!other) return 1;
    return (*other)->write([](WriteTransaction& txn) {
      put_rule(txn, {"global", "encrypt", "mandatory"});
      return done();
    })
               ? 0
               : 2;
  });
  ASSERT_EQ(exit_status(child), 0);
  EXPECT_GT(store->generation(), before);
  EXPECT_TRUE(store
                  ->read([](const ReadTransaction& txn) {
                    EXPECT_EQ(find_rule(txn, "global", "encrypt"), "mandatory");
                    return done();
                  })
                  .ok());
}

TEST_F(ProcessesTest, AWriterThatDiesInItsTransactionStopsNobody) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = in_child([&] {
    const auto store = open();
    if (!store) return 1;
    return store->write([&](WriteTransaction& txn) {
      put_rule(txn, {"global", "half", "done"});
      if (::write(pipe_ends[1], "x", 1) != 1) return done();
      for (;;)
        ::pause();
    })
               ? 0
               : 2;
  });
  char octet = 0;
  ASSERT_EQ(::read(pipe_ends[0], &octet, 1), 1);
  kill_and_wait(child);
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_TRUE(store
                  ->write([](WriteTransaction& txn) {
                    EXPECT_FALSE(find_rule(txn, "global", "half"));
                    put_rule(txn, {"global", "encrypt", "never"});
                    return done();
                  })
                  .ok());
}

TEST_F(ProcessesTest, ReadersThatDiedDoNotPinPagesForEver) {
  const auto store = open();
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = in_child([&] {
    const auto other = open();
    if (!other) return 1;
    return other->read([&](const ReadTransaction&) -> Status {
      if (::write(pipe_ends[1], "x", 1) != 1) return done();
      for (;;)
        ::pause();
    })
               ? 0
               : 2;
  });
  char octet = 0;
  ASSERT_EQ(::read(pipe_ends[0], &octet, 1), 1);
  kill_and_wait(child);
  const auto churn = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      EXPECT_TRUE(store
                      ->write([](WriteTransaction& txn) {
                        put_rule(txn, {"global", "big", std::string(20'000, 'x')});
                        return done();
                      })
                      .ok());
    }
    return std::filesystem::file_size(dir() / "store" / "data.mdb");
  };
  // The next one to open removes the dead reader.
  { ASSERT_TRUE(open()); }
  const auto before = churn(10);
  EXPECT_EQ(churn(200), before);
}

// Writes from several threads, large and small, and tells each id once it is acknowledged.
int put_for_ever(const std::filesystem::path& dir, int acknowledge) {
  const auto store = open_store(dir, StoreOptions::Mode::existing);
  if (!store) return 1;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&store, acknowledge, n] {
      for (;;) {
        const auto staged = stage(*store, std::string(n == 0 ? 100'000 : 2'000, 'x'));
        if (!staged || !put(*store, *staged, {"b.example"})) ::_exit(2);
        const ByteView id = staged->message.id.view();
        if (::write(acknowledge, id.data(), id.size()) != static_cast<ssize_t>(id.size()))
          ::_exit(3);
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  return 0;
}

std::vector<MessageId> read_ids(int from, std::size_t limit) {
  std::vector<MessageId> ids;
  std::array<std::uint8_t, MessageId::kSize> octets{};
  while (ids.size() < limit && ::read(from, octets.data(), octets.size()) == 16) {
    ids.push_back(*MessageId::from_bytes(octets));
  }
  return ids;
}

void expect_whole(const Store& store, const MessageId& id) {
  std::optional<Message> message;
  EXPECT_TRUE(store
                  .read([&](const ReadTransaction& txn) {
                    message = find_message(txn, id);
                    EXPECT_TRUE(find_entry(txn, {id, 0}));
                    return done();
                  })
                  .ok());
  ASSERT_TRUE(message) << id.hex();
  auto body = open_body(store, message->body);
  ASSERT_TRUE(body.ok());
  const auto octets = read_all(**body, 1 << 20);
  ASSERT_TRUE(octets.ok());
  EXPECT_EQ(octets->size(), message->size_bytes);
}

TEST_F(ProcessesTest, KilledAtAnyMomentLosesNothingAcknowledged) {
  std::mt19937 random(20260301);
  std::vector<MessageId> acknowledged;
  for (int round = 0; round < 15; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = in_child([&] {
      ::close(pipe_ends[0]);
      return put_for_ever(dir(), pipe_ends[1]);
    });
    ::close(pipe_ends[1]);
    const auto some = read_ids(pipe_ends[0], 1 + random() % 60);
    kill_and_wait(child);
    const auto rest = read_ids(pipe_ends[0], SIZE_MAX);
    ::close(pipe_ends[0]);
    ASSERT_FALSE(some.empty());
    acknowledged.insert(acknowledged.end(), some.begin(), some.end());
    acknowledged.insert(acknowledged.end(), rest.begin(), rest.end());
  }
  const auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->sweep_bodies().ok());
  for (const MessageId& id : acknowledged)
    expect_whole(*store, id);
  // And what is there without having been acknowledged is whole, too.
  std::vector<MessageId> all;
  EXPECT_TRUE(store
                  ->read([&](const ReadTransaction& txn) {
                    for (const auto& entry : list_queue(txn, {}, 100'000).entries)
                      all.push_back(entry.id.message);
                    EXPECT_EQ(txn.count(Table::messages), all.size());
                    EXPECT_EQ(txn.count(Table::due), all.size());
                    return done();
                  })
                  .ok());
  EXPECT_GE(all.size(), acknowledged.size());
  for (const MessageId& id : all)
    expect_whole(*store, id);
}

}  // namespace
}  // namespace culvert::store
