#include "node/net/tls_engine.h"

#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_server.h>
#include <botan/tls_session.h>

#include <optional>

#include "crypto/base/log.h"
#include "node/net/network.h"
#include "node/net/tls_shared.h"

namespace culvert::node {
namespace {

// Botan reserves this for each direction and grows it on demand; idle connections are many.
constexpr std::size_t kIoBufferBytes = 1024;

std::string version_text(const Botan::TLS::Protocol_Version& version) {
  return "TLSv" + std::to_string(version.major_version() - 2) + "." +
         std::to_string(version.minor_version() - 1);
}

TlsInfo describe(const Botan::TLS::Session_Summary& session) {
  TlsInfo info;
  info.version = version_text(session.version());
  info.cipher = session.ciphersuite().to_string();
  if (!info.cipher.starts_with("TLS_")) info.cipher = "TLS_" + info.cipher;
  info.resumed = session.was_resumption();
  if (session.side() == Botan::TLS::Connection_Side::Client && !session.peer_certs().empty()) {
    info.peer_certificate = session.peer_certs().front().BER_encode();
  }
  return info;
}

Error tls_failed(std::string_view why) {
  return temporary_error("tls-failed", "TLS failed: " + tls_text(why));
}

class Notes final : public Botan::TLS::Callbacks {
 public:
  // For a server: its clients show no certificate.
  explicit Notes(TlsEvents& events) : events_(events) {}
  // For a client.
  Notes(TlsEvents& events, TlsClientContext::Impl& context, ExpectedServer server)
      : events_(events), context_(&context), server_(std::move(server)) {}

  void tls_emit_data(std::span<const std::uint8_t> data) override { events_.on_tls_wire(data); }
  void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override {
    if (!data.empty()) events_.on_tls_plain(data);
  }
  void tls_alert(Botan::TLS::Alert alert) override {
    if (alert.is_fatal()) fatal_alert_ = alert.type_string();
  }
  void tls_session_established(const Botan::TLS::Session_Summary& session) override {
    // A version of TLS may have a way around certificates (a resumed session, a shared key). Here,
    // a server that had to prove something must have shown a certificate that was checked.
    if (context_ && context_->trust == Trust::proof && !verified_) refuse(nothing_shown());
    info_ = describe(session);
  }
  void tls_session_activated() override { events_.on_tls_established(std::move(info_)); }
  // The owner may still have an answer to send, so close_notify goes out only after that.
  bool tls_peer_closed_connection() override {
    events_.on_tls_end();
    return false;
  }
  void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                             const std::vector<std::optional<Botan::OCSP::Response>>& ocsp,
                             const std::vector<Botan::Certificate_Store*>& roots,
                             Botan::Usage_Type usage, std::string_view,
                             const Botan::TLS::Policy& policy) override {
    if (!context_ || context_->trust == Trust::anybody) return;
    if (context_->trust == Trust::proof) {
      prove(chain);
    } else {
      // No host name: a peer is known by its identity, wherever it is.
      Callbacks::tls_verify_cert_chain(chain, ocsp, roots, usage, "", policy);
    }
    verified_ = true;
  }

  const std::string& fatal_alert() const { return fatal_alert_; }
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  using Trust = TlsClientContext::Impl::Trust;

  Error nothing_shown() const {
    return temporary_error("unverified-server", "not verified as " + printable(server_.host) +
                                                    ": it showed no certificate");
  }
  // Ends the handshake from inside a callback, as Botan requires: with an alert.
  [[noreturn]] void refuse(Error why) {
    refusal_ = std::move(why);
    throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::BadCertificate, refusal_->text);
  }
  void prove(const std::vector<Botan::X509_Certificate>& chain) {
    if (server_.proof.by == ServerProof::By::nothing) refuse(nothing_asked());
    const Status proved = check_server(server_.proof, server_.host, chain, *context_->authorities);
    if (!proved) refuse(proved.error());
  }
  static Error nothing_asked() {
    return internal_error("no-proof", "nobody said what this server has to prove");
  }

  TlsEvents& events_;
  TlsClientContext::Impl* const context_ = nullptr;  // null: this is a server
  const ExpectedServer server_{};
  bool verified_ = false;
  TlsInfo info_;
  std::string fatal_alert_;
  std::optional<Error> refusal_;
};

}  // namespace

struct TlsEngine::Impl {
  std::shared_ptr<Notes> notes;
  std::unique_ptr<Botan::TLS::Channel> channel;
};

TlsEngine::TlsEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsEngine::~TlsEngine() = default;

std::unique_ptr<TlsEngine> TlsEngine::server(TlsServerContext& context, TlsEvents& events) {
  auto impl = std::make_unique<Impl>();
  impl->notes = std::make_shared<Notes>(events);
  const TlsParts& parts = context.impl().parts;
  try {
    impl->channel =
        std::make_unique<Botan::TLS::Server>(impl->notes, parts.sessions, parts.credentials,
                                             parts.policy, parts.random, false, kIoBufferBytes);
  } catch (const std::exception& error) {
    log_error("TLS cannot begin: {}", printable(error.what()));
    return nullptr;
  }
  return std::unique_ptr<TlsEngine>(new TlsEngine(std::move(impl)));
}

std::unique_ptr<TlsEngine> TlsEngine::client(TlsClientContext& context,
                                             const ExpectedServer& server, TlsEvents& events) {
  auto impl = std::make_unique<Impl>();
  impl->notes = std::make_shared<Notes>(events, context.impl(), server);
  // An address is no name for SNI (RFC 6066, 3).
  const std::string name = IpAddress::parse(server.host) ? std::string() : server.host;
  const TlsParts& parts = context.impl().parts;
  try {
    impl->channel = std::make_unique<Botan::TLS::Client>(
        impl->notes, parts.sessions, parts.credentials, parts.policy, parts.random,
        Botan::TLS::Server_Information(name, server.port), Botan::TLS::Protocol_Version::TLS_V13,
        std::vector<std::string>{}, kIoBufferBytes);
  } catch (const std::exception& error) {
    log_error("TLS cannot begin: {}", printable(error.what()));
    return nullptr;
  }
  return std::unique_ptr<TlsEngine>(new TlsEngine(std::move(impl)));
}

Status TlsEngine::receive(ByteView octets) {
  try {
    impl_->channel->received_data(octets);
  } catch (const std::exception& error) {
    if (const auto& refusal = impl_->notes->refusal()) return *refusal;
    return tls_failed(error.what());
  }
  if (!impl_->notes->fatal_alert().empty()) {
    return tls_failed("the other side says " + impl_->notes->fatal_alert());
  }
  return done();
}

Status TlsEngine::send(ByteView octets) {
  try {
    impl_->channel->send(octets);
  } catch (const std::exception& error) {
    return tls_failed(error.what());
  }
  return done();
}

void TlsEngine::close() {
  try {
    if (!impl_->channel->is_closed_for_writing()) impl_->channel->close();
  } catch (const std::exception& error) {
    log_debug("TLS could not be closed: {}", printable(error.what()));
  }
}

bool TlsEngine::active() const { return impl_->channel->is_active(); }

}  // namespace culvert::node
