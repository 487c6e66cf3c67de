// What a call that can fail returns. A failure that a peer, a disk, a network or a message can
// cause is a value of these types; exceptions are for broken invariants and start-up.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace culvert {

// Who must act after a failure. It decides between 4xx, 5xx and "keep and tell the operator".
enum class Fault {
  temporary,  // try again later: 4xx, retry
  permanent,  // trying again cannot help: 5xx, DSN, quarantine
  internal,   // our own mistake or a broken machine: log it, answer 4xx, keep the mail
};

// A failure. `code` is a stable word for scripts (`not-found`, `bad-signature`); `text` is one line
// for the person or peer who caused it; `detail` is for our log only and may say more.
struct [[nodiscard]] Error {
  Fault fault = Fault::internal;
  std::string code;
  std::string text;
  std::string detail;
};

inline Error temporary_error(std::string_view code, std::string text, std::string detail = {}) {
  return {Fault::temporary, std::string(code), std::move(text), std::move(detail)};
}
inline Error permanent_error(std::string_view code, std::string text, std::string detail = {}) {
  return {Fault::permanent, std::string(code), std::move(text), std::move(detail)};
}
inline Error internal_error(std::string_view code, std::string text, std::string detail = {}) {
  return {Fault::internal, std::string(code), std::move(text), std::move(detail)};
}

// Either a T or an Error. Asking for the one that it does not hold is a broken invariant.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(held_); }
  const T& value() const& { return std::get<0>(held_); }
  T&& value() && { return std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(held_); }
  Error&& error() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<T, Error> held_;
};

struct Done {};

// For a call that returns only whether it succeeded: `return done();` or `return some_error;`.
using Status = Result<Done>;
inline Status done() { return Done{}; }

}  // namespace culvert
