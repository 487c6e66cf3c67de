// Messages for one RSA recipient whose PKCS#1 v1.5 block (RFC 8017, 7.2.1) is of any form: what an
// attacker sends to learn from the answers which blocks are right (Bleichenbacher).
#pragma once

#include <botan/numthry.h>
#include <botan/rsa.h>

#include <algorithm>
#include <array>
#include <functional>

#include "crypto/cms/algorithms.h"
#include "crypto/keys/certificate_parts.h"
#include "crypto/keys/files/pem_key.h"
#include "crypto/keys/random.h"
#include "tests/crypto/cms/support.h"
#include "tests/crypto/vectors/manifest.h"

namespace culvert::crypto::testing {

inline constexpr std::size_t kBlockOctets = 256;  // RSA of 2,048 bits
inline constexpr std::size_t kContentKeyOctets = 32;

// 00 02, random octets that are not zero, 00, and a key of that size that is not the content's.
inline Bytes right_block(std::size_t key_octets = kContentKeyOctets) {
  Bytes block = random_bytes(kBlockOctets);
  for (std::uint8_t& octet : block)
    octet = octet == 0 ? 1 : octet;
  block[0] = 0;
  block[1] = 2;
  block[kBlockOctets - key_octets - 1] = 0;
  return block;
}

inline Bytes with_octet(std::size_t at, std::uint8_t value) {
  Bytes block = right_block();
  block[at] = value;
  return block;
}

struct BlockForm {
  std::string_view name;
  std::function<Bytes()> make;
};

// Every way to be wrong that an implementation was ever seen to tell apart.
inline const std::array kWrongBlocks{
    BlockForm{"first octet 1", [] { return with_octet(0, 1); }},
    BlockForm{"block type 0", [] { return with_octet(1, 0); }},
    BlockForm{"block type 1", [] { return with_octet(1, 1); }},
    BlockForm{"no zero behind the padding",
              [] { return with_octet(kBlockOctets - kContentKeyOctets - 1, 7); }},
    BlockForm{"no padding", [] { return with_octet(2, 0); }},
    BlockForm{"padding of seven octets", [] { return with_octet(9, 0); }},
    BlockForm{"zero in the middle", [] { return with_octet(100, 0); }},
    BlockForm{"no key", [] { return right_block(0); }},
    BlockForm{"key of 16 octets", [] { return right_block(16); }},
    BlockForm{"key of 31 octets", [] { return right_block(31); }},
    BlockForm{"key of 33 octets", [] { return right_block(33); }},
    BlockForm{"random octets",
              [] {
                Bytes block = random_bytes(kBlockOctets);
                block[0] &= 0x7f;  // below the modulus
                return block;
              }},
};

// A message of the vectors' key rsa2048, whose encrypted key can be replaced.
class TransportMessage {
 public:
  TransportMessage(const std::filesystem::path& root, std::string_view cipher)
      : certificate_(*Certificate::from_pem(read_text(root / "keys" / "rsa2048.cert.pem"))) {
    const auto key = private_key_from_pem(read_text(root / "keys" / "rsa2048.key.pem"));
    EXPECT_TRUE(ring_.add(*key, certificate_, ContentRule::any));
    BytesSink sink(message_);
    EnvelopedOptions options{.recipients = {certificate_}, .cipher = find_cipher_named(cipher)};
    options.keys.rsa.scheme = RsaTransport::Scheme::pkcs1_v15;
    auto writer = EnvelopedWriter::start(sink, options);
    EXPECT_TRUE((*writer)->write(pattern(100)).ok() && (*writer)->finish().ok());
    const std::array<std::uint8_t, 4> front{0x04, 0x82, 0x01, 0x00};
    const auto at = std::search(message_.begin(), message_.end(), front.begin(), front.end());
    key_at_ = static_cast<std::size_t>(at - message_.begin()) + front.size();
  }

  // The message with that block under RSA instead of its own.
  Bytes with_block(ByteView block) const {
    Bytes message = message_;
    const auto& key = dynamic_cast<const Botan::RSA_PublicKey&>(*certificate_.parts().key);
    const auto number = Botan::BigInt::from_bytes(block);
    Botan::power_mod(number, key.get_e(), key.get_n())
        .serialize_to(MutableBytes(message).subspan(key_at_, kBlockOctets));
    return message;
  }

  const Bytes& whole() const { return message_; }
  const MemoryKeyRing& ring() const { return ring_; }

 private:
  Certificate certificate_;
  MemoryKeyRing ring_;
  Bytes message_;
  std::size_t key_at_ = 0;
};

}  // namespace culvert::crypto::testing
