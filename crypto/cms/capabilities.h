// SMIMECapabilities (RFC 8551, 2.5.2): what a signer says that its software can open. A hint,
// signed with the message; what is made of it is for the caller.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// One entry, as it stood on the wire.
struct Capability {
  Bytes oid;         // content octets
  Bytes parameters;  // the whole element; empty if absent
  bool operator==(const Capability&) const = default;
};

// `aes256-gcm`, `des-ede3-cbc`, …: the ciphers of algorithms.h; the dotted OID of any other.
std::string capability_name(const Capability& capability);

// That of a content cipher by its name in algorithms.h, which must be one.
Capability cipher_capability(std::string_view name);

// What the tunnel's keys open: AES-GCM, the strongest first.
std::vector<Capability> tunnel_capabilities();

// Entries beyond this are refused; real software lists a dozen.
inline constexpr std::size_t kMaxCapabilities = 100;

// The value of the attribute as a whole element. What cannot be read counts as nothing said.
std::vector<Capability> read_capabilities(ByteView element);
Bytes der_capabilities(const std::vector<Capability>& capabilities);

}  // namespace culvert::crypto
