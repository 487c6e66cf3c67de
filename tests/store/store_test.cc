#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <future>
#include <stdexcept>
#include <thread>

#include "store/key_file.h"
#include "store/meta.h"
#include "store/rules.h"
#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

using StoreTest = StoreFixture;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

std::string code(const auto& result) { return result ? "" : result.error().code; }

std::optional<std::string> rule(const Store& store, std::string_view key) {
  std::optional<std::string> value;
  EXPECT_TRUE(store
                  .read([&](const ReadTransaction& txn) {
                    value = find_rule(txn, "global", key);
                    return done();
                  })
                  .ok());
  return value;
}

TEST_F(StoreTest, KeepsWhatWasWritten) {
  write([](WriteTransaction& txn) { put_rule(txn, {"global", "encrypt", "mandatory"}); });
  reopen();
  EXPECT_EQ(rule(*store, "encrypt"), "mandatory");
}

TEST_F(StoreTest, IsReadableByItsOwnerOnly) {
  EXPECT_EQ(mode_of(dir()), 0700u);
  EXPECT_EQ(mode_of(dir() / "store"), 0700u);
  EXPECT_EQ(mode_of(dir() / "bodies"), 0700u);
  EXPECT_EQ(mode_of(dir() / "store" / "data.mdb"), 0600u);
  EXPECT_EQ(mode_of(dir() / "store" / "lock.mdb"), 0600u);
}

TEST_F(StoreTest, IsNeverMadeTwiceOrOpenedWhereThereIsNone) {
  EXPECT_EQ(code(Store::open(options_in(dir(), StoreOptions::Mode::create), test_key())),
            "store-exists");
  EXPECT_EQ(code(Store::open(options_in(folder.path() / "none", StoreOptions::Mode::existing),
                             test_key())),
            "no-store");
}

TEST_F(StoreTest, RefusesAnotherNodeKey) {
  store.reset();
  EXPECT_EQ(code(Store::open(options_in(dir(), StoreOptions::Mode::existing),
                             crypto::NodeKey::generate())),
            "wrong-node-key");
}

TEST_F(StoreTest, RefusesWhatANewerVersionWrote) {
  write([](WriteTransaction& txn) { write_number(txn, "schema", kSchemaVersion + 1); });
  store.reset();
  EXPECT_EQ(code(Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key())),
            "schema-newer");
}

TEST_F(StoreTest, LeavesNothingOfAClosureThatFails) {
  const Status failed = store->write([](WriteTransaction& txn) -> Status {
    put_rule(txn, {"global", "a", "1"});
    return permanent_error("no", "no");
  });
  EXPECT_EQ(code(failed), "no");
  EXPECT_EQ(rule(*store, "a"), std::nullopt);
}

TEST_F(StoreTest, LeavesNothingOfAClosureThatThrows) {
  const Status failed = store->write([](WriteTransaction& txn) -> Status {
    put_rule(txn, {"global", "a", "1"});
    throw std::runtime_error("broken");
  });
  EXPECT_EQ(code(failed), "closure-threw");
  EXPECT_EQ(rule(*store, "a"), std::nullopt);
}

TEST_F(StoreTest, ReportsAFailureThatTheClosureDidNotSee) {
  const Status failed = store->write([](WriteTransaction& txn) {
    txn.put(Table::meta, {}, {});
    put_rule(txn, {"global", "a", "1"});
    return done();
  });
  EXPECT_EQ(code(failed), "key-too-long");
  EXPECT_EQ(rule(*store, "a"), std::nullopt);
}

// Holds the commit thread in a closure, so that what follows waits together.
class Gate {
 public:
  explicit Gate(Store& store) {
    std::promise<void> entered;
    auto inside = entered.get_future();
    store.write_async(
        [this, &entered, first = true](WriteTransaction&) mutable {
          if (first) entered.set_value();
          first = false;
          opened_.get_future().wait();
          return done();
        },
        [this](const Status&) { left_.set_value(); });
    inside.wait();
  }
  void open() {
    opened_.set_value();
    left_.get_future().wait();
  }

 private:
  std::promise<void> opened_;
  std::promise<void> left_;
};

TEST_F(StoreTest, CommitsWhatWaitsTogetherWithOneFsync) {
  constexpr int kWriters = 200;
  Gate gate(*store);
  std::atomic<int> stored = 0;
  std::promise<void> all;
  for (int i = 0; i < kWriters; ++i) {
    store->write_async(
        [i](WriteTransaction& txn) {
          put_rule(txn, {"global", std::to_string(i), "x"});
          return done();
        },
        [&](const Status& status) {
          EXPECT_TRUE(status.ok());
          if (++stored == kWriters) all.set_value();
        });
  }
  const auto before = store->counters().commits;
  gate.open();
  all.get_future().wait();
  EXPECT_LE(store->counters().commits - before, 2u);  // the gate's and theirs
  for (int i = 0; i < kWriters; ++i)
    EXPECT_EQ(rule(*store, std::to_string(i)), "x");
}

