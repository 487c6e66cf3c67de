#include "store/queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "store/damage.h"
#include "store/message_state.h"
#include "store/trace.h"
#include "tests/store/fixture.h"

namespace culvert::store {
namespace {

using QueueTest = StoreFixture;
using std::chrono::seconds;

DueResult due(const Store& store, DueScan scan) {
  DueResult result;
  EXPECT_TRUE(store
                  .read([&](const ReadTransaction& txn) {
                    result = scan_due(txn, scan);
                    return done();
                  })
                  .ok());
  return result;
}

TEST(MessageId, SortsByTimeAndIsNeverTheSame) {
  const MessageId a = MessageId::make(kStart);
  const MessageId b = MessageId::make(kStart);
  EXPECT_NE(a, b);
  EXPECT_LT(a, MessageId::make(kStart + seconds(1)));
  EXPECT_EQ(MessageId::parse(a.hex()), a);
  EXPECT_EQ(MessageId::parse(a.hex().substr(1)), std::nullopt);
  EXPECT_EQ(MessageId::parse(std::string(32, 'A')), std::nullopt);
}

TEST(EntryId, HasOneWrittenForm) {
  const EntryId id{MessageId::make(kStart), 12};
  EXPECT_EQ(EntryId::parse(id.text()), id);
  const std::string hex = id.message.hex();
  for (const char* bad : {"", ".", ".012", ".65536", ".-1", ".1x", ".+1", " .1"}) {
    EXPECT_EQ(EntryId::parse(hex + bad), std::nullopt) << bad;
  }
}

TEST(MessageState, FollowsItsTable) {
  using S = EntryState;
  using E = EntryEvent;
  const std::optional<S> gone;
  const struct {
    E event;
    std::optional<S> queued, deferred, held;
  } table[] = {
      {E::finished, gone, gone, gone},           {E::deferred, S::deferred, S::deferred, S::held},
      {E::hold, S::held, S::held, S::held},      {E::release, S::queued, S::deferred, S::queued},
      {E::retry, S::queued, S::queued, S::held}, {E::drop, gone, gone, gone},
  };
  for (const auto& row : table) {
    EXPECT_EQ(next(S::queued, row.event).state, row.queued);
    EXPECT_EQ(next(S::deferred, row.event).state, row.deferred);
    EXPECT_EQ(next(S::held, row.event).state, row.held);
  }
}

TEST_F(QueueTest, FindsWhatWasPutAfterARestart) {
  const MessageId id = put("content", {"b.example", "c.example"});
  reopen();
  const auto found = message(id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sender, mailbox("john@a.example"));
  EXPECT_EQ(body(found->body), "content");
  EXPECT_EQ(entry({id, 1})->destination, "c.example");
  EXPECT_EQ(entry({id, 1})->recipients[0].notify, Notify{.never = true});
}

TEST_F(QueueTest, TakesStagedRecordsLikeThoseMadeInTheTransaction) {
  const auto staged = stage(*store, "content");
  ASSERT_TRUE(staged.ok());
  const MessageId id = staged->message.id;
  StagedRecords records(*store);
  ASSERT_TRUE(stage_message(records, staged->message, staged->body,
                            {entry_to(id, 0, "b.example"), entry_to(id, 1, "c.example")})
                  .ok());
  begin_trace(records, id, {kStart, "received", {}}, {mailbox("jane@b.example")});
  for (int run = 0; run < 2; ++run) {  // a closure may run again
    write([&](WriteTransaction& txn) { ASSERT_TRUE(put_staged(txn, records, staged->body).ok()); });
  }
  reopen();
  const auto found = message(id);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, staged->message);
  EXPECT_EQ(body(found->body), "content");
  EXPECT_EQ(entry({id, 1})->destination, "c.example");
  EXPECT_EQ(due(*store, {.now = kStart}).destinations.size(), 2u);
  read([&](const ReadTransaction& txn) {
    EXPECT_EQ(find_trace(txn, id).size(), 1u);
    EXPECT_EQ(find_traced(txn, mailbox("jane@b.example"), std::nullopt, 10).ids,
              std::vector<MessageId>{id});
    EXPECT_TRUE(txn.damage().unwritten().empty());
  });
}

TEST_F(QueueTest, StagesNothingThatItWouldNotTake) {
  const auto staged = stage(*store, "content");
  ASSERT_TRUE(staged.ok());
  StagedRecords records(*store);
  const auto none = stage_message(records, staged->message, staged->body, {});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, "bad-message");
}

