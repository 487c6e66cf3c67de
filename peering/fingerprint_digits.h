// A fingerprint as people see it: 60 digits in twelve groups of five, to be read out or compared by
// eye (protocol.md, "Identity and card"). Scripts get hexadecimal digits. The method is that of
// Signal's numeric fingerprints: the hash is slow on purpose, so that finding a key whose digits
// resemble another's costs 5,200 times as much. Pure, any thread; takes a few milliseconds.
//
// How it is computed (frozen), with F = the 32 octets of the fingerprint:
//   H(0) = "culvert1 fingerprint digits" 00 F
//   H(n) = SHA-512(H(n-1) F)                            for n = 1 … 5200
// Group i (0 … 11) is octets 5i … 5i+4 of H(5200) as a number, high octet first, modulo 100,000,
// written with leading zeros. The groups stand in order with one blank between them; the last four
// octets are not used. The first six groups, 30 digits, are one node's part of the number that two
// nodes have in common.
#pragma once

#include <string>

#include "crypto/base/names.h"

namespace culvert::peering {

inline constexpr unsigned kFingerprintRounds = 5200;

// `01234 56789 …`: 71 characters.
std::string fingerprint_digits(const Fingerprint& fingerprint);

}  // namespace culvert::peering
