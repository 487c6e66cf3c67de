// What something costs, for limits that are promised: time of the processor, which does not depend
// on what else the machine does; a sanitizer's program may take longer.
#pragma once

#include <ctime>

namespace culvert {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr double kSanitizerFactor = 5;
#else
inline constexpr double kSanitizerFactor = 1;
#endif

class ProcessorTime {
 public:
  // Seconds since it was made, of the whole process, comparable with a promised limit.
  double seconds() const {
    return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC / kSanitizerFactor;
  }

 private:
  std::clock_t start_ = std::clock();
};

}  // namespace culvert
