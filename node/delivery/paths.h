// The delivery paths: one row each, in its own file (paths/), listed in the table (paths.cc). No
// other code asks which path it is. To add one: a number in store/delivery_path.h, a file, a line
// in the table, and the policy that chooses it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "node/config/config.h"
#include "node/delivery/attempt.h"
#include "node/flow/mail_log.h"
#include "node/flow/path_traits.h"

namespace culvert::node {

// How an entry fared. A path makes its own records from this.
struct PathOutcome {
  const store::QueueEntry& entry;
  const Attempt* attempt = nullptr;        // null: it was not handed to a next hop
  const DeliveryReport* report = nullptr;  // of that attempt
  const DeliveryTold& told;
  Time now{};
  Time next_try{};  // if it waits
};

// What a path records, in the commit that settles the entry.
struct PathRecords {
  // Reads nothing, so it can be prepared before the commit. May be empty; may be called again.
  std::function<void(store::RecordSink&)> staged{};
  std::function<void(store::WriteTransaction&)> in_commit{};

  // All of it, in the commit.
  void put(store::WriteTransaction& txn) const;
};

struct PathRow {
  store::DeliveryPath path;
  PathTraits traits;
  // Decides what to do with an entry that is due. On the home loop.
  AttemptPlan (*plan)(const FlowContext& context, store::QueueEntry entry, store::Message message);
  // Where an attempt goes by configuration. Nothing: to the hosts that DNS names for its
  // destination. Null if `plan` makes no attempt.
  std::optional<NextHop> (*next_hop)(const Config& config,
                                     const std::string& destination) = nullptr;
  // The octets of an attempt. Opens the stored message when the first piece is asked for. `context`
  // must outlive it. Null if `plan` makes no attempt.
  std::unique_ptr<PieceSource> (*source)(const FlowContext& context,
                                         SharedAttempt attempt) = nullptr;
  // Null: the path records nothing besides the entry's end.
  PathRecords (*settle)(const PathOutcome& outcome) = nullptr;
};

// In the order in which the dispatcher looks at them.
std::span<const PathRow* const> all_paths();
// `path` must be known (store::is_known), or the program ends.
const PathRow& path_row(store::DeliveryPath path);
// Takes any number: for an unknown path, where it leads is unknown too.
const PathTraits& path_traits(store::DeliveryPath path);

// Asks the row; nothing if it records nothing.
PathRecords path_records(const PathOutcome& outcome);

}  // namespace culvert::node
