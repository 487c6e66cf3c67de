// Poisoned disk: whoever can write the data directory, and has no key, changes records. It is
// noticed, and nothing of it is used.
#include <fstream>

#include "store/census.h"
#include "tests/store/full_store.h"
#include "tests/store/raw_disk.h"

namespace culvert::store {
namespace {

using Records = RawDisk::Records;

class PoisonedDisk : public StoreFixture {
 protected:
  // The store closes, the disk is changed, the store opens again.
  void poison(const std::function<void(RawDisk&)>& change) {
    store.reset();
    {
      RawDisk disk(dir());
      change(disk);
    }
    reopen();
  }
  void fill() {
    write([](WriteTransaction& txn) {
      put_trust(txn);
      put_mail_records(txn);
    });
  }
  Records records_of(Table table) {
    Records out;
    poison([&](RawDisk& disk) { out = disk.all(table); });
    return out;
  }
  void expect_altered(Table table) {
    EXPECT_TRUE(store->is_altered());
    EXPECT_NE(store->altered().find(table_name(table)), std::string::npos) << store->altered();
    // And nothing new is built on it.
    const Status refused = store->write([](WriteTransaction& txn) {
      put_peer(txn, canary_peer(9));
      return done();
    });
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "store-altered");
  }
};

// Each way to change a table without the key; false if it has too few records for that.
struct Alteration {
  const char* name;
  std::function<bool(RawDisk&, Table, const Records& before)> change;
};

Bytes flipped(Bytes octets, std::size_t at) {
  octets[at % octets.size()] ^= 0x20;
  return octets;
}

// A record that the census counts, of the table.
Records counted(const Records& all, Table table) {
  Records out;
  for (const auto& [key, value] : all) {
    if (is_counted(table, key) && as_text(key) != kSchemaName) out[key] = value;
  }
  return out;
}

const std::vector<Alteration>& alterations() {
  static const std::vector<Alteration> all = {
      {"an octet of a value",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, now.begin()->first, flipped(now.begin()->second, 30));
         return true;
       }},
      {"the last octet",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, now.rbegin()->first,
                  flipped(now.rbegin()->second, now.rbegin()->second.size() - 1));
         return true;
       }},
      {"an octet of a key",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.erase(table, now.begin()->first);
         disk.put(table, flipped(now.begin()->first, 0), now.begin()->second);
         return true;
       }},
      {"two values change places",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, now.begin()->first, now.rbegin()->second);
         disk.put(table, now.rbegin()->first, now.begin()->second);
         return true;
       }},
      {"one value under both keys",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, now.begin()->first, now.rbegin()->second);
         return true;
       }},
      {"a copy under a new key",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, flipped(now.begin()->first, 1), now.begin()->second);
         return true;
       }},
      {"one is missing",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.erase(table, now.begin()->first);
         return true;
       }},
      {"all are missing",
       [](RawDisk& disk, Table table, const Records& now) {
         for (const auto& [key, value] : now)
           disk.erase(table, key);
         return true;
       }},
      {"one is cut off",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, now.begin()->first, {});
         return true;
       }},
      {"one in the form of version 1",
       [](RawDisk& disk, Table table, const Records& now) {
         disk.put(table, flipped(now.begin()->first, 2), to_bytes("\x0a\x01thief"));
         return true;
       }},
  };
  return all;
}

std::vector<Table> trust_tables() {
  std::vector<Table> out;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (decides_trust(static_cast<Table>(i))) out.push_back(static_cast<Table>(i));
  }
  return out;
}

TEST_F(PoisonedDisk, IsNotSuspectedAfterHonestChanges) {
  fill();
  for (int round = 0; round < 3; ++round) {
    reopen();
    EXPECT_EQ(store->altered(), "");
    write([&](WriteTransaction& txn) {
      Peer peer = canary_peer(1);
      peer.serial = static_cast<std::uint64_t>(round);
      put_peer(txn, peer);
      put_peer(txn, peer);
      remove_route(txn, domain(kCanaryDomain), fingerprint(2));
      put_route(txn, canary_route(kCanaryDomain, 2));
      remove_rule(txn, "nobody", "encrypt");
      remove_secret(txn, "identity/2");
    });
    // What fails leaves nothing behind in the census either.
    EXPECT_FALSE(store
                     ->write([](WriteTransaction& txn) -> Status {
                       put_peer(txn, canary_peer(7));
                       return permanent_error("no", "no");
                     })
                     .ok());
  }
}

