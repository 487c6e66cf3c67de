#include "store/message_state.h"

namespace culvert::store {

namespace {

using Due = EntryStep::Due;

EntryStep deferred(EntryState state) {
  if (state == EntryState::held) return {EntryState::held, Due::none};
  return {EntryState::deferred, Due::at_next_attempt};
}

EntryStep released(EntryState state) {
  if (state == EntryState::held) return {EntryState::queued, Due::now};
  return {state, Due::at_next_attempt};
}

EntryStep retried(EntryState state) {
  if (state == EntryState::held) return {EntryState::held, Due::none};
  return {EntryState::queued, Due::now};
}

}  // namespace

EntryStep next(EntryState state, EntryEvent event) {
  switch (event) {
    case EntryEvent::finished:
      return {};
    case EntryEvent::deferred:
      return deferred(state);
    case EntryEvent::hold:
      return {EntryState::held, Due::none};
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
