// What TLS connections share: certificates, policy, and sessions that can be resumed (Botan
// inside). TLS 1.2 and 1.3 only. Contexts are thread-safe and must outlive the connections that use
// them.
#pragma once

#include <memory>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace culvert::node {

// What was agreed in a handshake, for trace header fields and logs.
struct TlsInfo {
  std::string version;  // `TLSv1.3`
  std::string cipher;   // `TLS_AES_128_GCM_SHA256`, the registered name
  bool resumed = false;
  Bytes peer_certificate;  // DER of the server's certificate, on the client's side; else empty
};

// The server's side. Clients are not asked for certificates. Session tickets are stateless; their
// key lives in memory for half a day.
class TlsServerContext {
 public:
  // `chain_pem`: the server's certificate, then its issuers. `key_pem`: its private key, PKCS#8
  // unencrypted. permanent `bad-certificate` or `bad-key`, also if the two do not belong together.
  static Result<std::unique_ptr<TlsServerContext>> make(const std::string& chain_pem,
                                                        const SecretBytes& key_pem);
  ~TlsServerContext();
  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;

  // New connections use the new pair. Errors as `make`; nothing changes then. Any thread.
  Status reload(const std::string& chain_pem, const SecretBytes& key_pem);

  struct Impl;
  Impl& impl() { return *impl_; }  // for tls_engine.cc

 private:
  explicit TlsServerContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Where Debian's ca-certificates keeps the authorities that this machine trusts.
inline constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

// The client's side.
class TlsClientContext {
 public:
  // Encrypts without asking who the server is, as SMTP between strangers does (RFC 7435).
  static std::unique_ptr<TlsClientContext> opportunistic();
  // The server's chain must end at this one certificate (PEM); its host name is not compared.
  // permanent `bad-certificate`.
  static Result<std::unique_ptr<TlsClientContext>> pinned(const std::string& authority_pem);
  // Every connection names what its server must prove (ServerProof); otherwise its handshake fails.
  // `authorities_file`: certificates in PEM, read when first needed. No session is resumed, because
  // a resumed one shows no certificate.
  static std::unique_ptr<TlsClientContext> verifying(std::string authorities_file);
  ~TlsClientContext();
  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;

  // Connections that begin from now on are verified against the file's new content. Any thread.
  void read_authorities_anew();

  struct Impl;
  Impl& impl() { return *impl_; }  // for tls_engine.cc

 private:
  explicit TlsClientContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::node