TEST_F(PoisonedDisk, EveryAlterationOfEveryTrustTableHoldsMail) {
  fill();
  for (const Table table : trust_tables()) {
    const Records before = records_of(table);
    ASSERT_EQ(store->altered(), "") << table_name(table);
    const Records now = counted(before, table);
    ASSERT_GE(now.size(), 2u) << table_name(table);
    for (const Alteration& alteration : alterations()) {
      SCOPED_TRACE(std::string(table_name(table)) + ": " + alteration.name);
      store.reset();
      {
        RawDisk disk(dir());
        ASSERT_TRUE(alteration.change(disk, table, now));
      }
      auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
      // Without the check of the key nobody can tell an altered store from another's.
      if (!opened) {
        EXPECT_EQ(table, Table::meta);
      } else {
        store = std::move(opened).value();
        expect_altered(table);
        store.reset();
      }
      {
        RawDisk disk(dir());
        disk.replace(table, before);
      }
      reopen();
    }
  }
}

// Version 1 of a record, put back when version 2 is there: each table.
TEST_F(PoisonedDisk, AnOlderRecordOfATrustTableHoldsMail) {
  fill();
  std::map<Table, Records> old;
  for (const Table table : trust_tables())
    old[table] = records_of(table);
  write([](WriteTransaction& txn) { put_trust_again(txn); });
  for (const Table table : trust_tables()) {
    SCOPED_TRACE(table_name(table));
    const Records fresh = records_of(table);
    ASSERT_EQ(store->altered(), "");
    ASSERT_NE(fresh, old[table]);
    Bytes changed;
    for (const auto& [key, value] : fresh) {
      if (is_counted(table, key) && old[table].contains(key) && old[table][key] != value) {
        changed = key;
      }
    }
    ASSERT_FALSE(changed.empty());
    poison([&](RawDisk& disk) { disk.put(table, changed, old[table][changed]); });
    expect_altered(table);
    poison([&](RawDisk& disk) { disk.replace(table, fresh); });
  }
}

TEST_F(PoisonedDisk, TheWholeOfAnOlderTableHoldsMail) {
  fill();
  const Records old_peers = records_of(Table::peers), old_meta = records_of(Table::meta);
  const Records old_revoked = records_of(Table::revoked);
  write([](WriteTransaction& txn) {
    put_trust_again(txn);
    note_revoked(txn, fingerprint(1), as_bytes("stolen key"), kStart);
  });
  const Records new_meta = records_of(Table::meta);
  poison([&](RawDisk& disk) { disk.replace(Table::revoked, old_revoked); });
  expect_altered(Table::revoked);
  // With the census of then, but not all else of then.
  poison([&](RawDisk& disk) { disk.replace(Table::meta, old_meta); });
  expect_altered(Table::peers);
  poison([&](RawDisk& disk) {
    disk.replace(Table::meta, new_meta);
    disk.put(Table::meta, to_bytes(kCensusName), old_meta.at(to_bytes(kCensusName)));
  });
  expect_altered(Table::peers);
}

TEST_F(PoisonedDisk, WithoutACensusMailIsHeld) {
  fill();
  poison([](RawDisk& disk) { disk.erase(Table::meta, to_bytes(kCensusName)); });
  expect_altered(Table::peers);
  // It does not come back by itself.
  write([](WriteTransaction& txn) { put_clock_record(txn, {.wall = kStart}); });
  reopen();
  expect_altered(Table::peers);
}

TEST_F(PoisonedDisk, AnAlterationStaysNoticedWhateverIsWrittenAfterIt) {
  fill();
  for (const std::string_view name : {kCensusName, std::string_view("clock")}) {
    const Records before = records_of(Table::meta);
    ASSERT_EQ(store->altered(), "");
    poison([&](RawDisk& disk) {
      disk.put(Table::meta, to_bytes(name), flipped(before.at(to_bytes(name)), 40));
    });
    EXPECT_TRUE(store->is_altered());
    write([](WriteTransaction& txn) {
      put_clock_record(txn, {.wall = kStart});
      start_seen_horizon(txn, kStart);
    });
    reopen();
    EXPECT_TRUE(store->is_altered()) << name;
    poison([&](RawDisk& disk) { disk.replace(Table::meta, before); });
  }
}

