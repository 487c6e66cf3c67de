// Contracts that are always checked, also in release builds: what a header requires of its callers
// ("once", "not while busy", "on the home loop"). A broken one is a fault of this program, and
// nothing that it does afterwards can be trusted: it logs what and where, and aborts. Never for
// input from outside; that gets errors (result.h).
#pragma once

namespace culvert {

// Writes a line to the log and aborts.
[[noreturn]] void broken_contract(const char* what, const char* file, int line) noexcept;

// `what` names what must hold, as a phrase: "an attempt for somebody".
inline void require(bool holds, const char* what, const char* file = __builtin_FILE(),
                    int line = __builtin_LINE()) noexcept {
  if (!holds) [[unlikely]]
    broken_contract(what, file, line);
}

// For what may happen only once: the end of a stream, an answer.
class Once {
 public:
  // `what` as in `require`: "a stream that has not ended".
  void take(const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    check(what, file, line);
    is_done_ = true;
  }
  // Requires that `take` was not called yet.
  void check(const char* what, const char* file = __builtin_FILE(),
             int line = __builtin_LINE()) const {
    require(!is_done_, what, file, line);
  }

 private:
  bool is_done_ = false;
};

}  // namespace culvert
