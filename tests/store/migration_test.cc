// A store of version 1, made by the program of that time, becomes one of version 2; at whatever
// moment that is cut off, running it again ends it. What the old one held is in
// data/version-1/README.md.
#include "store/migration.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "store/invitations.h"
#include "store/key_file.h"
#include "store/keyring.h"
#include "store/own_marks.h"
#include "store/peers.h"
#include "store/quarantine.h"
#include "store/routes.h"
#include "store/rules.h"
#include "store/secrets.h"
#include "store/seen.h"
#include "store/sent.h"
#include "store/trace.h"
#include "tests/store/fixture.h"
#include "tests/store/raw_disk.h"
#include "tests/support/source_root.h"

namespace culvert::store {
namespace {

namespace fs = std::filesystem;

class MigrationTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string unpack =
        "tar -xJf " + (tests::source_root() / "tests/store/data/version-1/node.tar.xz").string() +
        " -C " + folder.path().string();
    ASSERT_EQ(std::system(unpack.c_str()), 0);
    fs::permissions(key_file(), fs::perms::owner_read | fs::perms::owner_write);
  }
  fs::path data() const { return folder.path() / "data"; }
  fs::path key_file() const { return folder.path() / "node.key"; }
  fs::path database() const { return data() / "store" / "data.mdb"; }

