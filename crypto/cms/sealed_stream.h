// Encrypted content on its way from the BER reader into buffers that are decrypted in place.
#pragma once

#include "crypto/base/result.h"
#include "crypto/cms/ber_reader.h"

namespace culvert::crypto {

// Fills buffers from an OCTET STRING that `begin_octets` began. The reader must outlive it.
class SealedStream {
 public:
  explicit SealedStream(BerReader& from) : from_(from) {}

  // Fills the front of `into`; a count below its size means the end of the content.
  Result<std::size_t> fill(MutableBytes into);

 private:
  BerReader& from_;
  ByteView piece_;
  bool ended_ = false;
};

}  // namespace culvert::crypto
