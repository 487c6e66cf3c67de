#include "crypto/smime/compressed_content.h"

#include "crypto/base/limits.h"

namespace culvert::crypto {

Result<std::unique_ptr<CompressedContent>> CompressedContent::open(RewindableSource& from,
                                                                   std::uint64_t limit_bytes) {
  auto content = std::unique_ptr<CompressedContent>(new CompressedContent(from, limit_bytes));
  Bytes chunk(kStreamChunkBytes);
  while (true) {
    const auto count = content->read(chunk);
    if (!count) return count.error();
    if (*count == 0) break;
  }
  content->content_type_ = content->reader_->content_type();
  if (const Status back = content->rewind(); !back) return back.error();
  return content;
}

Result<std::size_t> CompressedContent::read(MutableBytes into) {
  if (!reader_) {
    auto reader = CompressedDataReader::open(from_, limit_bytes_);
    if (!reader) return reader.error();
    reader_ = *std::move(reader);
  }
  return reader_->read(into);
}

Status CompressedContent::rewind() {
  reader_.reset();
  return from_.rewind();
}

}  // namespace culvert::crypto