  MigrationOptions options() const {
    MigrationOptions out;
    out.data_dir = data();
    out.key_file = key_file();
    out.map_size_bytes = std::uint64_t{1} << 30;
    return out;
  }
  Result<std::unique_ptr<Store>> open() const {
    auto key = load_node_key(key_file());
    if (!key) return key.error();
    return Store::open(options_in(data(), StoreOptions::Mode::existing), *key);
  }
  std::string opening() const {
    const auto store = open();
    return store ? "" : store.error().code;
  }
  // Ends in a process of its own behind the `effect`th effect; true if it came so far.
  bool cut_off(std::size_t effect) const {
    const pid_t child = ::fork();
    if (child == 0) {
      MigrationOptions cut = options();
      std::size_t so_far = 0;
      cut.after_effect = [&](std::string_view) {
        if (so_far++ == effect) ::_exit(9);
      };
      ::_exit(migrate_store(cut) ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_NE(WEXITSTATUS(status), 1);
    return WEXITSTATUS(status) == 9;
  }
  static std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void expect_everything() const;

  TemporaryFolder folder;
};

void MigrationTest::expect_everything() const {
  const auto opened = open();
  ASSERT_TRUE(opened.ok()) << opened.error().text;
  const Store& store = **opened;
  EXPECT_EQ(store.altered(), "");
  std::vector<QueueEntry> queue;
  std::vector<QuarantineItem> quarantine;
  const Status read = store.read([&](const ReadTransaction& txn) {
    queue = list_queue(txn, std::nullopt, 100).entries;
    quarantine = list_quarantine(txn, std::nullopt, 100).items;
    const auto peers = list_peers(txn);
    EXPECT_EQ(peers.size(), 1u);
    for (const Peer& peer : peers) {
      EXPECT_EQ(peer.name, "gate.b.example");
      EXPECT_EQ(routes_of_peer(txn, peer.fingerprint).size(), 1u);
      EXPECT_EQ(routes_of_domain(txn, domain("b.example")).size(), 1u);
      EXPECT_TRUE(find_route(txn, domain("b.example"), peer.fingerprint)->active_since);
      EXPECT_TRUE(find_incarnation(txn, peer.fingerprint, peer.incarnation));
    }
    EXPECT_EQ(list_rules(txn),
              (std::vector<Rule>{{"domain:c.example", "encrypt", "opportunistic"},
                                 {"user:canaryperson@c.example", "encrypt", "opportunistic"}}));
    EXPECT_EQ(list_invitations(txn).size(), 2u);
    EXPECT_TRUE(own_card(txn));
    EXPECT_EQ(find_own_marks(txn), OwnMarks{});  // no mark of that time tells where mail came from
    EXPECT_GT(seen_horizon(txn), Time{});
    EXPECT_FALSE(list_certificates(txn).empty());
    for (const StoredCertificate& certificate : list_certificates(txn)) {
      EXPECT_TRUE(find_secret(txn, certificate.key_name)) << certificate.key_name;
    }
    EXPECT_FALSE(find_traced(txn, mailbox("canaryperson@c.example"), std::nullopt, 10).ids.empty());
    EXPECT_EQ(txn.count(Table::seen), txn.count(Table::seen_by_time));
    EXPECT_GT(txn.count(Table::seen), 0u);
    EXPECT_GT(txn.count(Table::sent), 0u);
    std::size_t due = 0;
    for (const auto& one : scan_due(txn, {.now = from_unix(4'000'000'000)}).destinations)
      due += one.entries.size();
    EXPECT_EQ(due, queue.size());
    return done();
  });
  EXPECT_TRUE(read.ok());
  ASSERT_EQ(queue.size(), 3u);
  ASSERT_EQ(quarantine.size(), 1u);
  std::vector<BodyRef> bodies = {quarantine[0].message.body};
  ASSERT_TRUE(store
                  .read([&](const ReadTransaction& txn) {
                    for (const QueueEntry& entry : queue)
                      bodies.push_back(find_message(txn, entry.id.message)->body);
                    return done();
                  })
                  .ok());
  for (const BodyRef& body : bodies) {
    auto source = open_body(store, body);
    ASSERT_TRUE(source.ok()) << source.error().text;
    const auto octets = read_all(**source, 1 << 20);
    ASSERT_TRUE(octets.ok()) << octets.error().text;
    EXPECT_EQ(octets->size(), body.size_bytes);
  }
}

TEST_F(MigrationTest, RefusesTheOldStoreUntilItIsDone) {
  const std::string before = contents(database());
  EXPECT_EQ(opening(), "store-to-migrate");
  EXPECT_EQ(contents(database()), before);  // not even a table was added
  const auto done = migrate_store(options());
  ASSERT_TRUE(done.ok()) << done.error().text;
  EXPECT_EQ(done->from, 1u);
  EXPECT_EQ(done->to, 2u);
  EXPECT_GT(done->records, 20u);
  EXPECT_TRUE(done->left_out.empty()) << done->left_out.front();
  EXPECT_EQ(contents(key_file()).substr(84), "store=2\n");
  expect_everything();
  const auto again = migrate_store(options());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->from, 2u);
}

TEST_F(MigrationTest, ADryRunChangesNothing) {
  const std::string before = contents(database()), key = contents(key_file());
  MigrationOptions dry = options();
  dry.mode = MigrationOptions::Mode::dry_run;
  const auto done = migrate_store(dry);
  ASSERT_TRUE(done.ok()) << done.error().text;
  EXPECT_GT(done->records, 20u);
  EXPECT_EQ(contents(database()), before);
  EXPECT_EQ(contents(key_file()), key);
  EXPECT_FALSE(fs::exists(data() / "store.new"));
}

TEST_F(MigrationTest, KeepsNothingThatCouldBeRead) {
  const auto has = [&](std::string_view word) {
    for (const auto& at : fs::recursive_directory_iterator(data())) {
      if (at.is_regular_file() && contents(at.path()).find(word) != std::string::npos) return true;
    }
    return false;
  };
  // The words are there before, so that the question means something.
  for (const char* word : {"canaryperson", "b.example", "c.example"})
    EXPECT_TRUE(has(word)) << word;
  ASSERT_TRUE(migrate_store(options()).ok());
  for (const char* word : {"canaryperson", "b.example", "c.example", "a.example"})
    EXPECT_FALSE(has(word)) << word;
}

TEST_F(MigrationTest, CutOffAnywhereItIsEndedByTheNextRun) {
  std::size_t effects = 0;
  while (cut_off(effects)) {
    ++effects;
    // Nobody uses what is half done; what is done to its end is done.
    const bool is_done = contents(key_file()).ends_with("\nstore=2\n");
    EXPECT_EQ(opening(), is_done ? "" : "store-to-migrate") << effects;
    const auto done = migrate_store(options());
    ASSERT_TRUE(done.ok()) << effects << ": " << done.error().text;
    expect_everything();
    EXPECT_FALSE(fs::exists(data() / "store.new"));
    EXPECT_FALSE(fs::exists(key_file().string() + ".new"));
    fs::remove_all(data());
    SetUp();
    if (HasFatalFailure() || effects > 100) return;
  }
  EXPECT_GE(effects, 10u);
}

// Who can write the disk puts the old store back, altered: the new program would seal it as
// genuine.
TEST_F(MigrationTest, PoisonedDiskOfVersion1IsNeverTakenOnceItWasMigrated) {
  const std::string old = contents(database());
  ASSERT_TRUE(migrate_store(options()).ok());
  const std::string fresh = contents(database());
  const auto put = [&](const std::string& octets) {
    std::ofstream(database(), std::ios::binary | std::ios::trunc) << octets;
    fs::remove(data() / "store" / "lock.mdb");
  };
  const auto refused = [&] {
    EXPECT_EQ(opening(), "store-put-back");
    for (const auto mode : {MigrationOptions::Mode::real, MigrationOptions::Mode::dry_run}) {
      MigrationOptions again = options();
      again.mode = mode;
      const auto done = migrate_store(again);
      ASSERT_FALSE(done.ok());
      EXPECT_EQ(done.error().code, "store-put-back");
    }
  };
  put(old);
  refused();
  // Altered, so that it names a thief.
  std::string altered = old;
  for (std::size_t at; (at = altered.find("gate.b.example")) != std::string::npos;)
    altered.replace(at, 14, "gate.t.example");
  put(altered);
  refused();
  // Half of each: the new one, with the number of the old.
  put(fresh);
  {
    RawDisk disk(data());
    disk.put(Table::meta, to_bytes("schema"), {0, 0, 0, 0, 0, 0, 0, 1});
  }
  refused();
  put(fresh);
  expect_everything();
}

TEST_F(MigrationTest, ACutOffRunDoesNotVouchForWhatSomebodyChangedMeanwhile) {
  std::size_t effect = 0;
  while (cut_off(effect) && contents(database()).find("gate.b.example") != std::string::npos)
    ++effect;
  // Exchanged, and the key file does not say so yet.
  ASSERT_EQ(contents(key_file()).size(), 84u);
  {
    RawDisk disk(data());
    const auto peers = disk.all(Table::peers);
    Bytes changed = peers.begin()->second;
    changed[50] ^= 1;
    disk.put(Table::peers, peers.begin()->first, changed);
  }
  const auto done = migrate_store(options());
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, "store-altered");
  EXPECT_EQ(contents(key_file()).size(), 84u);
}

TEST_F(MigrationTest, NamesWhatItLeavesOut) {
  {
    RawDisk disk(data());
    disk.put(Table::queue, Bytes(18, 7), {0xff});
    disk.put(Table::peers, Bytes(32, 7),
             disk.all(Table::peers).begin()->second);  // under another's key
    disk.put(Table::routes, to_bytes("t.example"), disk.all(Table::routes).begin()->second);
    disk.put(Table::secrets, to_bytes("identity/other"), disk.all(Table::secrets).begin()->second);
  }
  const auto done = migrate_store(options());
  ASSERT_TRUE(done.ok()) << done.error().text;
  ASSERT_EQ(done->left_out.size(), 4u);
  EXPECT_EQ(done->left_out[0].rfind("queue 0707", 0), 0u) << done->left_out[0];
  expect_everything();
}

TEST_F(MigrationTest, WritesThroughNoLink) {
  const fs::path victim = folder.path() / "victim";
  std::ofstream(victim) << "untouched";
  fs::create_symlink(victim, key_file().string() + ".new");
  fs::create_directory(folder.path() / "elsewhere");
  std::ofstream(folder.path() / "elsewhere" / "data.mdb") << "untouched";
  fs::create_directory_symlink(folder.path() / "elsewhere", data() / "store.new");
  ASSERT_TRUE(migrate_store(options()).ok());
  EXPECT_EQ(contents(victim), "untouched");
  EXPECT_EQ(contents(folder.path() / "elsewhere" / "data.mdb"), "untouched");
  expect_everything();
}

TEST_F(MigrationTest, IsRefusedBesideACommandAndWithAnotherKey) {
  {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const RawDisk disk(data());
      if (::write(pipe_ends[1], "x", 1) != 1) ::_exit(1);
      for (;;)
        ::pause();
    }
    char octet = 0;
    ASSERT_EQ(::read(pipe_ends[0], &octet, 1), 1);
    const auto beside = migrate_store(options());
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_FALSE(beside.ok());
    EXPECT_EQ(beside.error().code, "store-in-use");
  }
  const std::string key = contents(key_file());
  std::ofstream(key_file()) << "culvert-node-key-1 " << std::string(64, 'b') << "\n";
  const auto wrong = migrate_store(options());
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, "wrong-node-key");
  EXPECT_FALSE(fs::exists(data() / "store.new"));
  std::ofstream(key_file()) << key;
  ASSERT_TRUE(migrate_store(options()).ok());
}

TEST(KeyFileOfTwoVersions, SaysWhichStoreItUnlocks) {
  const std::string plain = "culvert-node-key-1 " + std::string(64, 'a') + "\n";
  EXPECT_EQ(crypto::NodeKey::parse(plain)->store_version(), 1);
  EXPECT_EQ(crypto::NodeKey::parse(plain + "store=2\n")->store_version(), 2);
  EXPECT_EQ(to_text(crypto::NodeKey::parse(plain)->for_store(2).text().view()),
            plain + "store=2\n");
  EXPECT_EQ(to_text(crypto::NodeKey::parse(plain)->text().view()), plain);
  for (const char* line : {"store=1\n", "store=3\n", "store=2\n\n", " store=2\n", "store=2 \n",
                           "store=22\n", "STORE=2\n", "store=2\nstore=2\n", "store=\n", "x"}) {
    EXPECT_FALSE(crypto::NodeKey::parse(plain + line).ok()) << line;
  }
}

}  // namespace
}  // namespace culvert::store
