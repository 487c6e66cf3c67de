// Opening what waits in a queue, as the dispatcher has it done.
#pragma once

#include <gtest/gtest.h>

#include "node/opening/opener.h"
#include "store/queue.h"
#include "store/store.h"

namespace culvert::node {

inline void open_stored(Opener& opener, const store::Store& store, const store::EntryId& id,
                        std::function<void(const Status&)> done) {
  std::optional<store::QueueEntry> entry;
  std::optional<store::Message> message;
  ASSERT_TRUE(store
                  .read([&](const store::ReadTransaction& txn) -> Status {
                    entry = store::find_entry(txn, id);
                    message = store::find_message(txn, id.message);
                    return culvert::done();
                  })
                  .ok());
  ASSERT_TRUE(entry && message);
  opener.open(*entry, *message, std::move(done));
}

}  // namespace culvert::node