TEST_F(QueueTest, KeepsTheMessageUntilItsLastEntryIsFinished) {
  const MessageId id = put("content", {"b.example", "c.example"});
  const auto kept = message(id);
  write([&](WriteTransaction& txn) { EXPECT_TRUE(finish(txn, {id, 0})); });
  EXPECT_EQ(body(kept->body), "content");
  EXPECT_FALSE(entry({id, 0}));
  write([&](WriteTransaction& txn) { EXPECT_TRUE(finish(txn, {id, 1})); });
  EXPECT_FALSE(message(id));
  EXPECT_EQ(body(kept->body), "no-body");
  read([](const ReadTransaction& txn) {
    for (const Table table : {Table::messages, Table::queue, Table::due, Table::bodies}) {
      EXPECT_EQ(txn.count(table), 0u) << table_name(table);
    }
  });
}

TEST_F(QueueTest, TakesAFinishThatComesTwiceAsNoError) {
  const MessageId id = put("content", {"b.example"});
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(drop(txn, {id, 0}));
    EXPECT_FALSE(finish(txn, {id, 0}));
    EXPECT_FALSE(defer(txn, {id, 0}, {}));
    EXPECT_FALSE(retry(txn, {id, 0}, kStart));
    EXPECT_FALSE(hold(txn, {id, 0}, ""));
  });
}

TEST_F(QueueTest, RefusesEntriesThatDoNotFit) {
  auto staged = stage(*store, "x");
  const auto try_put = [&](std::vector<QueueEntry> entries) {
    return store->write([&](WriteTransaction& txn) {
      return put_message(txn, staged->message, staged->body, entries);
    });
  };
  const MessageId id = staged->message.id;
  EXPECT_FALSE(try_put({}).ok());
  EXPECT_FALSE(try_put({entry_to(MessageId::make(kStart), 0, "b.example")}).ok());
  EXPECT_FALSE(try_put({entry_to(id, 0, "b.example"), entry_to(id, 0, "c.example")}).ok());
  QueueEntry nobody = entry_to(id, 0, "b.example");
  nobody.recipients.clear();
  EXPECT_FALSE(try_put({nobody}).ok());
  QueueEntry strange = entry_to(id, 0, "b.example");
  strange.destination = std::string("b\0c", 3);
  EXPECT_FALSE(try_put({strange}).ok());
  EXPECT_TRUE(try_put({entry_to(id, 0, "b.example")}).ok());
}

TEST_F(QueueTest, ShowsWhatIsDueAndWhenTheNextWillBe) {
  const MessageId now = put("1", {"b.example"}, kStart);
  put("2", {"b.example"}, kStart + seconds(50));
  put("3", {"c.example"}, kStart + seconds(20));
  const DueResult result = due(*store, {.now = kStart});
  ASSERT_EQ(result.destinations.size(), 1u);
  EXPECT_EQ(result.destinations[0].destination, "b.example");
  EXPECT_EQ(result.destinations[0].entries, std::vector<EntryId>{EntryId({now, 0})});
  EXPECT_EQ(result.next, kStart + seconds(20));
}

TEST_F(QueueTest, DoesNotLetOneDestinationHideAnother) {
  for (int i = 0; i < 50; ++i)
    put("x", {"dead.example"}, kStart - seconds(i));
  put("y", {"good.example"});
  DueResult result = due(*store, {.now = kStart, .per_destination = 3});
  ASSERT_EQ(result.destinations.size(), 2u);
  std::sort(result.destinations.begin(), result.destinations.end(),
            [](const auto& a, const auto& b) { return a.destination < b.destination; });
  EXPECT_EQ(result.destinations[0].destination, "dead.example");
  EXPECT_EQ(result.destinations[0].entries.size(), 3u);
  EXPECT_EQ(result.destinations[1].destination, "good.example");
  EXPECT_EQ(entry(result.destinations[0].entries[0])->next_attempt, kStart - seconds(49));
}

TEST_F(QueueTest, TakesNoMoreThanADestinationCanUse) {
  for (int i = 0; i < 5; ++i) {
    put("x", {"dead.example"}, kStart - seconds(i));
    put("y", {"good.example"});
  }
  const auto wanted = [](DeliveryPath, const std::string& destination) -> std::size_t {
    return destination == "good.example" ? 2 : 0;
  };
  const DueResult result = due(*store, {.now = kStart, .wanted = wanted});
  ASSERT_EQ(result.destinations.size(), 1u);
  EXPECT_EQ(result.destinations[0].destination, "good.example");
  EXPECT_EQ(result.destinations[0].entries.size(), 2u);
}

