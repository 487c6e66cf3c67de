#include "crypto/keys/pss.h"

#include <botan/bigint.h>
#include <botan/hash.h>
#include <botan/numthry.h>
#include <botan/rsa.h>

#include <algorithm>
#include <exception>

#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/signature.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kTrailer = 0xbc;

// The content of a signature after the public key is applied to it (RFC 8017, 9.1): maskedDB, H,
// and a trailer. The bits above emBits are not part of it.
struct Encoded {
  Bytes octets;
  unsigned unused_bits;  // of the first octet
};

// Nothing if `signature` cannot be from this key. Only one encoding is accepted: as long as the
// modulus, and a number below it.
std::optional<Encoded> recover(const Botan::RSA_PublicKey& key, ByteView signature) {
  const Botan::BigInt& modulus = key.get_n();
  if (signature.size() != modulus.bytes()) return std::nullopt;
  const auto number = Botan::BigInt::from_bytes(signature);
  if (number >= modulus) return std::nullopt;
  const auto message = Botan::power_mod(number, key.get_e(), modulus);
  const std::size_t bits = modulus.bits() - 1;
  if (message.bits() > bits) return std::nullopt;
  Encoded out{Bytes((bits + 7) / 8), static_cast<unsigned>((8 - bits % 8) % 8)};
  message.serialize_to(out.octets);
  return out;
}

Bytes hash_of(Botan::HashFunction& hash, std::initializer_list<ByteView> parts) {
  for (const ByteView part : parts)
    hash.update(part);
  Bytes out(hash.output_length());
  hash.final(out);
  return out;
}

// MGF1 (RFC 8017, B.2.1), applied to `masked`.
void unmask(Botan::HashFunction& hash, ByteView seed, MutableBytes masked) {
  for (std::size_t at = 0, counter = 0; at < masked.size(); ++counter) {
    Bytes number(4);
    for (std::size_t i = 0; i < number.size(); ++i)
      number[i] = static_cast<std::uint8_t>(counter >> (24 - 8 * i));
    for (const std::uint8_t octet : hash_of(hash, {seed, number})) {
      if (at == masked.size()) return;
      masked[at++] ^= octet;
    }
  }
}

// EMSA-PSS-VERIFY (RFC 8017, 9.1.2) from step 3. All input is public, so it may return early.
bool is_encoding_of(Encoded encoded, const PssParameters& parameters, ByteView message) {
  const auto hash = Botan::HashFunction::create_or_throw(parameters.hash);
  const auto mask_hash = Botan::HashFunction::create_or_throw(parameters.mgf_hash);
  const std::size_t hash_bytes = hash->output_length();
  const std::size_t size = encoded.octets.size();
  if (size < hash_bytes + 2 || parameters.salt_bytes > size - hash_bytes - 2) return false;
  if (encoded.octets.back() != kTrailer) return false;
  const MutableBytes block = MutableBytes(encoded.octets).first(size - hash_bytes - 1);
  const ByteView wanted = ByteView(encoded.octets).subspan(block.size(), hash_bytes);
  const auto used_mask = static_cast<std::uint8_t>(0xff >> encoded.unused_bits);
  if ((block[0] & ~used_mask) != 0) return false;
  unmask(*mask_hash, wanted, block);
  block[0] &= used_mask;
  const MutableBytes padding = block.first(block.size() - parameters.salt_bytes - 1);
  if (std::any_of(padding.begin(), padding.end(), [](std::uint8_t octet) { return octet != 0; })) {
    return false;
  }
  if (block[padding.size()] != 1) return false;
  const ByteView salt = block.last(parameters.salt_bytes);
  const Bytes digest = hash_of(*hash, {message});
  const Bytes zeros(8);
  return as_text(hash_of(*hash, {zeros, digest, salt})) == as_text(wanted);
}

}  // namespace

bool verify_pss(const Certificate& signer, const PssParameters& parameters, ByteView message,
                ByteView signature) {
  if (check_key(signer, SignatureScheme::rsa_pss_sha256) != KeyFit::fits) return false;
  const auto* key = dynamic_cast<const Botan::RSA_PublicKey*>(signer.parts().key.get());
  if (key == nullptr) return false;
  try {
    auto encoded = recover(*key, signature);
    return encoded && is_encoding_of(*std::move(encoded), parameters, message);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace culvert::crypto
