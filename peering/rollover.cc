#include "peering/rollover.h"

#include <algorithm>

#include "store/keys.h"

namespace culvert::peering {
namespace {

// The serial number is random, but for the two highest bits of its first octet.
std::chrono::seconds spread_of(const store::StoredCertificate& certificate) {
  constexpr std::size_t kOctets = 4;
  if (certificate.serial.size() <= kOctets) return {};
  const auto octets = ByteView(certificate.serial).subspan(1, kOctets);
  const std::chrono::seconds spread = kRenewalSpread;
  return std::chrono::seconds(store::read_big_endian(octets) %
                              static_cast<std::uint64_t>(spread.count()));
}

}  // namespace

Time renewal_of(const store::StoredCertificate& certificate) {
  const auto life = certificate.not_after - certificate.not_before;
  return certificate.not_before + life * 2 / 3 + spread_of(certificate);
}

bool is_usable(const store::StoredCertificate& certificate, Time now) {
  return !certificate.key_name.empty() && certificate.not_before <= now &&
         now <= certificate.not_after;
}

Time next_renewal(const std::vector<store::StoredCertificate>& of_role, Time now) {
  const store::StoredCertificate* newest = nullptr;
  for (const store::StoredCertificate& certificate : of_role) {
    if (!is_usable(certificate, now)) continue;
    if (newest == nullptr || certificate.not_before > newest->not_before) newest = &certificate;
  }
  return newest == nullptr ? now : renewal_of(*newest);
}

bool key_may_go(const store::StoredCertificate& certificate, Time now) {
  if (certificate.key_name.empty() || certificate.role == store::CertificateRole::identity) {
    return false;
  }
  return now >= certificate.left_card.value_or(certificate.not_after) + kOldKeyKept;
}

}  // namespace culvert::peering
