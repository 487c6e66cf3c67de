// A callable that is moved, never copied, so that it may own what it needs: a socket, a body, an
// answer. The C++20 library of gcc 12 lacks std::move_only_function.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "crypto/base/require.h"

namespace culvert::node {

template <typename... Args>
class Callback {
 public:
  Callback() = default;
  template <typename F>
  requires(!std::is_same_v<std::decay_t<F>, Callback> &&
           std::is_invocable_v<std::decay_t<F>&, Args...>)
      Callback(F&& function)  // NOLINT: implicit, so that a lambda can be passed
      : held_(std::make_unique<Held<std::decay_t<F>>>(std::forward<F>(function))) {}

  // Calling an empty one is a broken invariant.
  void operator()(Args... args) {
    require(held_ != nullptr, "a function to call");
    held_->call(std::forward<Args>(args)...);
  }
  explicit operator bool() const { return held_ != nullptr; }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual void call(Args... args) = 0;
  };
  template <typename F>
  struct Held final : Base {
    explicit Held(F&& f) : function(std::move(f)) {}
    explicit Held(const F& f) : function(f) {}
    void call(Args... args) override { function(std::forward<Args>(args)...); }
    F function;
  };
  std::unique_ptr<Base> held_;
};

// A callable without arguments, to be called once or several times.
using Task = Callback<>;

}  // namespace culvert::node
