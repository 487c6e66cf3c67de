// Recipient infos without a key: the names of whoever is named, written back, are read as the same.
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_peek.h"
#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

Bytes written(const CertificateName& name) {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    return der_sequence({by_serial->issuer, der(kTagInteger, {by_serial->serial})});
  }
  return der(primitive_context_tag(0), {std::get<SubjectKeyIdentifier>(name).octets});
}

void check(const CertificateName& name) {
  const Bytes octets = written(name);
  BerReader in{ByteView(octets)};
  const auto again = read_certificate_name(in);
  expect(again.ok() && *again == name);
}

void check_input(ByteView input) {
  TricklingSource whole(input, input.size() + 1);
  TricklingSource pieces(input, 1);
  const auto peek = peek_recipients(whole);
  const auto again = peek_recipients(pieces);
  expect(peek.ok() == again.ok());
  if (!peek.ok()) return;
  expect(peek->names == again->names && peek->unnamed == again->unnamed);
  for (const CertificateName& name : peek->names)
    check(name);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
