// Shows the progress of long work to people at a terminal, and to nobody else.
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert::cli {

// One line on standard error, such as `1200 records`. It is overwritten in place and cleared at the
// end.
class Progress {
 public:
  // `unit` must outlive it.
  explicit Progress(std::string_view unit) : unit_(unit) {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t count);

 private:
  std::string_view unit_;
  bool is_shown_ = false;
};

}  // namespace culvert::cli
