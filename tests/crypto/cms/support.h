// What the CMS tests share: a node's keys, and short ways to seal and open.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "crypto/base/stream.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/keys/certificate_maker.h"
#include "crypto/keys/memory_key_ring.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::testing {

inline const Time kNow = from_unix(1'772'366'400);  // 2026-03-01T12:00:00Z

// A node: identity, tunnel certificates, and a ring that holds their keys.
struct Node {
  explicit Node(std::string_view name)
      : identity(*make_identity(*Domain::parse(name), kNow)),
        signing(
            *make_tunnel_certificate({identity.key, identity.certificate}, TunnelUse::sign, kNow)),
        encryption(*make_tunnel_certificate({identity.key, identity.certificate},
                                            TunnelUse::encrypt, kNow)) {
    EXPECT_TRUE(keys.add(identity.key, identity.certificate).ok());
    EXPECT_TRUE(keys.add(signing.key, signing.certificate).ok());
    EXPECT_TRUE(keys.add(encryption.key, encryption.certificate).ok());
  }
  KeyAndCertificate identity;
  KeyAndCertificate signing;
  KeyAndCertificate encryption;
  MemoryKeyRing keys;
};

// Octets that repeat late and hold every value.
inline Bytes pattern(std::size_t size) {
  Bytes out(size);
  std::uint32_t state = 12345;
  for (std::uint8_t& octet : out) {
    state = state * 1664525 + 1013904223;
    octet = static_cast<std::uint8_t>(state >> 24);
  }
  return out;
}

inline Bytes seal(ByteView content, const std::vector<Certificate>& recipients,
                  std::size_t step = 1000) {
  Bytes out;
  BytesSink sink(out);
  auto writer =
      EnvelopedWriter::start(sink, {.recipients = {recipients.begin(), recipients.end()}});
  EXPECT_TRUE(writer.ok());
  for (std::size_t at = 0; at < content.size(); at += step) {
    EXPECT_TRUE((*writer)->write(content.subspan(at, std::min(step, content.size() - at))).ok());
  }
  EXPECT_TRUE((*writer)->finish().ok());
  return out;
}

inline Result<Bytes> open_from(RewindableSource& source, const KeyRing& keys) {
  const auto reader = EnvelopedReader::open(source, keys);
  if (!reader) return reader.error();
  return read_all(**reader, std::size_t{1} << 30);
}

inline Result<Bytes> open(ByteView sealed, const KeyRing& keys) {
  ViewSource source(sealed);
  return open_from(source, keys);
}

inline Bytes sign(ByteView content, const Node& node, SignatureType type = SignatureType::domain,
                  std::size_t step = 1000) {
  Bytes out;
  BytesSink sink(out);
  auto writer = SignedDataWriter::start(
      sink, node.keys, {node.signing.key.key_id(), node.signing.certificate, kNow, type});
  EXPECT_TRUE(writer.ok());
  for (std::size_t at = 0; at < content.size(); at += step) {
    EXPECT_TRUE((*writer)->write(content.subspan(at, std::min(step, content.size() - at))).ok());
  }
  EXPECT_TRUE((*writer)->finish().ok());
  return out;
}

struct Verified {
  Bytes content;
  SignedDataResult result;
};

inline Result<Verified> verify_from(Source& source, const SignerCandidates& candidates) {
  const auto reader = SignedDataReader::open(source);
  if (!reader) return reader.error();
  auto content = read_all(**reader, std::size_t{1} << 30);
  if (!content) return content.error();
  auto result = (*reader)->finish(candidates);
  if (!result) return result.error();
  return Verified{*std::move(content), *std::move(result)};
}

inline Result<Verified> verify(ByteView cms, const SignerCandidates& candidates = {}) {
  ViewSource source(cms);
  return verify_from(source, candidates);
}

// The refusal of a result, or nothing if it is fine.
template <typename T>
std::optional<Refusal> refusal(const Result<T>& result) {
  if (result.ok()) return std::nullopt;
  return refusal_of(result.error());
}

}  // namespace culvert::crypto::testing
