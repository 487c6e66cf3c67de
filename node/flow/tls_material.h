// The certificates that this node's listeners use for TLS. For SMTP: the administrator's files, or
// else a self-signed certificate, so that STARTTLS always works. For the peering port: a
// certificate that the identity issues. Certificates that this node makes are renewed before they
// expire.
#pragma once

#include <string>

#include "crypto/base/bytes.h"
#include "node/config/config.h"
#include "store/store.h"

namespace culvert::node {

inline constexpr std::chrono::hours kTlsRenewalLead{30 * 24};

struct TlsMaterial {
  std::string chain_pem;  // the server's certificate, then its issuers
  SecretBytes key_pem;
};

// Reads the administrator's files, which `config` names. permanent `tls-file`.
Result<TlsMaterial> configured_tls(const Config& config);

// Errors of reading the files, and of the store.
Result<TlsMaterial> smtp_tls_material(const Config& config, store::Store& store, Time now);
Result<TlsMaterial> peering_tls_material(const Config& config, store::Store& store, Time now);

}  // namespace culvert::node
