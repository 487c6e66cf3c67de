#include "crypto/cms/content_info.h"

#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kMaxVersion = 5;

}  // namespace

Result<Bytes> enter_content_info(BerReader& from) {
  const auto first = from.peek();
  if (!first) return first.error();
  if (*first == kTagEnd) return refuse(Refusal::truncated);
  if (*first != kTagSequence) return refuse(Refusal::not_cms);
  if (const Status in = from.enter(kTagSequence); !in) return in.error();
  const auto second = from.peek();
  if (!second) return second.error();
  if (*second != kTagOid) return refuse(Refusal::not_cms);
  auto type = from.oid();
  if (!type) return type.error();
  const auto third = from.peek();
  if (!third) return third.error();
  if (*third == kTagEnd) return refuse(Refusal::content_missing);
  if (const Status in = from.enter(context_tag(0)); !in) return in.error();
  return type;
}

Status leave_content_info(BerReader& from) {
  for (int level = 0; level < 2; ++level) {
    if (const Status out = from.leave(); !out) return out.error();
  }
  return from.expect_end();
}

Result<int> read_version(BerReader& from) {
  const auto octets = from.content(kTagInteger, sizeof(std::uint64_t));
  if (!octets) return octets.error();
  if (octets->size() != 1 || octets->front() > kMaxVersion) {
    return refuse(Refusal::unexpected_element, "version");
  }
  return int{octets->front()};
}

}  // namespace culvert::crypto
