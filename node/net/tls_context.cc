#include "node/net/tls_context.h"

#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/tls_session_manager_memory.h>
#include <botan/tls_session_manager_noop.h>
#include <botan/tls_session_manager_stateless.h>
#include <botan/x509_key.h>

#include <algorithm>

#include "crypto/base/log.h"
#include "node/net/tls_shared.h"

namespace culvert::node {
namespace {

constexpr std::chrono::hours kTicketKeyAge{12};
// Other servers' sessions that a client remembers; each is about a kilobyte.
constexpr std::size_t kRememberedSessions = 1000;
constexpr std::size_t kMaxChainCertificates = 10;

// Only authenticated ciphers with ephemeral keys: every maintained server supports them.
class StrictPolicy : public Botan::TLS::Policy {
 public:
  std::vector<std::string> allowed_ciphers() const override {
    return {"AES-256/GCM", "AES-128/GCM", "ChaCha20Poly1305"};
  }
  std::vector<std::string> allowed_key_exchange_methods() const override { return {"ECDH", "DH"}; }
  bool require_cert_revocation_info() const override { return false; }
};

// Towards strangers that nobody verifies, an old short key is still better than none.
class StrangersPolicy final : public StrictPolicy {
 public:
  std::size_t minimum_rsa_bits() const override { return 1024; }
  std::size_t minimum_signature_strength() const override { return 80; }
};

Error bad_certificate(std::string_view why) {
  return permanent_error("bad-certificate",
                         "the TLS certificate cannot be used: " + std::string(why));
}

Result<std::vector<Botan::X509_Certificate>> read_chain(const std::string& pem) {
  std::vector<Botan::X509_Certificate> chain;
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  try {
    for (std::size_t at = pem.find(kBegin); at != std::string::npos;
         at = pem.find(kBegin, at + 1)) {
      if (chain.size() == kMaxChainCertificates) return bad_certificate("the chain is too long");
      Botan::DataSource_Memory source(pem.substr(at));
      chain.emplace_back(source);
    }
  } catch (const std::exception& error) {
    return bad_certificate(tls_text(error.what()));
  }
  if (chain.empty()) return bad_certificate("there is no PEM certificate in it");
  return chain;
}

Result<std::shared_ptr<const TlsIdentity>> read_identity(const std::string& chain_pem,
                                                         const SecretBytes& key_pem) {
  auto chain = read_chain(chain_pem);
  if (!chain) return std::move(chain).error();
  auto identity = std::make_shared<TlsIdentity>();
  identity->chain = std::move(chain).value();
  try {
    Botan::DataSource_Memory source(key_pem.view());
    identity->key = Botan::PKCS8::load_key(source);
  } catch (const std::exception& error) {
    return permanent_error("bad-key",
                           "the TLS key cannot be read: PKCS#8 PEM without password is needed, of "
                           "an RSA key or one on P-256, P-384 or P-521",
                           printable(error.what()));
  }
  const Botan::X509_Certificate& leaf = identity->chain.front();
  if (identity->key->subject_public_key() != leaf.subject_public_key_info()) {
    return permanent_error("bad-key", "the TLS key does not belong to the TLS certificate");
  }
  return std::shared_ptr<const TlsIdentity>(std::move(identity));
}

}  // namespace

std::string tls_text(std::string_view botan_said) {
  if (botan_said.find("ASN1_Time") == std::string_view::npos) return printable(botan_said);
  return "a date in a certificate cannot be read: the library for TLS knows none after the year "
         "3100; it has to be issued again with an earlier end";
}

void ServerCredentials::use(std::shared_ptr<const TlsIdentity> identity) {
  const std::lock_guard lock(mutex_);
  before_ = std::move(now_);
  now_ = std::move(identity);
}

std::vector<Botan::X509_Certificate> ServerCredentials::find_cert_chain(
    const std::vector<std::string>& key_types, const std::vector<Botan::AlgorithmIdentifier>&,
    const std::vector<Botan::X509_DN>&, const std::string& type, const std::string&) {
  const std::lock_guard lock(mutex_);
  if (type != "tls-server") return {};
  const std::string ours = now_->key->algo_name();
  const bool wanted = std::find(key_types.begin(), key_types.end(), ours) != key_types.end();
  if (!key_types.empty() && !wanted) return {};
  return now_->chain;
}

std::shared_ptr<Botan::Private_Key> ServerCredentials::private_key_for(
    const Botan::X509_Certificate& certificate, const std::string&, const std::string&) {
  const std::lock_guard lock(mutex_);
  if (now_->chain.front() == certificate) return now_->key;
  if (before_ && before_->chain.front() == certificate) return before_->key;
  return nullptr;
}

Botan::secure_vector<std::uint8_t> ServerCredentials::session_ticket_key() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = std::chrono::steady_clock::now();
  // A ticket under the previous key only costs its holder a full handshake.
  if (ticket_key_.empty() || now - ticket_key_made_ > kTicketKeyAge) {
    ticket_key_ = random_->random_vec(32);
    ticket_key_made_ = now;
  }
  return ticket_key_;
}

