// SMIMECapabilities (RFC 8551, 2.5.2): what a signer says its software can open. It is a hint,
// signed with the message; the caller decides what to do with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// One entry, as on the wire.
struct Capability {
  Bytes oid;         // content octets
  Bytes parameters;  // the whole element; empty if absent
  bool operator==(const Capability&) const = default;
};

// `aes256-gcm`, `des-ede3-cbc`, …: the name in algorithms.h for a cipher, the dotted OID for
// anything else.
std::string capability_name(const Capability& capability);

// The capability for a content cipher. `name` must be one in algorithms.h.
Capability cipher_capability(std::string_view name);

// What the tunnel's keys open: AES-GCM, the strongest first.
std::vector<Capability> tunnel_capabilities();

// Entries beyond this are refused; real software lists a dozen.
inline constexpr std::size_t kMaxCapabilities = 100;

// Reads the attribute's value, a whole element. An unreadable value counts as none.
std::vector<Capability> read_capabilities(ByteView element);
Bytes der_capabilities(const std::vector<Capability>& capabilities);

}  // namespace culvert::crypto
