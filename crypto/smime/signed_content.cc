#include "crypto/smime/signed_content.h"

namespace culvert::crypto {

Result<std::size_t> SignedContent::read(MutableBytes into) {
  if (!reader_) {
    auto reader = SignedDataReader::open(from_);
    if (!reader) return reader.error();
    reader_ = *std::move(reader);
  }
  return reader_->read(into);
}

Status SignedContent::rewind() {
  reader_.reset();
  return from_.rewind();
}

}  // namespace culvert::crypto
