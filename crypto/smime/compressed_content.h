// The content of a CompressedData, as a source that can start again.
#pragma once

#include <memory>
#include <string>

#include "crypto/cms/compressed.h"

namespace culvert::crypto {

class CompressedContent final : public RewindableSource {
 public:
  // Reads `from` once to its end, so that damage shows before anything is handed on, and rewinds.
  // `from` must outlive this. The refusals of CompressedDataReader.
  static Result<std::unique_ptr<CompressedContent>> open(RewindableSource& from,
                                                         std::uint64_t limit_bytes);

  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

  // Dotted OID of eContentType.
  const std::string& content_type() const { return content_type_; }

 private:
  CompressedContent(RewindableSource& from, std::uint64_t limit_bytes)
      : from_(from), limit_bytes_(limit_bytes) {}

  RewindableSource& from_;
  std::uint64_t limit_bytes_;
  std::string content_type_;
  std::unique_ptr<CompressedDataReader> reader_;
};

}  // namespace culvert::crypto