// The attack: one octet of that record, which is read before the node listens, stopped it.
TEST_F(PoisonedDisk, AnAlteredClockRecordHoldsMailToOthersAndStopsNothingElse) {
  fill();
  const Bytes name = to_bytes("clock");
  const Records before = records_of(Table::meta);
  const Bytes whole = before.at(name);
  Bytes cut = whole;
  cut.pop_back();
  for (const Bytes& altered :
       {flipped(whole, 0), flipped(whole, whole.size() - 1), cut, Bytes(), Bytes(60, 7),
        to_bytes("\x08\x01"), before.at(to_bytes("generation"))}) {
    SCOPED_TRACE(to_hex(altered));
    poison([&](RawDisk& disk) { disk.put(Table::meta, name, altered); });
    read([](const ReadTransaction& txn) {
      EXPECT_EQ(find_clock_record(txn), ClockRecord());
      EXPECT_FALSE(txn.failed());
    });
    expect_altered(Table::meta);
    write([](WriteTransaction& txn) { put_clock_record(txn, {.wall = kStart}); });
    read([](const ReadTransaction& txn) { EXPECT_EQ(find_clock_record(txn).wall, kStart); });
    reopen();
    EXPECT_TRUE(store->is_altered()) << "written anew, it is still not what was there";
    poison([&](RawDisk& disk) { disk.replace(Table::meta, before); });
    EXPECT_FALSE(store->is_altered());
  }
}

// A copy that was broken off, or a file system that lost the end: reading past it killed whoever
// opened the store.
TEST_F(PoisonedDisk, AFileWithoutItsEndIsRefusedByName) {
  fill();
  put_queued(*store, 60'000, "b.example");
  store.reset();
  const auto file = dir() / "store" / "data.mdb";
  const auto kept = folder.path() / "kept";
  std::filesystem::copy_file(file, kept);
  for (const std::uintmax_t size : {4300U, 8191U, 8192U, 8292U, 12'295U, 40'960U}) {
    std::filesystem::resize_file(file, size);
    const auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
    ASSERT_FALSE(opened.ok()) << size;
    EXPECT_EQ(opened.error().code, "store-access") << size;
    EXPECT_NE(opened.error().text.find("data.mdb' is shorter than it says"), std::string::npos)
        << size << opened.error().text;
    std::filesystem::remove(file);
    std::filesystem::copy_file(kept, file);
  }
  reopen();
  EXPECT_EQ(store->altered(), "");
}

// Advice to make the store again, or to look for another key, would have lost all mail.
TEST_F(PoisonedDisk, WhoAltersTheFrontOfAStoreDoesNotGetItRemoved) {
  fill();
  put_queued(*store, 60'000, "b.example");
  const Records before = records_of(Table::meta);
  const auto drop = [](const char* name) {
    return [name](RawDisk& disk) { disk.erase(Table::meta, to_bytes(name)); };
  };
  const auto set = [](const char* name, Bytes value) {
    return [name, value](RawDisk& disk) { disk.put(Table::meta, to_bytes(name), value); };
  };
  const std::vector<std::function<void(RawDisk&)>> alterations = {
      drop("schema"),
      set("schema", {}),
      set("schema", Bytes(8)),
      set("schema", Bytes(1)),
      drop("key-check"),
      set("key-check", {}),
      set("key-check", flipped(before.at(to_bytes("key-check")), 9)),
      [](RawDisk& disk) { disk.replace(Table::meta, {}); }};
  for (const auto& alter : alterations) {
    store.reset();
    {
      RawDisk disk(dir());
      alter(disk);
    }
    for (int again = 0; again < 2; ++again) {
      const auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
      ASSERT_FALSE(opened.ok());
      EXPECT_EQ(opened.error().code, "store-altered") << opened.error().text;
      EXPECT_NE(opened.error().text.find("remove nothing"), std::string::npos);
    }
    poison([&](RawDisk& disk) { disk.replace(Table::meta, before); });
    EXPECT_EQ(store->altered(), "");
  }
}

TEST_F(PoisonedDisk, AnEmptyDatabaseBesideBodiesIsNoStoreToMakeAgain) {
  const auto file = dir() / "store" / "data.mdb";
  const auto code = [&] {
    store.reset();
    std::filesystem::resize_file(file, 0);
    auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
    return opened ? "" : opened.error().code;
  };
  EXPECT_EQ(code(), "no-store") << "nothing is lost with it";
  std::filesystem::create_directories(dir() / "bodies" / "00");
  EXPECT_EQ(code(), "no-store");
  std::ofstream(dir() / "bodies" / "00" / std::string(32, '0')) << "mail";
  EXPECT_EQ(code(), "store-altered");
  std::filesystem::remove(file);
  const auto gone = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, "store-altered");
  std::filesystem::remove_all(dir() / "bodies" / "00");
  const auto none = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, "no-store");
}