TEST_F(StoreTest, KeepsTheGoodClosuresOfABatchWhoseOthersFail) {
  constexpr int kWriters = 60;
  Gate gate(*store);
  std::vector<std::promise<std::string>> results(kWriters);
  for (int i = 0; i < kWriters; ++i) {
    store->write_async(
        [i](WriteTransaction& txn) -> Status {
          put_rule(txn, {"global", std::to_string(i), "x"});
          if (i % 3 == 0) return permanent_error("third", "no");
          if (i % 7 == 0) txn.put(Table::meta, Bytes(600), {});
          return done();
        },
        [&results, i](const Status& status) {
          results[static_cast<std::size_t>(i)].set_value(code(status));
        });
  }
  gate.open();
  for (int i = 0; i < kWriters; ++i) {
    const std::string expected = i % 3 == 0 ? "third" : i % 7 == 0 ? "key-too-long" : "";
    EXPECT_EQ(results[static_cast<std::size_t>(i)].get_future().get(), expected);
    EXPECT_EQ(rule(*store, std::to_string(i)).has_value(), expected.empty()) << i;
  }
}

TEST_F(StoreTest, RunsClosuresInTheOrderInWhichTheyCame) {
  Gate gate(*store);
  std::string order;
  std::promise<void> all;
  for (char c = 'a'; c <= 'z'; ++c) {
    store->write_async(
        [c](WriteTransaction& txn) {
          put_rule(txn, {"global", "last", std::string(1, c)});
          return done();
        },
        [&order, &all, c](const Status&) {
          order += c;
          if (c == 'z') all.set_value();
        });
  }
  gate.open();
  all.get_future().wait();
  EXPECT_EQ(order, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(rule(*store, "last"), "z");
}

TEST_F(StoreTest, RunsAfterCommitOnlyForWhatWasCommitted) {
  int ran = 0;
  EXPECT_FALSE(store
                   ->write([&](WriteTransaction& txn) -> Status {
                     txn.after_commit([&] { ran += 1; });
                     return permanent_error("no", "no");
                   })
                   .ok());
  EXPECT_EQ(ran, 0);
  write([&](WriteTransaction& txn) {
    put_rule(txn, {"global", "a", "1"});
    txn.after_commit([&] { ran += 10; });
  });
  EXPECT_EQ(ran, 10);
}

TEST_F(StoreTest, LetsReadersGoOnWhileAWriteIsUnderWay) {
  write([](WriteTransaction& txn) { put_rule(txn, {"global", "a", "old"}); });
  std::promise<void> written;
  std::promise<void> may_end;
  auto end = may_end.get_future().share();
  std::thread writer([&] {
    EXPECT_TRUE(store
                    ->write([&](WriteTransaction& txn) {
                      put_rule(txn, {"global", "a", "new"});
                      written.set_value();
                      end.wait();
                      return done();
                    })
                    .ok());
  });
  written.get_future().wait();
  EXPECT_EQ(rule(*store, "a"), "old");
  may_end.set_value();
  writer.join();
  EXPECT_EQ(rule(*store, "a"), "new");
}

TEST_F(StoreTest, FinishesWhatWasGivenBeforeItCloses) {
  std::atomic<int> stored = 0;
  for (int i = 0; i < 100; ++i) {
    store->write_async(
        [i](WriteTransaction& txn) {
          put_rule(txn, {"global", std::to_string(i), "x"});
          return done();
        },
        [&](const Status& status) { stored += status.ok() ? 1 : 0; });
  }
  store.reset();
  EXPECT_EQ(stored, 100);
}

TEST_F(StoreTest, RefusesToWaitInItsOwnCommitThread) {
  std::promise<std::string> inner;
  store->write_async(
      [](WriteTransaction&) { return done(); },
      [&](const Status&) {
        inner.set_value(code(store->write([](WriteTransaction&) { return done(); })));
      });
  EXPECT_EQ(inner.get_future().get(), "write-in-commit-thread");
}

TEST_F(StoreTest, RaisesTheGenerationForCommandsOnly) {
  const auto before = store->generation();
  write([](WriteTransaction& txn) { put_rule(txn, {"global", "a", "1"}); });
  EXPECT_EQ(store->generation(), before);
  auto options = options_in(dir(), StoreOptions::Mode::existing);
  options.writer = StoreOptions::Writer::command;
  store.reset();
  store = std::move(Store::open(options, test_key())).value();
  write([](WriteTransaction& txn) { put_rule(txn, {"global", "a", "2"}); });
  EXPECT_GT(store->generation(), before);
}

TEST(KeyFile, IsMadeOnceAndReadBack) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "node.key";
  const auto made = create_node_key(file);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(mode_of(file), 0600u);
  const auto loaded = load_node_key(file);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(as_text(made->text().view()).substr(0, 18), "culvert-node-key-1");
  EXPECT_EQ(to_text(made->text().view()), to_text(loaded->text().view()));
  EXPECT_EQ(code(create_node_key(file)), "key-file-exists");
}

TEST(KeyFile, IsRefusedIfOthersMayReadItOrItIsSomethingElse) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "node.key";
  EXPECT_EQ(code(load_node_key(file)), "no-key-file");
  ASSERT_TRUE(create_node_key(file).ok());
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  const auto refused = load_node_key(file);
  EXPECT_EQ(code(refused), "key-file-mode");
  EXPECT_NE(refused.error().text.find("chmod 600"), std::string::npos);
  EXPECT_EQ(code(load_node_key(folder.path())), "key-file-mode");
  const auto fifo = folder.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(code(load_node_key(fifo)), "key-file-mode");
  const auto other = folder.path() / "other";
  std::ofstream(other) << "something else\n";
  ASSERT_EQ(::chmod(other.c_str(), 0600), 0);
  EXPECT_EQ(code(load_node_key(other)), "bad-node-key");
}

}  // namespace
}  // namespace culvert::store
