// The certificates with which this node's listeners speak TLS: the administrator's files for SMTP,
// else a self-signed one, so that STARTTLS always works; for the peering port one that the identity
// issues. Those that this node makes are made anew before they expire.
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

// What the administrator's files hold; `config` names them. permanent `tls-file`.
Result<TlsMaterial> configured_tls(const Config& config);

// Errors of reading the files and of the store.
Result<TlsMaterial> smtp_tls_material(const Config& config, store::Store& store, Time now);
Result<TlsMaterial> peering_tls_material(const Config& config, store::Store& store, Time now);

}  // namespace culvert::node
