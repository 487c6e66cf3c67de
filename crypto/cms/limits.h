// Bounds on CMS input (smime-profile.md, "Refused"), each with its unit and reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace culvert::crypto {

// Constructed elements inside each other, including those of an OCTET STRING's pieces.
inline constexpr std::size_t kMaxBerDepth = 16;
inline constexpr std::size_t kMaxCmsRecipients = 1000;
inline constexpr std::size_t kMaxCmsSigners = 32;
inline constexpr std::size_t kMaxCmsCertificates = 64;
inline constexpr std::size_t kMaxCmsDigests = 16;

// A signature is tried under each certificate that has the signer's name. In one object, at most
// this many are tried beyond the first of each signer. Real messages have one certificate for a
// name; a stranger's could have 64 with RSA keys of 16,384 bits, each costing 14 ms.
inline constexpr std::size_t kMaxMoreTrials = 8;
// Keys of more bits than this are larger than anybody is advised to use. In one object, at most
// kMaxLargeKeyTrials signatures are tried with them: 32 signers of 16,384 bits would cost more than
// a second.
inline constexpr std::size_t kLargeKeyBits = 8192;
inline constexpr std::size_t kMaxLargeKeyTrials = 8;

// One RecipientInfo. ML-KEM-1024 needs 1.7 KiB, a label of OAEP some more; a KeyAgreeRecipientInfo
// may hold many recipients of 100 to 400 octets each.
inline constexpr std::size_t kMaxRecipientInfoBytes = 256 * 1024;
// One SignerInfo with its attributes. Timestamps among the unsigned ones hold whole chains.
inline constexpr std::size_t kMaxSignerInfoBytes = 256 * 1024;
// A set of attributes.
inline constexpr std::size_t kMaxAttributesBytes = 64 * 1024;
// An AlgorithmIdentifier.
inline constexpr std::size_t kMaxAlgorithmBytes = 8 * 1024;
// Attributes in one set; checked before each is parsed.
inline constexpr std::size_t kMaxAttributes = 100;

// How many times its compressed size content may have: text reaches 10, deflate itself 1,032.
inline constexpr std::uint64_t kMaxCompressionRatio = 100;
// Up to this size any ratio is harmless: a few lines of blanks in a short mail.
inline constexpr std::uint64_t kHarmlessInflatedBytes = 16 * 1024;
// How far a stream may exceed the ratio before its end. At its end, the ratio of the whole counts.
inline constexpr std::uint64_t kMaxInflatedAheadBytes = 4 * 1024 * 1024;

// Content that is kept in memory between the two passes of opening, so that a usual message is
// read once. Larger content is read twice.
inline constexpr std::size_t kHeldContentBytes = 256 * 1024;

}  // namespace culvert::crypto
