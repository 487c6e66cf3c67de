#include "crypto/keys/pem.h"

#include <botan/data_src.h>
#include <botan/pem.h>

#include <exception>

#include "crypto/keys/library_words.h"

namespace culvert::crypto {

std::string to_pem(ByteView octets, std::string_view label) {
  return Botan::PEM_Code::encode(octets.data(), octets.size(), std::string(label));
}

Result<Bytes> from_pem(std::string_view text, std::string_view label) {
  try {
    Botan::DataSource_Memory source(reinterpret_cast<const std::uint8_t*>(text.data()),
                                    text.size());
    const auto octets = Botan::PEM_Code::decode_check_label(source, std::string(label));
    return Bytes(octets.begin(), octets.end());
  } catch (const std::exception& e) {
    return permanent_error("bad-pem", "there is no block '" + std::string(label) + "' in PEM",
                           without_source(e.what()));
  }
}

}  // namespace culvert::crypto
