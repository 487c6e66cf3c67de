#include "peering/fingerprint_digits.h"

#include "crypto/keys/digest.h"

namespace culvert::peering {
namespace {

constexpr std::size_t kGroups = 12;
constexpr std::size_t kGroupOctets = 5;
constexpr std::size_t kGroupDigits = 5;
constexpr std::uint64_t kGroupValues = 100'000;

crypto::Sha512 slow_hash(const Fingerprint& fingerprint) {
  const std::uint8_t nul[] = {0};
  const ByteView octets = fingerprint.view();
  crypto::Sha512 hash =
      crypto::sha512({as_bytes("culvert1 fingerprint digits"), nul, octets, octets});
  for (unsigned round = 1; round < kFingerprintRounds; ++round)
    hash = crypto::sha512({hash, octets});
  return hash;
}

std::string group_of(ByteView octets) {
  std::uint64_t number = 0;
  for (const std::uint8_t octet : octets)
    number = number << 8 | octet;
  const std::string digits = std::to_string(number % kGroupValues);
  return std::string(kGroupDigits - digits.size(), '0') + digits;
}

}  // namespace

std::string fingerprint_digits(const Fingerprint& fingerprint) {
  const crypto::Sha512 hash = slow_hash(fingerprint);
  std::string out;
  for (std::size_t group = 0; group < kGroups; ++group) {
    if (group > 0) out.push_back(' ');
    out += group_of(ByteView(hash).subspan(group * kGroupOctets, kGroupOctets));
  }
  return out;
}

}  // namespace culvert::peering
