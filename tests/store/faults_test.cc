// A database that is full, a disk that is full, an fsync that fails.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "store/rules.h"
#include "tests/store/fixture.h"

namespace {
std::atomic<int> syncs_until_failure = -1;  // below zero: never
}  // namespace

// Takes the place of the C library's for the database, which is a shared library.
extern "C" int fdatasync(int fd) {
  if (syncs_until_failure >= 0 && syncs_until_failure-- == 0) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace culvert::store {
namespace {

// Puts mail until the store refuses it; the error, and what was taken.
struct Filled {
  std::vector<MessageId> taken;
  std::optional<Error> refused;
};
Filled fill(Store& store, std::size_t size, std::size_t limit = 100'000) {
  Filled filled;
  const std::string content(size, 'x');
  while (!filled.refused && filled.taken.size() < limit) {
    auto staged = stage(store, content);
    const Status stored =
        staged ? put(store, *staged, {"b.example"}) : Status(std::move(staged).error());
    if (stored) {
      filled.taken.push_back(staged->message.id);
    } else {
      filled.refused = stored.error();
    }
  }
  return filled;
}

std::string code(const Status& status) { return status ? "" : status.error().code; }

// Removes all of it, one by one as the scheduler does.
void expect_removable(Store& store, const std::vector<MessageId>& ids) {
  for (const MessageId& id : ids) {
    const Status removed = store.write([&](WriteTransaction& txn) {
      finish(txn, {id, 0});
      return done();
    });
    ASSERT_TRUE(removed.ok()) << removed.error().detail;
  }
}

void expect_deferrable(Store& store, const std::vector<MessageId>& ids) {
  for (const MessageId& id : ids) {
    const Status deferred = store.write([&](WriteTransaction& txn) {
      defer(txn, {id, 0}, {kStart + std::chrono::hours(1), "the host is down", {}, {}});
      return done();
    });
    ASSERT_TRUE(deferred.ok()) << deferred.error().detail;
  }
}

TEST(FullDatabase, RefusesNewMailAndRecoversAlone) {
  const TemporaryFolder folder;
  auto options = options_in(folder.path() / "data", StoreOptions::Mode::create);
  options.map_size_bytes = 12 << 20;
  options.reserve_bytes = 1 << 20;
  auto store = std::move(Store::open(options, test_key())).value();
  for (int round = 0; round < 3; ++round) {
    const Filled filled = fill(*store, 50'000);
    ASSERT_TRUE(filled.refused);
    EXPECT_EQ(filled.refused->code, "disk-full");
    EXPECT_EQ(filled.refused->fault, Fault::temporary);
    EXPECT_GT(filled.taken.size(), 100u);
    expect_deferrable(*store, filled.taken);
    EXPECT_EQ(code(store->write([](WriteTransaction& txn) {
                put_rule(txn, {"global", "encrypt", "mandatory"});
                return done();
              })),
              "");
    expect_removable(*store, filled.taken);
  }
}

TEST(FullDatabase, RefusesOneOfABatchWithoutTheOthers) {
  const TemporaryFolder folder;
  auto options = options_in(folder.path() / "data", StoreOptions::Mode::create);
  options.map_size_bytes = 12 << 20;
  auto store = std::move(Store::open(options, test_key())).value();
  const Filled filled = fill(*store, 50'000);
  std::vector<std::string> results(20);
  for (std::size_t i = 0; i < results.size(); ++i) {
    auto staged = stage(*store, std::string(10'000, 'y'));
    ASSERT_TRUE(staged.ok());
    store->write_async(
        [&, i, one = *staged](WriteTransaction& txn) -> Status {
          if (i % 2 == 0) {
            finish(txn, {filled.taken[i], 0});
            return done();
          }
          return put_message(txn, one.message, one.body,
                             {entry_to(one.message.id, 0, "b.example")});
        },
        [&, i](const Status& status) { results[i] = code(status); });
  }
  store.reset();
  for (std::size_t i = 0; i < results.size(); i += 2)
    EXPECT_EQ(results[i], "") << i;
}

// What a test says in a child of its own mount namespace: 0 passed, 77 not permitted here.
int with_small_disk(const std::filesystem::path& at, const std::function<void()>& test) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("culvert-test", at.c_str(), "tmpfs", 0, "size=24m,mode=0700") != 0) {
      ::_exit(77);
    }
    test();
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// Takes every octet that is left.
void fill_disk(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string zeros(4096, '\0');
  while (::write(fd, zeros.data(), zeros.size()) > 0) {
  }
  ::close(fd);
}

TEST(FullDisk, RefusesNewMailAndStillRemovesOld) {
  const TemporaryFolder folder;
  const int status = with_small_disk(folder.path(), [&] {
    auto options = options_in(folder.path() / "data", StoreOptions::Mode::create);
    auto store = std::move(Store::open(options, test_key())).value();
    const Filled before = fill(*store, 10'000, 500);
    EXPECT_FALSE(before.refused);
    fill_disk(folder.path() / "filler");
    const Filled filled = fill(*store, 10'000);
    EXPECT_EQ(filled.refused->code, "disk-full");
    EXPECT_EQ(filled.refused->fault, Fault::temporary);
    const Filled large = fill(*store, 200'000);
    EXPECT_EQ(large.refused->code, "disk-full");
    EXPECT_TRUE(large.taken.empty());
    expect_deferrable(*store, before.taken);
    expect_removable(*store, filled.taken);
    expect_removable(*store, before.taken);
    // There is room in the database now.
    EXPECT_EQ(fill(*store, 10'000, 100).taken.size(), 100u);
    std::filesystem::remove(folder.path() / "filler");
    EXPECT_EQ(fill(*store, 200'000, 5).taken.size(), 5u);
  });
  if (status == 77) GTEST_SKIP() << "needs the right to mount";
  EXPECT_EQ(status, 0);
}

TEST(FailedSync, IsNeverTriedAgain) {
  const TemporaryFolder folder;
  auto store = std::move(Store::open(options_in(folder.path() / "data", StoreOptions::Mode::create),
                                     test_key()))
                   .value();
  const auto put_one = [](std::string_view key) {
    return [key](WriteTransaction& txn) {
      put_rule(txn, {"global", std::string(key), "x"});
      return done();
    };
  };
  ASSERT_EQ(code(store->write(put_one("before"))), "");
  syncs_until_failure = 0;
  EXPECT_EQ(code(store->write(put_one("failed"))), "store-failed");
  EXPECT_LT(syncs_until_failure, 0);  // it was tried
  EXPECT_EQ(code(store->write(put_one("after"))), "store-failed");
  // Reading goes on, and a restart recovers.
  const auto has = [&](std::string_view key) {
    bool found = false;
    EXPECT_TRUE(store
                    ->read([&](const ReadTransaction& txn) {
                      found = find_rule(txn, "global", key).has_value();
                      return done();
                    })
                    .ok());
    return found;
  };
  EXPECT_TRUE(has("before"));
  EXPECT_FALSE(has("failed"));
  store.reset();
  store = std::move(Store::open(options_in(folder.path() / "data", StoreOptions::Mode::existing),
                                test_key()))
              .value();
  EXPECT_TRUE(has("before"));
  EXPECT_EQ(code(store->write(put_one("again"))), "");
}

// What a commit that failed left on disk is unknown: its entry may be there after a restart.
TEST(FailedSync, LeavesTheBodyOfWhatMayBeStored) {
  const TemporaryFolder folder;
  auto store = std::move(Store::open(options_in(folder.path() / "data", StoreOptions::Mode::create),
                                     test_key()))
                   .value();
  const auto bodies = [&folder] {
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder.path() / "data" / "bodies"))
      files += entry.is_regular_file() ? 1 : 0;
    return files;
  };
  const std::string content(200'000, 'x');
  syncs_until_failure = 0;
  EXPECT_EQ(code(put(*store, *stage(*store, content), {"b.example"})), "store-failed");
  EXPECT_EQ(bodies(), 1u);
  // What was surely not stored leaves none.
  EXPECT_EQ(code(put(*store, *stage(*store, content), {"b.example"})), "store-failed");
  EXPECT_EQ(bodies(), 1u);
  store.reset();
  store = std::move(Store::open(options_in(folder.path() / "data", StoreOptions::Mode::existing),
                                test_key()))
              .value();
  EXPECT_EQ(*store->sweep_bodies(), 1u);
  EXPECT_EQ(bodies(), 0u);
}

}  // namespace
}  // namespace culvert::store
