// Long work shows that it goes on: to people at a terminal, to nobody else.
#pragma once

#include <cstdint>
#include <string_view>

namespace culvert::cli {

// One line on standard error, such as `1200 records`, written over itself and cleared at the end.
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
