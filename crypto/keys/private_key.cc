#include "crypto/keys/private_key.h"

#include <botan/data_src.h>
#include <botan/ec_group.h>
#include <botan/ecdsa.h>
#include <botan/pem.h>
#include <botan/pkcs8.h>
#include <botan/system_rng.h>
#include <botan/x509_key.h>

#include <exception>

#include "crypto/base/log.h"
#include "crypto/keys/digest.h"
#include "crypto/keys/ml_kem_key.h"
#include "crypto/keys/parts.h"

namespace culvert::crypto {
namespace {

Error bad_key(std::string_view why, std::string_view detail = {}) {
  return permanent_error("bad-key", "not a usable private key: " + std::string(why),
                         printable(detail));
}

std::shared_ptr<const PrivateKeyParts> parts_from(std::unique_ptr<const Botan::Private_Key> key) {
  auto parts = std::make_shared<PrivateKeyParts>();
  parts->kind = kind_of(*key);
  if (is_ec(parts->kind)) {
    parts->agreement = std::make_unique<const Botan::ECDH_PrivateKey>(key->algorithm_identifier(),
                                                                      key->private_key_bits());
  }
  parts->public_key_info = Botan::X509::BER_encode(*key);
  parts->key_id = KeyId(sha256(parts->public_key_info));
  parts->key = std::move(key);
  return parts;
}

// A PrivateKeyInfo, whole. Throws if it is none.
std::unique_ptr<const Botan::Private_Key> load(ByteView der) {
  if (auto key = load_ml_kem_key(der)) return key;
  Botan::DataSource_Memory source(der);
  std::unique_ptr<const Botan::Private_Key> key = Botan::PKCS8::load_key(source);
  if (!source.end_of_data()) throw Botan::Decoding_Error("octets follow it");
  return key;
}

}  // namespace

PrivateKey PrivateKey::generate_p256() {
  static const Botan::EC_Group kP256 = Botan::EC_Group::from_name("secp256r1");
  return PrivateKey(
      parts_from(std::make_unique<const Botan::ECDSA_PrivateKey>(Botan::system_rng(), kP256)));
}

Result<PrivateKey> PrivateKey::from_pkcs8(ByteView der) {
  try {
    return PrivateKey(parts_from(load(der)));
  } catch (const std::exception& e) {
    return bad_key("its form is wrong", e.what());
  }
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, std::string_view password) {
  constexpr std::string_view kPlain = "-----BEGIN PRIVATE KEY-----";
  constexpr std::string_view kEncrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
  const std::size_t plain = pem.find(kPlain);
  const std::size_t encrypted = pem.find(kEncrypted);
  if (plain == std::string_view::npos && encrypted == std::string_view::npos) {
    return bad_key(
        "there is no PEM block PRIVATE KEY (convert others with 'openssl pkcs8 -topk8')");
  }
  if (encrypted < plain && password.empty())
    return bad_key("it is encrypted: a password is needed");
  try {
    Botan::DataSource_Memory source(pem.substr(std::min(plain, encrypted)));
    if (encrypted < plain) {
      return PrivateKey(parts_from(Botan::PKCS8::load_key(source, password)));
    }
    return PrivateKey(parts_from(load(Botan::PEM_Code::decode_check_label(source, "PRIVATE KEY"))));
  } catch (const std::exception& e) {
    return bad_key(encrypted < plain ? "its form or the password is wrong" : "its form is wrong",
                   e.what());
  }
}

SecretBytes PrivateKey::pkcs8() const {
  SecretBytes ml_kem = ml_kem_pkcs8(*parts_->key);
  if (!ml_kem.empty()) return ml_kem;
  return SecretBytes(ByteView(parts_->key->private_key_info()));
}

SecretBytes PrivateKey::pem() const {
  const SecretBytes der = pkcs8();
  std::string text = Botan::PEM_Code::encode(der.view().data(), der.size(), "PRIVATE KEY");
  SecretBytes out(as_bytes(text));
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return out;
}

const Bytes& PrivateKey::public_key_info() const { return parts_->public_key_info; }
const KeyId& PrivateKey::key_id() const { return parts_->key_id; }
KeyKind PrivateKey::kind() const { return parts_->kind; }

}  // namespace culvert::crypto
