#include "node/net/authorities.h"

#include <botan/data_src.h>
#include <botan/hash.h>
#include <botan/x509path.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/base/bytes.h"
#include "crypto/base/log.h"
#include "node/net/certificate_name.h"

namespace culvert::node {
namespace {

// Debian's list has 220 kB and 140 certificates.
constexpr std::size_t kMaxListBytes = 16 * 1024 * 1024;
// For a signature in the chain, in bits.
constexpr std::size_t kLeastStrength = 110;

Error unverified(const std::string& host, const std::string& why) {
  return temporary_error("unverified-server",
                         fmt::format("not verified as {}: {}", printable(host), why));
}

// Empty if there is none, or it is too large.
std::string list_text(const std::string& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error || size > kMaxListBytes) return {};
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

// Certificates that cannot be read are left out: one odd certificate must not end all verification.
std::shared_ptr<const Authorities::Store> read_list(const std::string& pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  auto store = std::make_shared<Authorities::Store>();
  for (std::size_t at = pem.find(kBegin); at != std::string::npos;) {
    const std::size_t next = pem.find(kBegin, at + 1);
    try {
      Botan::DataSource_Memory source(std::string_view(pem).substr(at, next - at));
      store->add_certificate(Botan::X509_Certificate(source));
    } catch (const std::exception& error) {
      log_debug("an authority was left out: {}", printable(error.what()));
    }
    at = next;
  }
  return store;
}

std::string hex_of(const std::vector<std::uint8_t>& octets) {
  const auto digest = Botan::HashFunction::create_or_throw("SHA-256")->process(octets);
  return to_hex(ByteView(digest.data(), digest.size()));
}

// Only the server's own certificate counts: whoever has a certificate of the same issuer can show
// that issuer too.
Status check_pins(const ServerProof& proof, const std::string& host,
                  const Botan::X509_Certificate& leaf) {
  const std::string certificate = hex_of(leaf.BER_encode());
  const std::string key = hex_of(leaf.subject_public_key_info());
  for (const CertificatePin& pin : proof.pins) {
    const std::string digits = to_hex(pin);
    if (digits == certificate || digits == key) return done();
  }
  return unverified(host, fmt::format("its certificate (public key sha256:{}) has none of the pins "
                                      "of its URL; if its administrator confirms that this is its "
                                      "new key, write that pin",
                                      key));
}

std::string why_not(const Botan::X509_Certificate& leaf, Botan::Certificate_Status_Code code,
                    const std::string& file) {
  using Code = Botan::Certificate_Status_Code;
  if (code == Code::CERT_HAS_EXPIRED || code == Code::CERT_NOT_YET_VALID) {
    return fmt::format(
        "its certificate or one of its issuers is out of date (its own is valid from "
        "{} to {}); have it renewed, and check this machine's clock",
        leaf.not_before().readable_string(), leaf.not_after().readable_string());
  }
  if (leaf.is_self_signed()) {
    return "its certificate is signed by nobody but itself; have it replaced, or write its "
           "?pin=sha256:…";
  }
  if (code == Code::CERT_ISSUER_NOT_FOUND || code == Code::CANNOT_ESTABLISH_TRUST ||
      code == Code::CHAIN_LACKS_TRUST_ROOT) {
    return fmt::format(
        "no authority in {} stands behind its certificate (issuer: {}); the server "
        "may not send the certificates in between, or the authority is missing "
        "there (add it with update-ca-certificates), or write ?pin=sha256:…",
        file, printable(leaf.issuer_dn().to_string(), 120));
  }
  return fmt::format(
      "its certificate is not valid: {}; have it replaced, or write its "
      "?pin=sha256:…",
      Botan::to_string(code));
}

// Named attack: Unverified hop. Finds an authority that its own certificate limits to mail or to
// clients, but that signs for a server (RFC 5280, 4.2.1.12; programs that verify servers do not
// accept that). Botan checks only the server's own certificate. Null if there is none.
const Botan::X509_Certificate* issuer_not_for_servers(
    const std::vector<Botan::X509_Certificate>& path) {
  for (std::size_t i = 1; i < path.size(); ++i) {
    const Botan::X509_Certificate& issuer = path[i];
    const bool limited = !issuer.extended_key_usage().empty();
    if (limited && !issuer.has_ex_constraint("PKIX.ServerAuth") &&
        !issuer.has_ex_constraint("X509v3.AnyExtendedKeyUsage")) {
      return &issuer;
    }
  }
  return nullptr;
}

Status check_chain(const std::string& host, const std::vector<Botan::X509_Certificate>& chain,
                   const Authorities::Store& store, const std::string& file) {
  const Botan::Path_Validation_Restrictions restrictions(false, kLeastStrength);
  // No name is given, or Botan would fall back to the subject's common name.
  const auto result =
      Botan::x509_path_validate(chain, restrictions, store, "", Botan::Usage_Type::TLS_SERVER_AUTH);
  if (!result.successful_validation()) {
    return unverified(host, why_not(chain.front(), result.result(), file));
  }
  if (const auto* issuer = issuer_not_for_servers(result.cert_path())) {
    return unverified(host, fmt::format("its issuer {} may not sign for servers (extended key "
                                        "usage); have the certificate replaced by one of another "
                                        "authority, or write its ?pin=sha256:…",
                                        printable(issuer->subject_dn().to_string(), 120)));
  }
  if (names_host(chain.front(), host)) return done();
  return unverified(host, fmt::format("its certificate is for {}; correct the host in [delivery], "
                                      "or write ?pin=sha256:… of this certificate",
                                      names_of(chain.front())));
}

}  // namespace

Result<std::shared_ptr<const Authorities::Store>> Authorities::get() {
  const std::lock_guard lock(mutex_);
  if (store_) return store_;
  auto store = read_list(list_text(file_));
  if (store->all_subjects().empty()) {
    return temporary_error("no-authorities",
                           fmt::format("this machine has no list of authorities at {}, so nobody "
                                       "can be verified; install ca-certificates, or write "
                                       "?pin=sha256:…",
                                       file_));
  }
  log_info("read {} authorities of {}", store->all_subjects().size(), file_);
  store_ = std::move(store);
  return store_;
}

void Authorities::forget() {
  const std::lock_guard lock(mutex_);
  store_.reset();
}

Status check_server(const ServerProof& proof, const std::string& host,
                    const std::vector<Botan::X509_Certificate>& chain, Authorities& authorities) {
  if (chain.empty()) return unverified(host, "it showed no certificate");
  if (proof.by == ServerProof::By::pins) return check_pins(proof, host, chain.front());
  const auto store = authorities.get();
  if (!store) return store.error();
  return check_chain(host, chain, **store, authorities.file());
}

}  // namespace culvert::node
