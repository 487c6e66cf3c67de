#include "crypto/keys/rsa_transport.h"

#include <botan/pubkey.h>
#include <botan/system_rng.h>

#include <exception>
#include <string>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/library_words.h"

namespace culvert::crypto {
namespace {

std::string_view engine(RsaHash hash) {
  switch (hash) {
    case RsaHash::sha1:
      return "SHA-1";
    case RsaHash::sha224:
      return "SHA-224";
    case RsaHash::sha256:
      return "SHA-256";
    case RsaHash::sha384:
      return "SHA-384";
    case RsaHash::sha512:
      return "SHA-512";
  }
  return {};
}

// Botan takes the label as part of the name, where these are delimiters.
bool has_delimiter(ByteView label) {
  return as_text(label).find_first_of("(),") != std::string_view::npos;
}

}  // namespace

std::optional<std::string> rsa_transport_engine(const RsaTransport& transport) {
  if (transport.scheme == RsaTransport::Scheme::pkcs1_v15) return "PKCS1v15";
  std::string name = "OAEP(";
  name.append(engine(transport.hash)).append(",MGF1(").append(engine(transport.mgf_hash));
  if (has_delimiter(transport.label)) return std::nullopt;
  return name + ")" + (transport.label.empty() ? "" : "," + to_text(transport.label)) + ")";
}

Result<Bytes> encrypt_to(const Certificate& recipient, const RsaTransport& transport,
                         const SecretBytes& secret) {
  const std::size_t bits = recipient.key_bits();
  if (recipient.key_kind() != KeyKind::rsa || !recipient.parts().key || bits < kMinRsaBitsWritten ||
      bits > kMaxRsaBitsWritten) {
    return permanent_error("bad-key-use",
                           "the certificate's key is no RSA key of 2,048 to 8,192 bits");
  }
  const auto engine_name = rsa_transport_engine(transport);
  if (!engine_name) return permanent_error("bad-label", "the label of OAEP cannot be used");
  try {
    auto& rng = Botan::system_rng();
    const Botan::PK_Encryptor_EME encryptor(*recipient.parts().key, rng, *engine_name);
    return encryptor.encrypt(secret.view(), rng);
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content key could not be encrypted",
                          without_source(e.what()));
  }
}

}  // namespace culvert::crypto