std::vector<Botan::Certificate_Store*> ClientCredentials::trusted_certificate_authorities(
    const std::string& type, const std::string&) {
  if (type != "tls-client") return {};
  return {&store_};
}

TlsServerContext::TlsServerContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServerContext::~TlsServerContext() = default;

Result<std::unique_ptr<TlsServerContext>> TlsServerContext::make(const std::string& chain_pem,
                                                                 const SecretBytes& key_pem) {
  auto identity = read_identity(chain_pem, key_pem);
  if (!identity) return std::move(identity).error();
  auto impl = std::make_unique<Impl>();
  impl->credentials = std::make_shared<ServerCredentials>(impl->parts.random);
  impl->credentials->use(std::move(identity).value());
  impl->parts.credentials = impl->credentials;
  impl->parts.policy = std::make_shared<StrictPolicy>();
  impl->parts.sessions = std::make_shared<Botan::TLS::Session_Manager_Stateless>(
      impl->parts.credentials, impl->parts.random);
  return std::unique_ptr<TlsServerContext>(new TlsServerContext(std::move(impl)));
}

Status TlsServerContext::reload(const std::string& chain_pem, const SecretBytes& key_pem) {
  auto identity = read_identity(chain_pem, key_pem);
  if (!identity) return std::move(identity).error();
  impl_->credentials->use(std::move(identity).value());
  return done();
}

TlsClientContext::TlsClientContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsClientContext::~TlsClientContext() = default;

std::unique_ptr<TlsClientContext> TlsClientContext::opportunistic() {
  auto impl = std::make_unique<Impl>();
  impl->parts.policy = std::make_shared<StrangersPolicy>();
  impl->parts.credentials = std::make_shared<ClientCredentials>();
  impl->parts.sessions = std::make_shared<Botan::TLS::Session_Manager_In_Memory>(
      impl->parts.random, kRememberedSessions);
  return std::unique_ptr<TlsClientContext>(new TlsClientContext(std::move(impl)));
}

std::unique_ptr<TlsClientContext> TlsClientContext::verifying(std::string authorities_file) {
  auto impl = std::make_unique<Impl>();
  impl->trust = Impl::Trust::proof;
  impl->authorities.emplace(std::move(authorities_file));
  impl->parts.policy = std::make_shared<StrictPolicy>();
  impl->parts.credentials = std::make_shared<ClientCredentials>();
  impl->parts.sessions = std::make_shared<Botan::TLS::Session_Manager_Noop>();
  return std::unique_ptr<TlsClientContext>(new TlsClientContext(std::move(impl)));
}

void TlsClientContext::read_authorities_anew() {
  if (impl_->authorities) impl_->authorities->forget();
}

Result<std::unique_ptr<TlsClientContext>> TlsClientContext::pinned(
    const std::string& authority_pem) {
  auto chain = read_chain(authority_pem);
  if (!chain) return std::move(chain).error();
  if (chain->size() != 1) return bad_certificate("exactly one authority is needed");
  auto impl = std::make_unique<Impl>();
  impl->trust = Impl::Trust::one_authority;
  impl->parts.policy = std::make_shared<StrictPolicy>();
  impl->parts.credentials = std::make_shared<ClientCredentials>(chain->front());
  impl->parts.sessions = std::make_shared<Botan::TLS::Session_Manager_In_Memory>(
      impl->parts.random, kRememberedSessions);
  return std::unique_ptr<TlsClientContext>(new TlsClientContext(std::move(impl)));
}

}  // namespace culvert::node
