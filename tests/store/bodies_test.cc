#include "store/bodies.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "store/body_files.h"
#include "store/quarantine.h"
#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

using BodiesTest = StoreFixture;
namespace fs = std::filesystem;

std::string long_content(std::size_t size) {
  std::string content(size, 'x');
  for (std::size_t i = 0; i < size; i += 13)
    content[i] = static_cast<char>('a' + i % 26);
  return content;
}

std::size_t files_in(const fs::path& dir) {
  std::size_t count = 0;
  for (const auto& at : fs::recursive_directory_iterator(dir))
    count += at.is_regular_file() ? 1 : 0;
  return count;
}

bool found_below(const fs::path& dir, std::string_view text) {
  for (const auto& at : fs::recursive_directory_iterator(dir)) {
    if (!at.is_regular_file()) continue;
    std::ifstream in(at.path(), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(in)), {});
    if (all.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST_F(BodiesTest, ComeBackAsTheyWereWhateverTheirSize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kInlineBodyBytes,
                                 kInlineBodyBytes + 1, std::size_t{300'000}}) {
    const std::string content = long_content(size);
    const MessageId id = put(content, {"b.example"});
    const auto found = message(id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->body.size_bytes, size);
    EXPECT_EQ(found->body.place,
              size > kInlineBodyBytes ? BodyRef::Place::file : BodyRef::Place::database);
    EXPECT_TRUE(body(found->body) == content) << size;
  }
}

TEST_F(BodiesTest, MayBeReadTwice) {
  for (const std::size_t size : {std::size_t{1000}, std::size_t{200'000}}) {
    const std::string content = long_content(size);
    const auto found = message(put(content, {"b.example"}));
    auto source = open_body(*store, found->body);
    ASSERT_TRUE(source.ok());
    EXPECT_TRUE(to_text(read_all(**source, 1 << 20).value()) == content);
    ASSERT_TRUE((*source)->rewind().ok());
    EXPECT_TRUE(to_text(read_all(**source, 1 << 20).value()) == content);
  }
}

TEST_F(BodiesTest, AreNeverOnDiskInClear) {
  const std::string canary = "canary-5f1c2a";
  put(canary + " small", {"b.example"});
  put(canary + long_content(200'000) + canary, {"b.example"});
  EXPECT_EQ(files_in(dir() / "bodies"), 1u);
  store.reset();
  EXPECT_FALSE(found_below(dir(), canary));
  EXPECT_FALSE(found_below(dir(), "mail.a.example"));
  std::ofstream(dir() / "control") << "... mail.a.example ...";
  EXPECT_TRUE(found_below(dir(), "mail.a.example"));  // the search itself works
}

TEST_F(BodiesTest, AreFilesOfTheirOwnerOnly) {
  const MessageId id = put(long_content(100'000), {"b.example"});
  struct stat status {};
  const fs::path file = body_path(dir() / "bodies", id);
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  ASSERT_EQ(::stat(file.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
}

TEST_F(BodiesTest, AreNotReleasedIfAFileWasCutOrExchanged) {
  const MessageId a = put(long_content(200'000), {"b.example"});
  const MessageId b = put(long_content(200'000), {"b.example"});
  const fs::path file_a = body_path(dir() / "bodies", a);
  const fs::path file_b = body_path(dir() / "bodies", b);
  fs::copy_file(file_a, file_b, fs::copy_options::overwrite_existing);
  EXPECT_EQ(body(message(b)->body), "body-damaged");
  fs::resize_file(file_a, fs::file_size(file_a) - 1);
  EXPECT_EQ(body(message(a)->body), "body-damaged");
}

TEST_F(BodiesTest, AreNotOpenedUnderAnotherMessagesId) {
  const auto a = message(put("aaa", {"b.example"}));
  const auto b = message(put("bbb", {"b.example"}));
  BodyRef mixed = a->body;
  mixed.id = b->id;
  EXPECT_EQ(body(mixed), "body-damaged");
}

TEST_F(BodiesTest, GoWithTheirMessage) {
  const MessageId id = put(long_content(100'000), {"b.example"});
  EXPECT_EQ(files_in(dir() / "bodies"), 1u);
  write([&](WriteTransaction& txn) { finish(txn, {id, 0}); });
  EXPECT_EQ(files_in(dir() / "bodies"), 0u);
}

TEST_F(BodiesTest, StayReadableForWhoHasThemOpen) {
  const std::string content = long_content(300'000);
  const MessageId id = put(content, {"b.example"});
  auto source = open_body(*store, message(id)->body);
  ASSERT_TRUE(source.ok());
  write([&](WriteTransaction& txn) { drop(txn, {id, 0}); });
  EXPECT_TRUE(to_text(read_all(**source, 1 << 20).value()) == content);
}

TEST_F(BodiesTest, LeaveNoFileIfTheyWereNotCommitted) {
  {
    BodyWriter unfinished(*store, MessageId::make(kStart));
    ASSERT_TRUE(unfinished.write(as_bytes(long_content(100'000))).ok());
    EXPECT_EQ(files_in(dir() / "bodies"), 1u);
  }
  EXPECT_EQ(files_in(dir() / "bodies"), 0u);
  {
    auto staged = stage(*store, long_content(100'000));
    ASSERT_TRUE(staged.ok());
    EXPECT_FALSE(store
                     ->write([&](WriteTransaction& txn) -> Status {
                       auto entries = {entry_to(staged->message.id, 0, "b.example")};
                       EXPECT_TRUE(put_message(txn, staged->message, staged->body, entries).ok());
                       return permanent_error("no", "no");
                     })
                     .ok());
  }
  EXPECT_EQ(files_in(dir() / "bodies"), 0u);
}

TEST_F(BodiesTest, AreSweptIfNobodyOwnsThem) {
  const MessageId kept = put(long_content(100'000), {"b.example"});
  auto staged = stage(*store, long_content(100'000));
  const MessageId orphan = MessageId::make(kStart);
  const fs::path orphan_file = body_path(dir() / "bodies", orphan);
  fs::create_directories(orphan_file.parent_path());
  std::ofstream(orphan_file) << "left by a crash";
  EXPECT_EQ(store->sweep_bodies().value(), 1u);
  EXPECT_FALSE(fs::exists(orphan_file));
  EXPECT_EQ(files_in(dir() / "bodies"), 2u);
  // What was staged meanwhile is still good.
  EXPECT_TRUE(culvert::store::put(*store, *staged, {"b.example"}).ok());
  EXPECT_EQ(store->sweep_bodies().value(), 0u);
  EXPECT_EQ(body(message(staged->message.id)->body).size(), 100'000u);
  EXPECT_EQ(body(message(kept)->body).size(), 100'000u);
}

TEST_F(BodiesTest, OfQuarantineAreNotSwept) {
  const MessageId id = put(long_content(100'000), {"b.example"});
  write([&](WriteTransaction& txn) { EXPECT_TRUE(quarantine_entry(txn, {id, 0}, {}).value()); });
  EXPECT_EQ(store->sweep_bodies().value(), 0u);
  EXPECT_EQ(files_in(dir() / "bodies"), 1u);
}

// The attack: the node opens a pipe that nobody writes to before it listens, and waits for ever.
TEST_F(BodiesTest, WhatStandsInPlaceOfABodyDoesNotHoldUpTheSweep) {
  const MessageId owned = put(long_content(200'000), {"b.example"});
  const fs::path kept = folder.path() / "kept";
  fs::create_directory(kept);
  const auto place = [&] { return body_path(dir() / "bodies", MessageId::make(kStart)); };
  const fs::path pipe = place(), inside = place(), link = place(), device = place();
  for (const fs::path& file : {pipe, inside, link, device})
    fs::create_directories(file.parent_path());
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_directory(inside);
  fs::create_directory_symlink(kept, link);
  fs::create_symlink("/dev/zero", device);
  const fs::path body = body_path(dir() / "bodies", owned);
  fs::remove(body);
  ASSERT_EQ(::mkfifo(body.c_str(), 0600), 0);
  auto swept = std::async(std::launch::async, [&] { return store->sweep_bodies(); });
  const bool in_time = swept.wait_for(std::chrono::seconds(5)) == std::future_status::ready;
  // A writer lets a sweep that waits end, so that the test does.
  std::vector<int> writers;
  for (const fs::path& file : {pipe, body})
    writers.push_back(::open(file.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  swept.wait();
  for (const int writer : writers)
    ::close(writer);
  ASSERT_TRUE(in_time);
  EXPECT_EQ(swept.get().value(), 0u);
  for (const fs::path& file : {pipe, inside, link, device, body})
    EXPECT_TRUE(fs::exists(fs::symlink_status(file))) << file;
}

TEST_F(BodiesTest, CostMemoryThatDoesNotDependOnTheirSize) {
  const auto peak_kib = [] {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto pass = [&](std::size_t mebibytes) {
    const std::string piece = long_content(1 << 20);
    const MessageId id = MessageId::make(kStart);
    BodyWriter writer(*store, id);
    for (std::size_t i = 0; i < mebibytes; ++i)
      ASSERT_TRUE(writer.write(as_bytes(piece)).ok());
    auto staged = writer.finish();
    ASSERT_TRUE(staged.ok());
    auto source = open_body(*store, staged->ref());
    ASSERT_TRUE(source.ok());
    Bytes buffer(65536);
    std::uint64_t total = 0;
    for (auto got = (*source)->read(buffer); *got > 0; got = (*source)->read(buffer))
      total += *got;
    EXPECT_EQ(total, mebibytes << 20);
  };
  pass(2);
  const auto before = peak_kib();
  pass(64);
  EXPECT_LT(peak_kib() - before, 8 * 1024);
}

// The attack: who can write the data directory leads bodies to a directory of another program.
TEST_F(BodiesTest, AFolderThatIsALinkGetsNoBody) {
  const fs::path elsewhere = folder.path() / "elsewhere";
  fs::create_directory(elsewhere);
  for (int i = 0; i < 256; ++i)
    fs::create_directory_symlink(elsewhere, dir() / "bodies" / fmt::format("{:02x}", i));
  const auto staged = stage(*store, long_content(200'000));
  EXPECT_FALSE(staged.ok());
  EXPECT_TRUE(fs::is_empty(elsewhere));
  ASSERT_TRUE(stage(*store, long_content(1000)).ok()) << "small ones are in the database";
}

TEST_F(BodiesTest, WhatStandsInPlaceOfABodyIsNeitherWaitedForNorFollowed) {
  const auto found = message(put(long_content(200'000), {"b.example"}));
  const fs::path file = body_path(dir() / "bodies", found->body.id);
  const fs::path kept = folder.path() / "kept";
  fs::rename(file, kept);
  fs::create_symlink(kept, file);
  EXPECT_EQ(body(found->body), "body-file");
  fs::remove(file);
  ::mkfifo(file.c_str(), 0600);
  EXPECT_EQ(body(found->body), "body-file");
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_EQ(body(found->body), "body-file");
  fs::remove(file);
  fs::rename(kept, file);
  EXPECT_EQ(body(found->body).size(), 200'000U);
}

}  // namespace
}  // namespace culvert::store
