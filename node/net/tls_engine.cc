#include "node/net/tls_engine.h"

#include <botan/tls_callbacks.h>
#include <botan/tls_client.h>
#include <botan/tls_exceptn.h>
#include <botan/tls_server.h>
#include <botan/tls_session.h>

#include "crypto/base/log.h"
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
  return temporary_error("tls-failed", "TLS failed: " + printable(why));
}

class Notes final : public Botan::TLS::Callbacks {
 public:
  Notes(TlsEvents& events, TlsClientContext::Impl::Trust trust) : events_(events), trust_(trust) {}

  void tls_emit_data(std::span<const std::uint8_t> data) override { events_.on_tls_wire(data); }
  void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override {
    if (!data.empty()) events_.on_tls_plain(data);
  }
  void tls_alert(Botan::TLS::Alert alert) override {
    if (alert.is_fatal()) fatal_alert_ = alert.type_string();
  }
  void tls_session_established(const Botan::TLS::Session_Summary& session) override {
    info_ = describe(session);
  }
  void tls_session_activated() override { events_.on_tls_established(std::move(info_)); }
  // The owner may still have an answer to send, so close_notify goes out when it is done.
  bool tls_peer_closed_connection() override {
    events_.on_tls_end();
    return false;
  }
  void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>& chain,
                             const std::vector<std::optional<Botan::OCSP::Response>>& ocsp,
                             const std::vector<Botan::Certificate_Store*>& roots,
                             Botan::Usage_Type usage, std::string_view,
                             const Botan::TLS::Policy& policy) override {
    if (trust_ == TlsClientContext::Impl::Trust::anybody) return;
    // No host name: a peer is its identity, wherever it is.
    Callbacks::tls_verify_cert_chain(chain, ocsp, roots, usage, "", policy);
  }

  const std::string& fatal_alert() const { return fatal_alert_; }

 private:
  TlsEvents& events_;
  const TlsClientContext::Impl::Trust trust_;
  TlsInfo info_;
  std::string fatal_alert_;
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
  impl->notes = std::make_shared<Notes>(events, TlsClientContext::Impl::Trust::one_authority);
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

std::unique_ptr<TlsEngine> TlsEngine::client(TlsClientContext& context, const std::string& host,
                                             std::uint16_t port, TlsEvents& events) {
  auto impl = std::make_unique<Impl>();
  impl->notes = std::make_shared<Notes>(events, context.impl().trust);
  const TlsParts& parts = context.impl().parts;
  try {
    impl->channel = std::make_unique<Botan::TLS::Client>(
        impl->notes, parts.sessions, parts.credentials, parts.policy, parts.random,
        Botan::TLS::Server_Information(host, port), Botan::TLS::Protocol_Version::TLS_V13,
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
