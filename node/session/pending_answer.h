// The one question that a session may have open: asked, answered, taken up. One thread; whoever
// answers from another posts it there.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "crypto/base/require.h"

namespace culvert::node {

template <typename Answer>
class PendingAnswer {
 public:
  // True if nothing was asked, or the last answer was taken up.
  bool is_idle() const { return state_ == State::idle; }

  // Asks; returns the number by which the answer finds its question. Only when idle.
  std::uint64_t ask() {
    require(is_idle(), "one question at a time");
    state_ = State::open;
    return ++number_;
  }

  // The answer to question `number` has come. False if nobody waits for it: it is that of another
  // question, or the second one.
  bool answer(std::uint64_t number, Answer answer) {
    if (number != number_ || state_ != State::open) return false;
    answer_.emplace(std::move(answer));
    state_ = State::answered;
    return true;
  }

  // Takes the answer up; nothing while it is missing.
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
