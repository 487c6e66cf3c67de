// SignedData: read at once and octet by octet it must give the same content and the same verdicts.
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

struct Outcome {
  std::string error;
  Bytes content;
  std::string verdicts;
  bool operator==(const Outcome&) const = default;
};

Outcome run(ByteView input, std::size_t step) {
  TricklingSource source(input, step);
  const auto reader = SignedDataReader::open(source);
  if (!reader) return {reader.error().code, {}, {}};
  const auto content = read_all(**reader, input.size());
  if (!content) return {content.error().code, {}, {}};
  const auto result = (*reader)->finish({});
  if (!result) return {result.error().code, *content, {}};
  Outcome out{{}, *content, {}};
  for (const SignerResult& signer : result->signers) {
    out.verdicts += (signer.refusal ? signer.refusal->code : "valid") + " ";
    if (signer.refusal) expect(refusal_of(*signer.refusal).has_value());
  }
  return out;
}

void check_input(ByteView input) { expect(run(input, input.size() + 1) == run(input, 1)); }

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
