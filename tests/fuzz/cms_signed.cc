// SignedData, opaque, detached and certs-only: read at once and in pieces it must give the
// same content and the same verdicts; certificates that are written back are read again.
#include "crypto/cms/certs_only.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

// What a detached signature is judged over; that of the seeds is another, which is a verdict too.
const Bytes kDetachedContent = to_bytes("content");

struct Outcome {
  std::string error;
  Bytes content;
  std::string verdicts;
  bool operator==(const Outcome&) const = default;
};

// A valid signature is one that its certificate verifies; a refused one has a reason of ours.
std::string verdicts_of(const SignedDataResult& result) {
  std::string out;
  for (const SignerResult& signer : result.signers) {
    expect(!signer.refusal || refusal_of(*signer.refusal).has_value());
    expect(signer.refusal || signer.certificate);
    out += (signer.refusal ? signer.refusal->code : "valid") + " " + signer.digest + " " +
           signer.signature + " " + std::string(signature_type_name(signer.type)) + " ";
    for (const Capability& one : signer.capabilities)
      out += capability_name(one) + " ";
  }
  return out;
}

Outcome judge(Result<std::unique_ptr<SignedDataReader>> reader, std::size_t limit_bytes) {
  if (!reader) return {reader.error().code, {}, {}};
  const auto content = read_all(**reader, limit_bytes);
  if (!content) return {content.error().code, {}, {}};
  const auto result = (*reader)->finish({});
  if (!result) return {result.error().code, *content, {}};
  expect(!result->signers.empty());
  return {{}, *content, verdicts_of(*result)};
}

Outcome run(ByteView input, std::size_t step) {
  TricklingSource source(input, step);
  return judge(SignedDataReader::open(source), input.size());
}

Outcome run_detached(ByteView input, std::size_t step) {
  TricklingSource source(input, step);
  TricklingSource content(kDetachedContent, step);
  return judge(SignedDataReader::open_detached(source, content), kDetachedContent.size());
}

std::optional<std::vector<Certificate>> certificates_in(ByteView input, std::size_t step) {
  TricklingSource source(input, step);
  auto certificates = read_certs_only(source);
  if (!certificates) expect(refusal_of(certificates.error()).has_value());
  return certificates ? std::optional(*std::move(certificates)) : std::nullopt;
}

void check_certs_only(ByteView input) {
  const auto certificates = certificates_in(input, input.size() + 1);
  expect(certificates == certificates_in(input, cut_of(input)));
  if (!certificates) return;
  const auto written = write_certs_only(*certificates);
  expect(written.ok());
  const auto again = certificates_in(*written, 1);
  expect(again.has_value());
  expect(*write_certs_only(*again) == *written);
}

// True if what stands beside the signature, or nothing, may be its content.
bool may_be_without_content(const Outcome& opaque) {
  return opaque.error == refusal_code(Refusal::content_missing) ||
         opaque.error == refusal_code(Refusal::no_signers);
}

void check_input(ByteView input) {
  const std::size_t cut = cut_of(input);
  const Outcome opaque = run(input, input.size() + 1);
  expect(opaque == run(input, cut));
  if (!may_be_without_content(opaque) && cut % 8 != 0) return;
  const Outcome detached = run_detached(input, input.size() + 1);
  expect(detached == run_detached(input, cut));
  // One object is at most one of the three.
  expect(!opaque.error.empty() || !detached.error.empty());
  check_certs_only(input);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
