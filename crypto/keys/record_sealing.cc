#include "crypto/keys/record_sealing.h"

#include "crypto/keys/random.h"
#include "crypto/keys/sodium.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>

namespace culvert::crypto {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

// libsodium would write beyond the end of a buffer of the wrong size.
void need_size(bool right) {
  if (!right) throw std::logic_error("record_sealing.h: a buffer of another size");
}

// The number of forks that lead to this process. Asking the system for the process id would cost a
// call for each record.
unsigned forks() {
  static std::atomic<unsigned> count{0};
  static const int registered = ::pthread_atfork(nullptr, nullptr, [] { ++count; });
  static_cast<void>(registered);
  return count.load(std::memory_order_relaxed);
}

// Random octets for nonces, drawn ahead: asking the system for each record costs a third of what
// sealing it costs. Each octet is used once: every thread has its own pool, and a forked process
// draws anew, because its parent continues with the same octets.
class NoncePool {
 public:
  void fill(MutableBytes nonce) {
    const unsigned here = forks();
    if (process_ != here || at_ + nonce.size() > octets_.size()) {
      fill_random(octets_);
      process_ = here;
      at_ = 0;
    }
    std::copy_n(octets_.begin() + static_cast<std::ptrdiff_t>(at_), nonce.size(), nonce.begin());
    at_ += nonce.size();
  }

 private:
  std::array<std::uint8_t, 64 * kNonceBytes> octets_{};
  std::size_t at_ = sizeof octets_;
  unsigned process_ = 0;
};

}  // namespace

void seal_into(const SealingKey& key, ByteView plaintext, ByteView associated, MutableBytes out) {
  need_sodium();
  need_size(out.size() == plaintext.size() + kSealOverheadBytes);
  out[0] = kVersion;
  const MutableBytes nonce = out.subspan(1, kNonceBytes);
  thread_local NoncePool nonces;
  nonces.fill(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      out.data() + 1 + kNonceBytes, nullptr, plaintext.data(), plaintext.size(), associated.data(),
      associated.size(), nullptr, nonce.data(), key.view().data());
}

bool open_into(const SealingKey& key, ByteView sealed, ByteView associated, MutableBytes out) {
  need_sodium();
  if (sealed.size() < kSealOverheadBytes || sealed[0] != kVersion) return false;
  need_size(out.size() >= sealed.size() - kSealOverheadBytes);
  const ByteView nonce = sealed.subspan(1, kNonceBytes);
  const ByteView cipher = sealed.subspan(1 + kNonceBytes);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             out.data(), nullptr, nullptr, cipher.data(), cipher.size(), associated.data(),
             associated.size(), nonce.data(), key.view().data()) == 0;
}

void keyed_digest(const SealingKey& key, std::initializer_list<ByteView> parts, MutableBytes out) {
  need_sodium();
  need_size(out.size() >= crypto_generichash_BYTES_MIN &&
            out.size() <= crypto_generichash_BYTES_MAX);
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.view().data(), key.view().size(), out.size());
  hash_parts(state, parts);
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
}

}  // namespace culvert::crypto
