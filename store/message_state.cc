#include "store/message_state.h"

namespace culvert::store {

namespace {

using Due = EntryStep::Due;
using Report = EntryStep::Report;

EntryStep deferred(EntryState state) {
  if (state == EntryState::held) return {EntryState::held, Due::none, Report::nothing};
  return {EntryState::deferred, Due::at_next_attempt, Report::nothing};
}

EntryStep released(EntryState state) {
  if (state == EntryState::held) return {EntryState::queued, Due::now, Report::nothing};
  return {state, Due::at_next_attempt, Report::nothing};
}

EntryStep retried(EntryState state) {
  if (state == EntryState::held) return {EntryState::held, Due::none, Report::nothing};
  return {EntryState::queued, Due::now, Report::nothing};
}

}  // namespace

EntryStep next(EntryState state, EntryEvent event) {
  switch (event) {
    case EntryEvent::delivered:
      return {};
    case EntryEvent::failed:
      return {std::nullopt, Due::none, Report::failure};
    case EntryEvent::expired:
      return {std::nullopt, Due::none, Report::failure};
    case EntryEvent::deferred:
      return deferred(state);
    case EntryEvent::hold:
      return {EntryState::held, Due::none, Report::nothing};
    case EntryEvent::release:
      return released(state);
    case EntryEvent::retry:
      return retried(state);
    case EntryEvent::drop:
      return {};
  }
  return {};
}

}  // namespace culvert::store
