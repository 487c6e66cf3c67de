// What a server must prove in the TLS handshake before a client says a word to it. A value.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace culvert::node {

// SHA-256 of a certificate (DER) or of its public key (SubjectPublicKeyInfo, DER).
using CertificatePin = std::array<std::uint8_t, 32>;

struct ServerProof {
  enum class By {
    nothing,      // anybody may answer
    authorities,  // a chain to one of the machine's authorities, and the host's name (RFC 9525)
    pins,         // the server's own certificate is one of `pins`; nothing else is checked
  };
  By by = By::nothing;
  std::vector<CertificatePin> pins{};  // not empty exactly if `by` is pins

  bool operator==(const ServerProof&) const = default;
};

}  // namespace culvert::node
