#include "crypto/base/require.h"

#include <cstdlib>
#include <exception>

#include "crypto/base/log.h"

namespace culvert {

void broken_contract(const char* what, const char* file, int line) noexcept {
  try {
    log_error("a fault of this program: it does not hold that there is {} ({}:{})", what, file,
              line);
  } catch (...) {
    // Nothing more can be reported.
  }
  std::abort();
}

}  // namespace culvert
