// The content of an opaque SignedData, as a source that can start again. It is handed on before its
// signature is checked, so use it only for what an earlier pass verified.
#pragma once

#include <memory>

#include "crypto/base/stream.h"
#include "crypto/cms/signed_data.h"

namespace culvert::crypto {

class SignedContent final : public RewindableSource {
 public:
  // `from` must be at the ContentInfo after `rewind`, and must outlive this.
  explicit SignedContent(RewindableSource& from) : from_(from) {}
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

 private:
  RewindableSource& from_;
  std::unique_ptr<SignedDataReader> reader_;
};

}  // namespace culvert::crypto
