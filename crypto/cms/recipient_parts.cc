#include "crypto/cms/recipient_parts.h"

#include <algorithm>
#include <limits>

#include "crypto/cms/der_writer.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxNumberBytes = 64;

}  // namespace

Result<Wrap> wrap_of(const AlgorithmName& algorithm, Strength least) {
  const WrapRow* row = find_wrap(algorithm.oid);
  if (row == nullptr || row->strength > least)
    return refuse(Refusal::unsupported_recipient, oid_text(algorithm.oid));
  if (!algorithm.parameters_absent_or_null()) {
    return refuse(Refusal::bad_key_parameters, "key wrap");
  }
  return Wrap{row, der_sequence({der(kTagOid, {algorithm.oid}), algorithm.parameters})};
}

Wrap wrap_named(const WrapRow& row) { return {&row, der_algorithm(row.oid)}; }

Result<std::optional<Bytes>> read_ukm(BerReader& from, std::uint8_t identifier) {
  const auto next = from.peek();
  if (!next) return next.error();
  if (*next != identifier) return std::optional<Bytes>{};
  if (const Status in = from.enter(identifier); !in) return in.error();
  auto ukm = from.octets(kTagOctetString, kMaxUkmBytes);
  if (!ukm) return ukm.error();
  if (const Status out = from.leave(); !out) return out.error();
  return std::optional<Bytes>(*std::move(ukm));
}

Result<std::uint64_t> read_count(BerReader& from) {
  const auto octets = from.content(kTagInteger, kMaxNumberBytes);
  if (!octets) return octets.error();
  if (octets->empty()) return refuse(Refusal::bad_encoding, "an INTEGER without octets");
  if ((octets->front() & 0x80) != 0) return refuse(Refusal::unexpected_element, "negative");
  std::uint64_t value = 0;
  for (const std::uint8_t octet : *octets) {
    if (value >> 56 != 0) return std::numeric_limits<std::uint64_t>::max();
    value = value << 8 | octet;
  }
  return value;
}

Error refuse_for(Refusal refusal, const Error& ring_error) {
  if (ring_error.fault != Fault::permanent) return ring_error;
  return refuse(refusal, ring_error.detail.empty() ? ring_error.text : ring_error.detail);
}

Result<WrappedKey> read_wrapped_key_at_end(BerReader& in) {
  auto wrap = read_algorithm(in);
  if (!wrap) return wrap.error();
  auto wrapped = in.octets(kTagOctetString, kMaxWrappedKeyBytes);
  if (!wrapped) return wrapped.error();
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return WrappedKey{*std::move(wrap), *std::move(wrapped)};
}

}  // namespace culvert::crypto
