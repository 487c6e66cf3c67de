// Certificates for TLS tests: an identity and a server certificate that it issued.
#pragma once

#include <stdexcept>

#include "crypto/keys/certificate_maker.h"
#include "node/net/tls_context.h"

namespace culvert::node::test {

struct ServerCertificate {
  crypto::KeyAndCertificate identity;
  crypto::KeyAndCertificate tls;

  static ServerCertificate make() {
    const Domain host = *Domain::parse("gate.b.example");
    const Time now = SystemClock().now();
    auto identity = crypto::make_identity(host, now);
    if (!identity) throw std::runtime_error(identity.error().text + identity.error().detail);
    auto tls = crypto::make_tls_certificate({identity->key, identity->certificate}, host, now);
    if (!tls) throw std::runtime_error(tls.error().text + tls.error().detail);
    return {std::move(*identity), std::move(*tls)};
  }
  std::string identity_pem() const { return identity.certificate.pem(); }
  std::string chain_pem() const { return tls.certificate.pem() + identity.certificate.pem(); }
  std::unique_ptr<TlsServerContext> context() const {
    auto made = TlsServerContext::make(chain_pem(), tls.key.pem());
    if (!made) throw std::runtime_error(made.error().text + made.error().detail);
    return std::move(made).value();
  }
};

}  // namespace culvert::node::test
