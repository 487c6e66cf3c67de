#include "crypto/cms/capabilities.h"

#include "crypto/cms/algorithms.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

Result<std::vector<Capability>> parse(ByteView element) {
  std::vector<Capability> out;
  BerReader in(element);
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return out;
    if (out.size() == kMaxCapabilities) return refuse(Refusal::element_too_large);
    auto one = read_algorithm(in);
    if (!one) return one.error();
    out.push_back({std::move(one->oid), std::move(one->parameters)});
  }
}

}  // namespace

std::string capability_name(const Capability& capability) {
  const CipherRow* row = find_cipher(capability.oid);
  const bool is_known = row != nullptr && row->parameters != CipherRow::Parameters::rc2;
  return is_known ? std::string(row->name) : oid_text(capability.oid);
}

Capability cipher_capability(std::string_view name) {
  const ByteView oid = find_cipher_named(name)->oid.octets();
  return {Bytes(oid.begin(), oid.end()), {}};
}

std::vector<Capability> tunnel_capabilities() {
  return {cipher_capability("aes256-gcm"), cipher_capability("aes128-gcm")};
}

std::vector<Capability> read_capabilities(ByteView element) {
  auto read = parse(element);
  return read ? *std::move(read) : std::vector<Capability>{};
}

Bytes der_capabilities(const std::vector<Capability>& capabilities) {
  Bytes all;
  for (const Capability& one : capabilities) {
    append(all, ByteView(der_sequence({der(kTagOid, {one.oid}), one.parameters})));
  }
  return der_sequence({all});
}

}  // namespace culvert::crypto
