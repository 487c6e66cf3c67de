// The life of a queue entry as data: what each event makes of each state. Pure; queue.h applies it.
//
//            delivered failed expired  deferred  hold   release  retry    drop
//   queued   gone      gone   gone     deferred  held   queued   queued   gone
//   deferred gone      gone   gone     deferred  held   deferred queued   gone
//   held     gone      gone   gone     held      held   queued   held     gone
//
// The outcome of an attempt may arrive after a command held the entry: it then stays held, but what
// was delivered is not delivered again.
#pragma once

#include <cstdint>
#include <optional>

namespace culvert::store {

enum class EntryState : std::uint8_t {
  queued,    // due as soon as it may
  deferred,  // tried; due again at a time
  held,      // not due until a person releases it
};

enum class EntryEvent {
  delivered,  // no recipient is left: all were taken by the next hop
  failed,     // no recipient is left: the last were refused for good
  expired,    // it has waited too long
  deferred,   // recipients are left to try again
  hold,
  release,
  retry,
  drop,
};

struct EntryStep {
  std::optional<EntryState> state;  // nothing: the entry goes
  enum class Due {
    none,
    now,
    at_next_attempt
  } due  // when the scheduler sees it again
      = Due::none;
  enum class Report {
    nothing,
    failure
  } report = Report::nothing;  // failure: the sender gets a DSN
  bool operator==(const EntryStep&) const = default;
};

EntryStep next(EntryState state, EntryEvent event);

}  // namespace culvert::store