TEST_F(QueueTest, KeepsPathsOfOneDestinationApart) {
  auto staged = stage(*store, "x");
  QueueEntry clear = entry_to(staged->message.id, 0, "b.example");
  QueueEntry tunnel = entry_to(staged->message.id, 1, "b.example");
  tunnel.path = DeliveryPath::tunnel;
  QueueEntry inside = entry_to(staged->message.id, 2, "a.example");
  inside.path = DeliveryPath::inside;
  inside.destination.clear();
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(put_message(txn, staged->message, staged->body, {clear, tunnel, inside}).ok());
  });
  const DueResult result = due(*store, {.now = kStart});
  ASSERT_EQ(result.destinations.size(), 3u);
  EXPECT_EQ(result.destinations[0].path, DeliveryPath::tunnel);
  EXPECT_EQ(result.destinations[1].path, DeliveryPath::clear);
  EXPECT_EQ(result.destinations[2].path, DeliveryPath::inside);
  EXPECT_EQ(result.destinations[2].destination, "");
  const DueResult clear_only = due(*store, {.now = kStart, .path = DeliveryPath::clear});
  ASSERT_EQ(clear_only.destinations.size(), 1u);
  EXPECT_EQ(clear_only.destinations[0].path, DeliveryPath::clear);
  EXPECT_TRUE(due(*store, {.now = kStart, .path = DeliveryPath::open}).destinations.empty());
}

// A newer version of this program wrote it.
TEST_F(QueueTest, FindsWhatIsOnAPathOfAnotherVersion) {
  auto staged = stage(*store, "x");
  QueueEntry known = entry_to(staged->message.id, 0, "b.example");
  QueueEntry strange = entry_to(staged->message.id, 1, "b.example", kStart + seconds(60));
  strange.path = static_cast<DeliveryPath>(9);
  QueueEntry last = entry_to(staged->message.id, 2, "b.example");
  last.path = static_cast<DeliveryPath>(UINT8_MAX);
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(put_message(txn, staged->message, staged->body, {known, strange, last}).ok());
  });
  const auto unknown = [this](std::size_t limit) {
    std::vector<EntryId> ids;
    EXPECT_TRUE(store
                    ->read([&](const ReadTransaction& txn) {
                      ids = entries_on_unknown_paths(txn, limit);
                      return done();
                    })
                    .ok());
    return ids;
  };
  EXPECT_EQ(unknown(10), (std::vector<EntryId>{strange.id, last.id}));
  EXPECT_EQ(unknown(1), (std::vector<EntryId>{strange.id}));
  EXPECT_EQ(entry(strange.id)->path, strange.path);
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(hold(txn, strange.id, "of another version"));
    EXPECT_TRUE(hold(txn, last.id, "of another version"));
  });
  EXPECT_TRUE(unknown(10).empty());
  write([&](WriteTransaction& txn) { EXPECT_TRUE(release(txn, strange.id, kStart)); });
  EXPECT_EQ(unknown(10).size(), 1u);
}

TEST_F(QueueTest, LeavesOutWhatIsClaimed) {
  const MessageId a = put("1", {"b.example"}, kStart - seconds(2));
  const MessageId b = put("2", {"b.example"}, kStart - seconds(1));
  const DueResult result = due(
      *store,
      {.now = kStart, .per_destination = 1, .claimed = [&](auto& id) { return id.message == a; }});
  ASSERT_EQ(result.destinations.size(), 1u);
  EXPECT_EQ(result.destinations[0].entries[0].message, b);
}

TEST_F(QueueTest, GoesOnBehindTheLastDestination) {
  for (const char* name : {"a", "b", "c", "d", "e"})
    put("x", {std::string(name) + ".example"});
  std::vector<std::string> seen;
  DueScan scan{.now = kStart, .destinations = 2};
  for (int pages = 0; pages < 10; ++pages) {
    const DueResult result = due(*store, scan);
    for (const auto& destination : result.destinations)
      seen.push_back(destination.destination);
    if (!result.more_after) break;
    scan.after = result.more_after;
  }
  std::sort(seen.begin(), seen.end());  // each once, in no order that could be read on the disk
  EXPECT_EQ(seen, (std::vector<std::string>{"a.example", "b.example", "c.example", "d.example",
                                            "e.example"}));
}

TEST_F(QueueTest, DefersWithTheRecipientsThatAreLeft) {
  const MessageId id = put("x", {"b.example"});
  const Recipient left{mailbox("left@b.example"), {}, {}};
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(defer(txn, {id, 0}, {kStart + seconds(300), "host is down", {left}, {}}));
  });
  const auto found = entry({id, 0});
  EXPECT_EQ(found->state, EntryState::deferred);
  EXPECT_EQ(found->attempts, 1u);
  EXPECT_EQ(found->reason, "host is down");
  EXPECT_EQ(found->recipients, std::vector<Recipient>{left});
  EXPECT_TRUE(due(*store, {.now = kStart + seconds(299)}).destinations.empty());
  EXPECT_EQ(due(*store, {.now = kStart + seconds(300)}).destinations.size(), 1u);
}