TEST_F(PoisonedDisk, WhatIsNoDatabaseIsNamed) {
  store.reset();
  const auto file = dir() / "store" / "data.mdb";
  for (const std::string& junk : {std::string("x"), std::string(4096, '\0'),
                                  std::string(40'960, 'x'), std::string(151, 'x')}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << junk;
    const auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
    ASSERT_FALSE(opened.ok()) << junk.size();
    EXPECT_EQ(opened.error().code, "store-access") << junk.size();
    EXPECT_NE(opened.error().text.find(file.string()), std::string::npos) << opened.error().text;
  }
}

TEST_F(PoisonedDisk, GivesNoPeerUnderAnothersName) {
  fill();
  store.reset();
  {
    RawDisk disk(dir());
    const Records peers = disk.all(Table::peers);
    disk.put(Table::peers, peers.begin()->first, peers.rbegin()->second);
  }
  auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
  store = std::move(opened).value();
  // The peer is not found under another's name; the question fails.
  const Status read = store->read([](const ReadTransaction& txn) {
    EXPECT_FALSE(find_peer(txn, fingerprint(1)));
    return done();
  });
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, "damaged-record");
  this->read([](const ReadTransaction& txn) { EXPECT_EQ(list_peers(txn).size(), 1u); });
}

// 65 octets turned the encryption certificate of a peer into a thief's.
TEST_F(PoisonedDisk, SixtyFiveOctetsNeverMakeAnotherPeer) {
  fill();
  const Records peers = records_of(Table::peers);
  store.reset();
  const auto file = dir() / "store" / "data.mdb";
  const auto whole = [&] {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  const std::string record = to_text(peers.begin()->second);
  const std::size_t place = whole.find(record);
  ASSERT_NE(place, std::string::npos);
  ASSERT_EQ(whole.find(record, place + 1), std::string::npos);
  for (std::size_t at = 0; at + 65 <= record.size(); at += 16) {
    std::string changed = whole;
    for (std::size_t i = 0; i < 65; ++i)
      changed[place + at + i] = static_cast<char>(changed[place + at + i] ^ 0x5a);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << changed;
    reopen();
    EXPECT_TRUE(store->is_altered()) << at;
    this->read([](const ReadTransaction& txn) {
      for (const Peer& peer : list_peers(txn))
        EXPECT_TRUE(peer == canary_peer(1) || peer == canary_peer(2));
    });
    store.reset();
  }
}

// What is not a matter of trust is set aside, and the rest goes on.
class SetAside : public PoisonedDisk {
 protected:
  void spoil(Table table, std::size_t which) {
    poison([&](RawDisk& disk) {
      const Records all = disk.all(table);
      auto record = all.begin();
      std::advance(record, static_cast<std::ptrdiff_t>(which));
      disk.put(table, record->first, flipped(record->second, 33));
    });
    EXPECT_EQ(store->altered(), "");
  }
  std::uint64_t noted() {
    // Notes go to the disk with the next commit.
    write([](WriteTransaction& txn) { put_clock_record(txn, {.wall = kStart}); });
    std::uint64_t count = 0;
    read([&](const ReadTransaction& txn) { count = txn.count(Table::damaged); });
    return count;
  }
};

TEST_F(SetAside, ABrokenQueueEntryDoesNotStandInTheWayOfOthers) {
  for (int i = 0; i < 3; ++i)
    put_queued(*store, 100, "b.example");
  spoil(Table::queue, 0);
  EntryId broken;
  read([&](const ReadTransaction& txn) {
    EXPECT_EQ(list_queue(txn, std::nullopt, 100).entries.size(), 2u);
    const DueResult due = scan_due(txn, {.now = kStart});
    ASSERT_EQ(due.destinations.size(), 1u);
    ASSERT_EQ(due.destinations[0].entries.size(), 3u);
    for (const EntryId& id : due.destinations[0].entries) {
      if (!find_entry(txn, id)) broken = id;
    }
    EXPECT_TRUE(has_entry(txn, broken));
  });
  write([&](WriteTransaction& txn) {
    set_aside_entry(txn, broken, DeliveryPath::clear, "b.example");
    EXPECT_EQ(scan_due(txn, {.now = kStart}).destinations[0].entries.size(), 2u);
    EXPECT_EQ(queue_length(txn), 3u);
  });
  EXPECT_EQ(noted(), 1u);
  // A person may throw it away; then nothing of it is left.
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(drop(txn, broken));
    EXPECT_FALSE(drop(txn, broken));
    EXPECT_EQ(queue_length(txn), 2u);
    EXPECT_EQ(txn.count(Table::messages), 2u);
    EXPECT_EQ(txn.count(Table::bodies), 2u);
  });
  EXPECT_EQ(noted(), 0u);
}

