// A store in a directory of its own, and messages to put into it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "store/queue.h"
#include "store/store.h"

namespace culvert::store {

inline const Time kStart = from_unix(1'800'000'000);

inline Mailbox mailbox(std::string_view text) { return Mailbox::parse(text).value(); }
inline Domain domain(std::string_view text) { return Domain::parse(text).value(); }
inline Fingerprint fingerprint(std::uint8_t octet) {
  std::array<std::uint8_t, Fingerprint::kSize> octets{};
  octets.fill(octet);
  return Fingerprint(octets);
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "culvert-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A node key that parent and child processes agree on.
inline crypto::NodeKey test_key() {
  return crypto::NodeKey::parse("culvert-node-key-1 " + std::string(64, 'a') + "\nstore=2\n")
      .value();
}

inline StoreOptions options_in(const std::filesystem::path& folder, StoreOptions::Mode mode) {
  StoreOptions options;
  options.data_dir = folder;
  options.mode = mode;
  options.now = kStart;
  options.map_size_bytes = std::uint64_t{1} << 30;
  options.reserve_bytes = std::uint64_t{1} << 20;
  return options;
}

inline QueueEntry entry_to(const MessageId& id, std::uint16_t number, std::string_view destination,
                           Time due = kStart) {
  QueueEntry entry;
  entry.id = {id, number};
  entry.path = DeliveryPath::clear;
  entry.destination = std::string(destination);
  entry.recipients = {{mailbox("jane@" + std::string(destination)), Notify{.never = true}, {}}};
  entry.created = kStart;
  entry.next_attempt = due;
  entry.expires = kStart + std::chrono::hours(120);
  return entry;
}

// A message whose body is `content`, with its entries put into `store`.
struct StagedMessage {
  Message message;
  StagedBody body;
};
inline Result<StagedMessage> stage(const Store& store, std::string_view content) {
  StagedMessage staged;
  staged.message.id = MessageId::make(kStart);
  staged.message.received = kStart;
  staged.message.client = "mail.a.example [192.0.2.1]";
  staged.message.sender = mailbox("john@a.example");
  BodyWriter writer(store, staged.message.id);
  if (Status written = writer.write(as_bytes(content)); !written) return written.error();
  auto body = writer.finish();
  if (!body) return std::move(body).error();
  staged.body = std::move(body).value();
  staged.message.body = staged.body.ref();
  staged.message.size_bytes = writer.size_bytes();
  return staged;
}

inline Status put(Store& store, const StagedMessage& staged,
                  const std::vector<std::string>& destinations, Time due = kStart) {
  return store.write([&](WriteTransaction& txn) {
    std::vector<QueueEntry> entries;
    for (const std::string& destination : destinations) {
      entries.push_back(entry_to(staged.message.id, static_cast<std::uint16_t>(entries.size()),
                                 destination, due));
    }
    return put_message(txn, staged.message, staged.body, entries);
  });
}

class StoreFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Store::open(options_in(dir(), StoreOptions::Mode::create), test_key());
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    store = std::move(opened).value();
  }
  std::filesystem::path dir() const { return folder.path() / "data"; }
  void reopen() {
    store.reset();
    auto opened = Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
    ASSERT_TRUE(opened.ok()) << opened.error().text;
    store = std::move(opened).value();
  }

  MessageId put(std::string_view content, const std::vector<std::string>& destinations,
                Time due = kStart) {
    auto staged = stage(*store, content);
    EXPECT_TRUE(staged.ok());
    EXPECT_TRUE(culvert::store::put(*store, *staged, destinations, due).ok());
    return staged->message.id;
  }
  std::optional<Message> message(const MessageId& id) const {
    std::optional<Message> found;
    read([&](const ReadTransaction& txn) { found = find_message(txn, id); });
    return found;
  }
  std::optional<QueueEntry> entry(const EntryId& id) const {
    std::optional<QueueEntry> found;
    read([&](const ReadTransaction& txn) { found = find_entry(txn, id); });
    return found;
  }
  // The octets of a body, or the code of the error.
  std::string body(const BodyRef& ref) const {
    auto source = open_body(*store, ref);
    if (!source) return source.error().code;
    auto octets = read_all(**source, 1 << 30);
    return octets ? to_text(*octets) : octets.error().code;
  }
  void read(const std::function<void(const ReadTransaction&)>& fn) const {
    const Status status = store->read([&](const ReadTransaction& txn) {
      fn(txn);
      return done();
    });
    EXPECT_TRUE(status.ok()) << (status ? "" : status.error().detail);
  }
  void write(const std::function<void(WriteTransaction&)>& fn) {
    const Status status = store->write([&](WriteTransaction& txn) {
      fn(txn);
      return done();
    });
    EXPECT_TRUE(status.ok()) << (status ? "" : status.error().detail);
  }

  TemporaryFolder folder;
  std::unique_ptr<Store> store;
};

}  // namespace culvert::store
