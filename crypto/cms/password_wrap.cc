#include "crypto/cms/password_wrap.h"

#include <botan/cipher_mode.h>

#include <algorithm>
#include <array>
#include <exception>

#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidPwriKek{"1.2.840.113549.1.9.16.3.9"};
constexpr std::size_t kBlockBytes = 16;
// The front: the length of the key, and the complement of its first octets (RFC 3211, 2.3.1).
constexpr std::size_t kCheckBytes = 3;
constexpr std::size_t kFrontBytes = 1 + kCheckBytes;

struct CipherName {
  Oid oid;
  std::string_view engine;
  std::size_t key_bytes;
};
constexpr std::array kCiphers{
    CipherName{Oid{"2.16.840.1.101.3.4.1.2"}, "AES-128/CBC/NoPadding", 16},
    CipherName{Oid{"2.16.840.1.101.3.4.1.22"}, "AES-192/CBC/NoPadding", 24},
    CipherName{Oid{"2.16.840.1.101.3.4.1.42"}, "AES-256/CBC/NoPadding", 32},
};

using Secret = Botan::secure_vector<std::uint8_t>;

// Both passes of the decryption, from the outside in. The vector of the outer pass was the last
// block of the inner one. The last two blocks of `wrapped` give it.
Secret decrypt(const PasswordWrap& wrap, const SecretBytes& key, ByteView wrapped) {
  const auto mode = Botan::Cipher_Mode::create_or_throw(wrap.engine, Botan::Cipher_Dir::Decryption);
  mode->set_key(key.view());
  const ByteView last = wrapped.last(kBlockBytes);
  Secret vector(last.begin(), last.end());
  mode->start(wrapped.subspan(wrapped.size() - 2 * kBlockBytes, kBlockBytes));
  mode->finish(vector);
  Secret text(wrapped.begin(), wrapped.end());
  mode->start(vector);
  mode->finish(text);
  mode->start(wrap.vector);
  mode->finish(text);
  return text;
}

// The key after its front. Neither the refusal nor the time tells what is wrong.
Result<SecretBytes> take_key(const Secret& text, std::size_t key_bytes) {
  auto difference = static_cast<unsigned>(text[0] ^ key_bytes);
  for (std::size_t i = 0; i < kCheckBytes; ++i) {
    difference |= text[1 + i] ^ static_cast<unsigned>(text[kFrontBytes + i]) ^ 0xffU;
  }
  if (difference != 0) return refuse(Refusal::key_unwrap_failed);
  return SecretBytes(ByteView(text).subspan(kFrontBytes, key_bytes));
}

}  // namespace

Result<PasswordWrap> read_password_wrap(const AlgorithmName& name) {
  if (!(kOidPwriKek == name.oid)) return refuse(Refusal::unsupported_recipient, oid_text(name.oid));
  BerReader in{ByteView(name.parameters)};
  const auto cipher = read_algorithm(in);
  if (!cipher) return refuse(Refusal::bad_key_parameters, "PWRI-KEK names no cipher");
  const auto* row = std::find_if(kCiphers.begin(), kCiphers.end(),
                                 [&](const CipherName& known) { return known.oid == cipher->oid; });
  if (row == kCiphers.end()) return refuse(Refusal::unsupported_recipient, oid_text(cipher->oid));
  BerReader parameters{ByteView(cipher->parameters)};
  auto vector = parameters.content(kTagOctetString, kBlockBytes);
  if (!vector || vector->size() != kBlockBytes) {
    return refuse(Refusal::bad_key_parameters, "vector of PWRI-KEK");
  }
  return PasswordWrap{row->engine, row->key_bytes, *std::move(vector)};
}

bool is_password_wrapped(ByteView wrapped) {
  return wrapped.size() >= 2 * kBlockBytes && wrapped.size() % kBlockBytes == 0;
}

Result<SecretBytes> unwrap_by_password(const PasswordWrap& wrap, const SecretBytes& key,
                                       ByteView wrapped, std::size_t key_bytes) {
  if (!is_password_wrapped(wrapped) || key_bytes > wrapped.size() - kFrontBytes) {
    return refuse(Refusal::key_unwrap_failed);
  }
  try {
    return take_key(decrypt(wrap, key, wrapped), key_bytes);
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content key could not be unwrapped", e.what());
  }
}

}  // namespace culvert::crypto