// As `culvert queue drop` does: a process of its own notices and removes it in one transaction.
TEST_F(SetAside, WhatIsThrownAwayAtOnceIsNotNoted) {
  const MessageId id = put_queued(*store, 100, "b.example");
  spoil(Table::queue, 0);
  write([&](WriteTransaction& txn) { EXPECT_TRUE(drop(txn, {id, 0})); });
  EXPECT_EQ(noted(), 0u);
}

TEST_F(SetAside, AnEntryWhoseMessageIsBrokenIsHeldAndSaysWhy) {
  const MessageId id = put_queued(*store, 100, "b.example");
  spoil(Table::messages, 0);
  write([&](WriteTransaction& txn) {
    set_aside_entry(txn, {id, 0}, DeliveryPath::clear, "b.example");
  });
  ASSERT_TRUE(entry({id, 0}));
  EXPECT_EQ(entry({id, 0})->state, EntryState::held);
  EXPECT_NE(entry({id, 0})->reason.find("damaged"), std::string::npos);
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(drop(txn, {id, 0}));
    EXPECT_EQ(txn.count(Table::messages) + txn.count(Table::bodies) + queue_length(txn), 0u);
  });
}

TEST_F(SetAside, NothingPlantedInTheOrderOfWhatIsDueIsTried) {
  put_queued(*store, 100, "b.example");
  put_queued(*store, 100, "c.example");
  Records queue;
  poison([&](RawDisk& disk) {
    queue = disk.all(Table::queue);
    const Records due = disk.all(Table::due);
    // An entry's record as one that is due, one that is due as an entry, one under another time,
    // one under another destination, and octets of no meaning.
    disk.put(Table::due, due.begin()->first, queue.begin()->second);
    disk.put(Table::queue, flipped(queue.begin()->first, 3), due.rbegin()->second);
    Bytes earlier = due.rbegin()->first;
    earlier[20] ^= 0x40;
    disk.put(Table::due, earlier, due.rbegin()->second);
    Bytes elsewhere = due.rbegin()->first;
    elsewhere[5] ^= 0x40;
    disk.put(Table::due, elsewhere, due.rbegin()->second);
    disk.put(Table::due, Bytes{1, 2, 3}, {});
    disk.put(Table::due, Bytes(43, 0), Bytes(41, 0));
  });
  read([&](const ReadTransaction& txn) {
    std::size_t entries = 0;
    for (const auto& one : scan_due(txn, {.now = kStart}).destinations)
      entries += one.entries.size();
    EXPECT_EQ(entries, 1u);
    EXPECT_EQ(list_queue(txn, std::nullopt, 100).entries.size(), 2u);
  });
}

