// Contracts that are checked, always, also in release: what a header says of its callers ("once",
// "not while busy", "on the home loop"). A broken one is a fault of this program, after which
// nothing that it does can be trusted: it says what and where, and ends. Never for what comes from
// outside; that has errors (result.h).
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

// For what may be done once: the end of a stream, an answer.
class Once {
 public:
  // `what` as in `require`: "a stream that has not ended".
  void take(const char* what, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    check(what, file, line);
    is_done_ = true;
  }
  // Not after it.
  void check(const char* what, const char* file = __builtin_FILE(),
             int line = __builtin_LINE()) const {
    require(!is_done_, what, file, line);
  }

 private:
  bool is_done_ = false;
};

}  // namespace culvert
