// What the parts of the flow share, over a real store.
#pragma once

#include <gtest/gtest.h>

#include "node/delivery/paths.h"
#include "node/flow/flow_context.h"
#include "store/bodies.h"
#include "store/rules.h"
#include "tests/store/fixture.h"

namespace culvert::node {

using store::kStart;

// A store, rules and routes, without sockets.
class FlowTest : public testing::Test {
 protected:
  void rule(std::string scope, std::string value) {
    ASSERT_TRUE(db->write([&](store::WriteTransaction& txn) {
                    store::put_rule(txn, {scope, "encrypt", value});
                    return done();
                  }).ok());
    ASSERT_TRUE(routing.refresh().ok());
  }

  std::vector<store::QueueEntry> queue() {
    std::vector<store::QueueEntry> entries;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    entries = store::list_queue(txn, std::nullopt, 100).entries;
                    return done();
                  }).ok());
    return entries;
  }

  std::string stored_body(const store::MessageId& id) {
    std::optional<store::Message> message;
    EXPECT_TRUE(db->read([&](const store::ReadTransaction& txn) {
                    message = store::find_message(txn, id);
                    return done();
                  }).ok());
    auto body = store::open_body(*db, message->body);
    return culvert::to_text(*read_all(**body, 1 << 20));
  }

  // The reports in the queue.
  std::vector<std::string> reports() {
    std::vector<std::string> out;
    for (const store::QueueEntry& entry : queue()) {
      const std::string body = stored_body(entry.id.message);
      if (body.find("multipart/report") != std::string::npos) out.push_back(body);
    }
    return out;
  }

  Config config{.file = {},
                .node = {.name = *Domain::parse("gate.a.example"),
                         .domains = {*Domain::parse("a.example")},
                         .data_dir = {},
                         .key_file = {}}};
  store::TemporaryFolder folder;
  crypto::NodeKey key = store::test_key();
  std::unique_ptr<store::Store> db = *store::Store::open(
      store::options_in(folder.path() / "data", store::StoreOptions::Mode::create), key);
  ManualClock clock{kStart};
  Workers workers{1, 100};
  Routing routing{*db};
  Live<Config> live_config{std::make_shared<Config>(config)};
  Live<OwnKeys> keys{nullptr};
  Counters counters;
  int wakes = 0;
  ClockWatch watch{clock, {}};
  QuarantineLimits limits = quarantine_limits(config.largest_outside_bytes());
  Quarantine quarantine_{*db, [this] { return limits; }};
  FlowContext context{*db,         workers,    clock,
                      watch,       routing,    live_config,
                      keys,        counters,   [this] { ++wakes; },
                      quarantine_, path_traits};
};

}  // namespace culvert::node