TEST_F(SetAside, ABodyOfAnotherMessageDoesNotOpen) {
  const MessageId one = put_queued(*store, 100, "b.example");
  const MessageId two = put_queued(*store, 100, "b.example");
  const MessageId large = put_queued(*store, 100'000, "b.example");
  const MessageId larger = put_queued(*store, 100'000, "b.example");
  poison([&](RawDisk& disk) {
    const Records bodies = disk.all(Table::bodies);
    disk.put(Table::bodies, bodies.begin()->first, bodies.rbegin()->second);
    disk.put(Table::bodies, bodies.rbegin()->first, flipped(bodies.rbegin()->second, 50));
    const auto file = [&](const MessageId& id) {
      return dir() / "bodies" / id.hex().substr(30) / id.hex();
    };
    std::filesystem::copy_file(file(large), file(larger),
                               std::filesystem::copy_options::overwrite_existing);
  });
  EXPECT_EQ(body(message(one)->body), "body-damaged");
  EXPECT_EQ(body(message(two)->body), "body-damaged");
  EXPECT_EQ(body(message(large)->body).size(), message(large)->size_bytes);
  EXPECT_EQ(body(message(larger)->body), "body-damaged");
}

TEST_F(SetAside, BrokenRecordsOfEveryOtherTableFailNothing) {
  fill();
  put_queued(*store, 100, "b.example");
  put_quarantined(*store, 100);
  for (const Table table :
       {Table::queue, Table::due, Table::messages, Table::quarantine, Table::seen,
        Table::seen_by_time, Table::trace, Table::trace_times, Table::answered,
        Table::answered_times, Table::sent, Table::sent_by_time}) {
    SCOPED_TRACE(table_name(table));
    spoil(table, 0);
    read([&](const ReadTransaction& txn) {
      list_queue(txn, std::nullopt, 100);
      list_quarantine(txn, std::nullopt, 100);
      scan_due(txn, {.now = kStart});
      find_traced(txn, canary_mailbox(), std::nullopt, 10);
      find_sent(txn, Bytes(16, 7));
      find_answered(txn, fingerprint(1), as_bytes("id"));
      EXPECT_FALSE(txn.failed());
    });
  }
  const Time later = kStart + std::chrono::hours(100'000);
  write([&](WriteTransaction& txn) {
    advance_seen_horizon(txn, later);
    purge_seen(txn, 100);
    purge_sent(txn, later, 100);
    purge_trace(txn, later, 100);
    purge_answered(txn, later, 100);
    for (const Table table : {Table::seen_by_time, Table::trace_times, Table::sent_by_time})
      EXPECT_EQ(txn.count(table), 0u) << table_name(table);
  });
}

TEST_F(SetAside, ABrokenItemOfTheQuarantineCanBeThrownAway) {
  const MessageId id = put_quarantined(*store, 100), large = put_quarantined(*store, 100'000);
  spoil(Table::quarantine, 0);
  spoil(Table::quarantine, 1);
  write([&](WriteTransaction& txn) {
    EXPECT_TRUE(list_quarantine(txn, std::nullopt, 100).items.empty());
    EXPECT_FALSE(find_quarantine(txn, id));
    EXPECT_TRUE(drop_quarantine(txn, id));
    EXPECT_TRUE(drop_quarantine(txn, large));
    EXPECT_FALSE(drop_quarantine(txn, id));
    EXPECT_EQ(txn.count(Table::quarantine) + txn.count(Table::bodies), 0u);
  });
  EXPECT_FALSE(std::filesystem::exists(dir() / "bodies" / large.hex().substr(30) / large.hex()));
}

// Nothing of an address, a domain, a subject, a host or a peer can be read without the key.
TEST_F(PoisonedDisk, CanNotBeReadEither) {
  fill();
  put_queued(*store, 300, kCanaryDomain);
  put_queued(*store, 200'000, kCanaryDomain);
  put_quarantined(*store, 300);
  put_quarantined(*store, 200'000);
  // Pages that were in use once, too.
  write([](WriteTransaction& txn) { put_trust_again(txn); });
  write([](WriteTransaction& txn) {
    for (int i = 0; i < 50; ++i) {
      const auto page = list_queue(txn, std::nullopt, 1);
      if (!page.entries.empty()) drop(txn, page.entries[0].id);
    }
  });
  store.reset();
  std::size_t files = 0;
  for (const auto& at : std::filesystem::recursive_directory_iterator(dir())) {
    for (const std::string& word : kCanaries)
      EXPECT_EQ(at.path().string().find(word), std::string::npos) << at.path();
    if (!at.is_regular_file()) continue;
    ++files;
    std::ifstream in(at.path(), std::ios::binary);
    std::string octets(std::istreambuf_iterator<char>(in), {});
    std::transform(octets.begin(), octets.end(), octets.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string& word : kCanaries) {
      EXPECT_EQ(octets.find(word), std::string::npos) << word << " in " << at.path();
      EXPECT_EQ(octets.find(to_hex(as_bytes(word))), std::string::npos) << word;
    }
  }
  EXPECT_GE(files, 3u);
  reopen();
  this->read([](const ReadTransaction& txn) { EXPECT_EQ(list_peers(txn)[0], canary_peer(1)); });
}

}  // namespace
}  // namespace culvert::store
