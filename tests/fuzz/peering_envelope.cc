// The sealed envelope: what is read is written back octet by octet.
#include <cstdlib>

#include "crypto/base/bytes.h"
#include "peering/sealed_envelope.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = culvert::as_text({data, size});
  const auto read = culvert::peering::read_sealed_envelope(text);
  if (!read) return 0;
  const auto written = culvert::peering::write_sealed_envelope(*read);
  if (!written || *written != text) std::abort();
  return 0;
}
