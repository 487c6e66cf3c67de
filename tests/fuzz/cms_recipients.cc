// Recipient infos: the names of whoever is named, written back, are read as the same; and every
// kind is opened with a ring that answers everything, so that what stands behind a name is read
// too. What the ring is asked for must be within the bounds of key_ring.h.
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_key.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"
#include "tests/fuzz/cms_support.h"

namespace culvert::crypto::fuzz {
namespace {

// Certificates of each kind of key, from the shared vectors if they are at hand.
const std::vector<Certificate>& certificates() {
  static const std::vector<Certificate> all = [] {
    const char* shared = std::getenv("CULVERT_SHARED");
    const std::string folder = std::string(shared != nullptr ? shared : ".") + "/vectors/keys/";
    std::vector<Certificate> found;
    for (const std::string name : {"p256", "rsa2048", "x25519", "x448", "mlkem768", "p521"}) {
      const auto read = Certificate::from_pem(text_of(folder + name + ".cert.pem"));
      if (read) found.push_back(*read);
    }
    if (found.empty()) {
      found.push_back(
          make_self_signed_tls(*Domain::parse("a.example"), from_unix(1'772'366'400))->certificate);
    }
    return found;
  }();
  return all;
}

class AnsweringRing final : public KeyRing {
 public:
  std::optional<HeldKey> find(const CertificateName& name) const override {
    const auto* by_serial = std::get_if<IssuerAndSerial>(&name);
    const Bytes& octets =
        by_serial != nullptr ? by_serial->serial : std::get<SubjectKeyIdentifier>(name).octets;
    for (const Certificate& certificate : certificates()) {
      if (certificate.is_named_by(name)) return held(certificate);
    }
    return held(certificates()[octets.empty() ? 0 : octets.back() % certificates().size()]);
  }
  Result<Bytes> sign(const KeyId&, SignatureScheme, ByteView) const override { std::abort(); }
  Result<SecretBytes> agree(const KeyId&, ByteView) const override { return SecretBytes(32); }
  Result<SecretBytes> decrypt(const KeyId&, const RsaTransport&, ByteView encrypted,
                              std::size_t key_bytes) const override {
    expect(encrypted.size() <= kMaxRsaBitsRead / 8);
    return SecretBytes(key_bytes);
  }
  Result<SecretBytes> decapsulate(const KeyId&, ByteView) const override { return SecretBytes(32); }
  Result<SecretBytes> unwrap_shared(ByteView, std::size_t wrap_key_bytes,
                                    ByteView wrapped) const override {
    expect(wrap_key_bytes == 16 || wrap_key_bytes == 24 || wrap_key_bytes == 32);
    return SecretBytes(wrapped);
  }
  Result<SecretBytes> derive_from_password(const Pbkdf2& parameters) const override {
    expect(parameters.iterations >= 1 && parameters.iterations <= kMaxPbkdf2Iterations);
    expect(parameters.salt.size() <= kMaxPbkdf2SaltBytes);
    return SecretBytes(parameters.key_bytes);
  }

 private:
  static HeldKey held(const Certificate& certificate) {
    return {certificate.key_id(), certificate, ContentRule::any};
  }
};

Bytes written(const CertificateName& name) {
  if (const auto* by_serial = std::get_if<IssuerAndSerial>(&name)) {
    return der_sequence({by_serial->issuer, der(kTagInteger, {by_serial->serial})});
  }
  return der(primitive_context_tag(0), {std::get<SubjectKeyIdentifier>(name).octets});
}

void check(const CertificateName& name) {
  const Bytes octets = written(name);
  BerReader in{ByteView(octets)};
  const auto again = read_certificate_name(in);
  expect(again.ok() && *again == name);
}

// Each recipient by itself, so that none hides another.
void check_opening(ByteView input) {
  const AnsweringRing ring;
  BerReader in(input);
  if (!enter_sealed(in)) return;
  const auto matched = match_recipients(in, ring);
  if (!matched) {
    expect(refusal_of(matched.error()).has_value());
    return;
  }
  const CipherRow& cipher = *find_cipher(kOidAes256Gcm.octets());
  for (const MatchedRecipient& recipient : *matched) {
    const auto opened = open_content_key({recipient}, cipher, ring);
    expect(opened.ok() ? opened->key.size() == cipher.key_bytes
                       : refusal_of(opened.error()).has_value());
  }
}

void check_input(ByteView input) {
  TricklingSource whole(input, input.size() + 1);
  TricklingSource pieces(input, cut_of(input));
  const auto peek = peek_recipients(whole);
  const auto again = peek_recipients(pieces);
  expect(peek.ok() == again.ok());
  if (!peek.ok()) return;
  expect(peek->names == again->names && peek->unnamed == again->unnamed);
  for (const CertificateName& name : peek->names)
    check(name);
  check_opening(input);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
