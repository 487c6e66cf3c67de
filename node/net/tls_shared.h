// The parts of both sides of TLS, in Botan's types. Inside node/net, for tls_*.cc only.
#pragma once

#include <botan/auto_rng.h>
#include <botan/certstor.h>
#include <botan/credentials_manager.h>
#include <botan/pk_keys.h>
#include <botan/tls_policy.h>
#include <botan/tls_session_manager.h>
#include <botan/x509cert.h>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "crypto/base/clock.h"
#include "node/net/authorities.h"
#include "node/net/tls_context.h"

namespace culvert::node {

// Botan keeps every part of a connection by shared_ptr, so these are shared.
struct TlsParts {
  std::shared_ptr<Botan::RandomNumberGenerator> random = std::make_shared<Botan::AutoSeeded_RNG>();
  std::shared_ptr<const Botan::TLS::Policy> policy;
  std::shared_ptr<Botan::Credentials_Manager> credentials;
  std::shared_ptr<Botan::TLS::Session_Manager> sessions;
};

// Botan's message as a text for people. Botan's dates end with the year 3100, and certificates
// "without end" (RFC 5280, 4.1.2.5) have later ones.
std::string tls_text(std::string_view botan_said);

// A certificate chain, leaf first, and the leaf's key.
struct TlsIdentity {
  std::vector<Botan::X509_Certificate> chain;
  std::shared_ptr<Botan::Private_Key> key;
};

class ServerCredentials final : public Botan::Credentials_Manager {
 public:
  explicit ServerCredentials(std::shared_ptr<Botan::RandomNumberGenerator> random)
      : random_(std::move(random)) {}
  void use(std::shared_ptr<const TlsIdentity> identity);

  std::vector<Botan::X509_Certificate> find_cert_chain(
      const std::vector<std::string>& key_types, const std::vector<Botan::AlgorithmIdentifier>&,
      const std::vector<Botan::X509_DN>&, const std::string& type, const std::string&) override;
  std::shared_ptr<Botan::Private_Key> private_key_for(const Botan::X509_Certificate& certificate,
                                                      const std::string&,
                                                      const std::string&) override;
  Botan::secure_vector<std::uint8_t> session_ticket_key() override;

 private:
  std::mutex mutex_;
  std::shared_ptr<Botan::RandomNumberGenerator> random_;
  std::shared_ptr<const TlsIdentity> now_;
  std::shared_ptr<const TlsIdentity> before_;  // for handshakes that began before a reload
  Botan::secure_vector<std::uint8_t> ticket_key_;
  SteadyTime ticket_key_made_{};
};

class ClientCredentials final : public Botan::Credentials_Manager {
 public:
  // No authority: nobody is verified.
  ClientCredentials() = default;
  explicit ClientCredentials(const Botan::X509_Certificate& authority) : store_(authority) {}
  std::vector<Botan::Certificate_Store*> trusted_certificate_authorities(
      const std::string& type, const std::string&) override;

 private:
  Botan::Certificate_Store_In_Memory store_;
};

struct TlsServerContext::Impl {
  TlsParts parts;
  std::shared_ptr<ServerCredentials> credentials;
};

struct TlsClientContext::Impl {
  enum class Trust { anybody, one_authority, proof };
  TlsParts parts;
  Trust trust = Trust::anybody;
  std::optional<Authorities> authorities;  // set exactly if `trust` is proof
};

}  // namespace culvert::node
