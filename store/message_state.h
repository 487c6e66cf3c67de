// The life of a queue entry as data: the state that follows each event in each state. Pure; queue.h
// applies it.
//
//            finished  deferred  hold   release  retry    drop
//   queued   gone      deferred  held   queued   queued   gone
//   deferred gone      deferred  held   deferred queued   gone
//   held     gone      held      held   queued   held     gone
//
// The outcome of an attempt may arrive after a command has held the entry. The entry then stays
// held, but what was delivered is not delivered again.
#pragma once

#include <cstdint>
#include <optional>

namespace culvert::store {

enum class EntryState : std::uint8_t {
  queued,    // due as soon as possible
  deferred,  // tried; due again at a time
  held,      // not due until a person releases it
};

enum class EntryEvent {
  finished,  // no recipient is left: taken by the next hop, refused for good, or given up
  deferred,  // recipients are left to try again
  hold,
  release,
  retry,
  drop,
};

struct EntryStep {
  std::optional<EntryState> state;  // nothing: the entry is removed
  // When the scheduler sees it again.
  enum class Due { none, now, at_next_attempt } due = Due::none;
  bool operator==(const EntryStep&) const = default;
};

EntryStep next(EntryState state, EntryEvent event);

}  // namespace culvert::store
