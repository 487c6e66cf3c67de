// Invitation codes: any text as a code, and any octets as the payload of a code whose checksum is
// right. What is read is written back and compared.
#include <cstdlib>

#include "peering/invitation.h"

using namespace culvert;

namespace {

void check(const peering::ReadCode& read) {
  const auto payload = peering::invitation_payload(read.invitation);
  if (!payload || as_text(payload->view()) != as_text(read.payload.view())) std::abort();
  if (!peering::read_code(peering::code_of_payload(payload->view()))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView octets{data, size};
  if (const auto read = peering::read_code(as_text(octets))) check(*read);
  if (const auto read = peering::read_code(peering::code_of_payload(octets))) check(*read);
  return 0;
}