TEST_F(QueueTest, ShowsHeldEntriesToNoScheduler) {
  const MessageId id = put("x", {"b.example"});
  write([&](WriteTransaction& txn) { hold(txn, {id, 0}, "by hand"); });
  EXPECT_TRUE(due(*store, {.now = kStart}).destinations.empty());
  write([&](WriteTransaction& txn) {
    retry(txn, {id, 0}, kStart);
    defer(txn, {id, 0}, {kStart, "an attempt that was under way", {}, {}});
  });
  EXPECT_TRUE(due(*store, {.now = kStart}).destinations.empty());
  EXPECT_EQ(entry({id, 0})->state, EntryState::held);
  write([&](WriteTransaction& txn) { release(txn, {id, 0}, kStart); });
  EXPECT_EQ(due(*store, {.now = kStart}).destinations.size(), 1u);
}

TEST_F(QueueTest, LeavesOnePlaceInTheDueIndexWhateverHappens) {
  const MessageId id = put("x", {"b.example"});
  const EntryId entry_id{id, 0};
  write([&](WriteTransaction& txn) {
    defer(txn, entry_id, {kStart + seconds(5), "", {}, {}});
    retry(txn, entry_id, kStart);
    hold(txn, entry_id, "");
    hold(txn, entry_id, "");
    release(txn, entry_id, kStart + seconds(1));
    release(txn, entry_id, kStart + seconds(2));
    redirect(txn, entry_id, DeliveryPath::tunnel, "c.example", kStart + seconds(3));
    EXPECT_EQ(txn.count(Table::due), 1u);
  });
  const DueResult result = due(*store, {.now = kStart + seconds(3)});
  ASSERT_EQ(result.destinations.size(), 1u);
  EXPECT_EQ(result.destinations[0].path, DeliveryPath::tunnel);
  EXPECT_EQ(result.destinations[0].destination, "c.example");
  write([&](WriteTransaction& txn) {
    drop(txn, entry_id);
    EXPECT_EQ(txn.count(Table::due), 0u);
  });
}

TEST_F(QueueTest, MakesADestinationDueAtOnce) {
  for (int i = 0; i < 5; ++i)
    put("x", {"b.example"}, kStart + seconds(100 + i));
  put("x", {"c.example"}, kStart + seconds(100));
  write([&](WriteTransaction& txn) {
    EXPECT_EQ(retry_destination(txn, DeliveryPath::clear, "b.example", kStart, 3), 3u);
    EXPECT_EQ(retry_destination(txn, DeliveryPath::clear, "b.example", kStart, 3), 2u);
    EXPECT_EQ(retry_destination(txn, DeliveryPath::clear, "b.example", kStart, 3), 0u);
  });
  const DueResult result = due(*store, {.now = kStart});
  ASSERT_EQ(result.destinations.size(), 1u);
  EXPECT_EQ(result.destinations[0].entries.size(), 5u);
}

TEST_F(QueueTest, AddsAnEntryUnderTheNextNumber) {
  const MessageId id = put("x", {"b.example", "c.example"});
  write([&](WriteTransaction& txn) {
    const auto added = add_entry(txn, entry_to(id, 0, "d.example"));
    ASSERT_TRUE(added);
    EXPECT_EQ(added->number, 2);
    EXPECT_FALSE(add_entry(txn, entry_to(MessageId::make(kStart), 0, "d.example")));
  });
  EXPECT_EQ(entry({id, 2})->destination, "d.example");
}

TEST_F(QueueTest, ListsEveryEntryOnceInPages) {
  std::set<EntryId> expected;
  for (int i = 0; i < 25; ++i) {
    const MessageId id = put("x", {"b.example", "c.example"});
    expected.insert({id, 0});
    expected.insert({id, 1});
  }
  std::vector<EntryId> listed;
  std::optional<EntryId> from;
  do {
    read([&](const ReadTransaction& txn) {
      EXPECT_EQ(queue_length(txn), 50u);
      const QueuePage page = list_queue(txn, from, 7);
      EXPECT_LE(page.entries.size(), 7u);
      for (const QueueEntry& one : page.entries)
        listed.push_back(one.id);
      from = page.next;
    });
  } while (from);
  EXPECT_EQ(listed.size(), 50u);
  EXPECT_EQ(std::set<EntryId>(listed.begin(), listed.end()), expected);
}

TEST_F(QueueTest, ListsTheRestIfOneRecordIsDamaged) {
  put("x", {"b.example", "c.example"});
  const MessageId id = put("x", {"b.example"});
  write([&](WriteTransaction& txn) {
    Bytes key(id.view().begin(), id.view().end());
    key.push_back(0);
    key.push_back(0);
    txn.put(Table::queue, key, Bytes{0xff});
  });
  read([&](const ReadTransaction& txn) {
    EXPECT_EQ(list_queue(txn, std::nullopt, 100).entries.size(), 2u);
  });
  read([&](const ReadTransaction& txn) {
    EXPECT_FALSE(find_entry(txn, {id, 0}));
    EXPECT_TRUE(has_entry(txn, {id, 0}));
  });
}

}  // namespace
}  // namespace culvert::store
