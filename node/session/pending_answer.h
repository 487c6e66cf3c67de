// The one question that a session may have open: asked, answered, taken. One thread; an answer from
// another thread is posted there.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "crypto/base/require.h"

namespace culvert::node {

template <typename Answer>
class PendingAnswer {
 public:
  // True if nothing was asked, or the last answer was taken.
  bool is_idle() const { return state_ == State::idle; }

  // Asks. Returns the number that matches the answer to its question. Only when idle.
  std::uint64_t ask() {
    require(is_idle(), "one question at a time");
    state_ = State::open;
    return ++number_;
  }

  // The answer to question `number` has come. False if nobody waits for it: it belongs to another
  // question, or is the second one.
  bool answer(std::uint64_t number, Answer answer) {
    if (number != number_ || state_ != State::open) return false;
    answer_.emplace(std::move(answer));
    state_ = State::answered;
    return true;
  }

  // Takes the answer; nothing while it is missing.
  std::optional<Answer> take() {
    if (state_ != State::answered) return std::nullopt;
    state_ = State::idle;
    return std::exchange(answer_, std::nullopt);
  }

 private:
  enum class State { idle, open, answered } state_ = State::idle;
  std::uint64_t number_ = 0;
  std::optional<Answer> answer_;
};

}  // namespace culvert::node
