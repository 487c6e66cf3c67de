// A store that the program of an earlier commit wrote is read as it was meant: what it held is in
// data/version-2/README.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "store/key_file.h"
#include "store/quarantine.h"
#include "store/queue.h"
#include "store/rules.h"
#include "tests/store/fixture.h"
#include "tests/support/source_root.h"

namespace culvert::store {
namespace {

namespace fs = std::filesystem;

class PreviousVersionTest : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path packed = tests::source_root() / "tests/store/data/version-2/node.tar.xz";
    ASSERT_EQ(
        std::system(("tar -xJf " + packed.string() + " -C " + folder.path().string()).c_str()), 0);
    const fs::path key_file = folder.path() / "node.key";
    fs::permissions(key_file, fs::perms::owner_read | fs::perms::owner_write);
    auto key = load_node_key(key_file);
    ASSERT_TRUE(key.ok()) << key.error().text;
    auto opened =
        Store::open(options_in(folder.path() / "data", StoreOptions::Mode::existing), *key);
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    store = *std::move(opened);
  }

  template <typename Read>
  auto read(Read what) {
    decltype(what(std::declval<const ReadTransaction&>())) out;
    EXPECT_TRUE(store
                    ->read([&](const ReadTransaction& txn) -> Status {
                      out = what(txn);
                      return done();
                    })
                    .ok());
    return out;
  }
  // The one entry of that path, with its message.
  std::pair<QueueEntry, Message> on(DeliveryPath path) {
    const auto page = read([](const auto& txn) { return list_queue(txn, std::nullopt, 100); });
    const auto found = std::find_if(page.entries.begin(), page.entries.end(),
                                    [path](const QueueEntry& entry) { return entry.path == path; });
    if (found == page.entries.end()) return {};
    const auto message =
        read([&](const auto& txn) { return find_message(txn, found->id.message); });
    return {*found, message.value_or(Message{})};
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store;
};

TEST_F(PreviousVersionTest, QueueIsAsItWas) {
  EXPECT_EQ(read([](const auto& txn) { return list_queue(txn, std::nullopt, 100); }).entries.size(),
            3U);
  const auto [tunnel, sealed] = on(DeliveryPath::tunnel);
  EXPECT_EQ(tunnel.destination, "b.example");
  EXPECT_EQ(
      tunnel.recipients,
      (std::vector<Recipient>{
          {mailbox("bob@b.example"), {.success = true, .delay = true}, "rfc822;robert@b.example"},
          {mailbox("eve@b.example"), {.never = true}, ""}}));
  EXPECT_EQ(sealed.body_kind, BodyKind::eight_bit_mime);
  EXPECT_EQ(sealed.ret, Ret::hdrs);
  EXPECT_EQ(sealed.envid, "QQ+2B314159");
  const auto [clear, in_clear] = on(DeliveryPath::clear);
  EXPECT_EQ(clear.recipients, (std::vector<Recipient>{{mailbox("jane@c.example")}}));
  EXPECT_EQ(in_clear.ret, Ret::unset);
  const auto [inside, from_outside] = on(DeliveryPath::inside);
  EXPECT_EQ(inside.recipients,
            (std::vector<Recipient>{{mailbox("alice@a.example"), {.failure = true}, ""}}));
  EXPECT_EQ(from_outside.ret, Ret::full);
  EXPECT_TRUE(read([](const auto& txn) { return entries_on_unknown_paths(txn, 10); }).empty());
}

TEST_F(PreviousVersionTest, WhatIsDueIsFoundOnItsPath) {
  for (const auto path : {DeliveryPath::tunnel, DeliveryPath::clear, DeliveryPath::inside}) {
    const auto [entry, message] = on(path);
    const auto due = read(
        [&](const auto& txn) { return scan_due(txn, {.now = entry.next_attempt, .path = path}); });
    ASSERT_EQ(due.destinations.size(), 1U) << path_name(path);
    EXPECT_EQ(due.destinations[0].entries, (std::vector<EntryId>{entry.id}));
  }
}

TEST_F(PreviousVersionTest, QuarantineAndRulesAreAsTheyWere) {
  const auto page = read([](const auto& txn) { return list_quarantine(txn, std::nullopt, 10); });
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].reason_code, "altered");
  EXPECT_EQ(page.items[0].recipients, (std::vector<Recipient>{{mailbox("alice@a.example")}}));
  const auto rules = read([](const auto& txn) { return list_rules(txn); });
  EXPECT_EQ(rules, (std::vector<Rule>{{"domain:c.example", "encrypt", "never"},
                                      {"user:carol@d.example", "encrypt", "mandatory"}}));
}

}  // namespace
}  // namespace culvert::store
