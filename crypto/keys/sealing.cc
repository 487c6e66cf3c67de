#include "crypto/keys/sealing.h"

#include "crypto/base/limits.h"
#include "crypto/base/require.h"
#include "crypto/keys/random.h"
#include "crypto/keys/sodium.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

namespace culvert::crypto {

namespace {

constexpr std::string_view kKeyFileMark = "culvert-node-key-1 ";
constexpr std::string_view kStoreLine = "store=2\n";
constexpr char kKdfContext[] = "culvert1";  // exactly crypto_kdf_CONTEXTBYTES octets
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kStreamHeaderBytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kPieceOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kSealedPiece = kStreamChunkBytes + kPieceOverhead;

static_assert(kSealOverheadBytes == 1 + kNonceBytes + kTagBytes);
static_assert(SealingKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(SealingKey::kSize == crypto_secretstream_xchacha20poly1305_KEYBYTES);
static_assert(SealingKey::kSize == crypto_kdf_KEYBYTES);
static_assert(sizeof kKdfContext == crypto_kdf_CONTEXTBYTES + 1);

// Keeps the page of a key that lives as long as the node out of swap and core dumps. The page stays
// so after the key is gone; a process has only a few such keys. If the machine does not allow it,
// nothing fails; `serve` reports it (node/system/private_memory.h).
void keep_in_memory(const SealingKey& key) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(key.view().data());
  const std::uintptr_t first = begin / page * page;
  const std::size_t size = (begin + key.view().size() + page - 1) / page * page - first;
  static_cast<void>(::mlock(reinterpret_cast<void*>(first), size));
  static_cast<void>(::madvise(reinterpret_cast<void*>(first), size, MADV_DONTDUMP));
}

Error damaged(std::string_view why) {
  return permanent_error("body-damaged", "a stored body is damaged or sealed under another key",
                         std::string(why));
}

}  // namespace

SealingKey SealingKey::generate() {
  SecretBytes octets(kSize);
  fill_random(octets.writable());
  return SealingKey(std::move(octets));
}

Result<SealingKey> SealingKey::from_bytes(ByteView octets) {
  if (octets.size() != kSize) return internal_error("bad-key", "a sealing key has another length");
  return SealingKey(SecretBytes(octets));
}

NodeKey NodeKey::generate() {
  NodeKey key(SealingKey::generate(), 2);
  keep_in_memory(key.key_);
  return key;
}

Result<NodeKey> NodeKey::parse(std::string_view text) {
  const Error bad = permanent_error("bad-node-key", "this is not a node key");
  int store_version = 1;
  if (const std::size_t end = text.find('\n'); end != std::string_view::npos) {
    const std::string_view line = text.substr(end + 1);
    const bool says_2 = line == kStoreLine || line == kStoreLine.substr(0, kStoreLine.size() - 1);
    if (!line.empty() && !says_2) return bad;
    if (says_2) store_version = 2;
    text = text.substr(0, end);
  }
  if (!text.starts_with(kKeyFileMark)) return bad;
  auto octets = from_hex(text.substr(kKeyFileMark.size()));
  if (!octets) return bad;
  auto key = SealingKey::from_bytes(*octets);
  wipe(*octets);
  if (!key) return bad;
  keep_in_memory(*key);
  return NodeKey(std::move(key).value(), store_version);
}

SecretBytes NodeKey::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string_view line = store_version_ == 2 ? kStoreLine : std::string_view();
  SecretBytes out(kKeyFileMark.size() + 2 * SealingKey::kSize + 1 + line.size());
  auto at = std::copy(kKeyFileMark.begin(), kKeyFileMark.end(), out.writable().begin());
  for (const std::uint8_t octet : key_.view()) {
    *at++ = static_cast<std::uint8_t>(digits[octet >> 4]);
    *at++ = static_cast<std::uint8_t>(digits[octet & 15]);
  }
  *at++ = '\n';
  std::copy(line.begin(), line.end(), at);
  return out;
}

SealingKey NodeKey::derive(KeyPurpose purpose) const {
  need_sodium();
  SecretBytes octets(SealingKey::kSize);
  crypto_kdf_derive_from_key(octets.writable().data(), octets.size(),
                             static_cast<std::uint64_t>(purpose), kKdfContext, key_.view().data());
  SealingKey key = SealingKey::from_bytes(octets.view()).value();
  keep_in_memory(key);
  return key;
}

Bytes index_digest(std::initializer_list<ByteView> parts) {
  need_sodium();
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  hash_parts(state, parts);
  Bytes digest(crypto_generichash_BYTES);
  crypto_generichash_final(&state, digest.data(), digest.size());
  return digest;
}

Bytes seal(const SealingKey& key, ByteView plaintext, ByteView associated) {
  need_sodium();
  Bytes out(plaintext.size() + kSealOverheadBytes);
  out[0] = kVersion;
  const MutableBytes nonce = MutableBytes(out).subspan(1, kNonceBytes);
  fill_random(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      out.data() + 1 + kNonceBytes, nullptr, plaintext.data(), plaintext.size(), associated.data(),
      associated.size(), nullptr, nonce.data(), key.view().data());
  return out;
}

Result<SecretBytes> open_sealed(const SealingKey& key, ByteView sealed, ByteView associated) {
  need_sodium();
  const Error foreign =
      permanent_error("not-sealed-here", "sealed under another key, or altered since");
  if (sealed.size() < kSealOverheadBytes || sealed[0] != kVersion) return foreign;
  const ByteView nonce = sealed.subspan(1, kNonceBytes);
  const ByteView cipher = sealed.subspan(1 + kNonceBytes);
  SecretBytes out(sealed.size() - kSealOverheadBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out.writable().data(), nullptr, nullptr, cipher.data(), cipher.size(), associated.data(),
          associated.size(), nonce.data(), key.view().data()) != 0) {
    return foreign;
  }
  return out;
}

struct SealingSink::Impl {
  Impl(Sink& sink, const SealingKey& key) : to(sink) {
    need_sodium();
    out.resize(1 + kStreamHeaderBytes);
    out[0] = kVersion;
    crypto_secretstream_xchacha20poly1305_init_push(&state, out.data() + 1, key.view().data());
    plain.reserve(kStreamChunkBytes);
  }
  ~Impl() { sodium_memzero(&state, sizeof state); }

  Status push(unsigned char tag) {
    const std::size_t at = out.size();
    out.resize(at + plain.size() + kPieceOverhead);
    crypto_secretstream_xchacha20poly1305_push(&state, out.data() + at, nullptr, plain.data(),
                                               plain.size(), nullptr, 0, tag);
    plain.clear();
    const Status written = to.write(out);
    out.clear();
    return written;
  }

  Sink& to;
  crypto_secretstream_xchacha20poly1305_state state;
  Bytes plain;
  Bytes out;  // holds the header until the first piece is written
  Once end;
};

SealingSink::SealingSink(Sink& to, const SealingKey& key)
    : impl_(std::make_unique<Impl>(to, key)) {}
SealingSink::~SealingSink() = default;

Status SealingSink::write(ByteView plaintext) {
  impl_->end.check("a stream that has not ended");
  while (!plaintext.empty()) {
    // A full piece is written only when more follows, because the last piece is marked.
    if (impl_->plain.size() == kStreamChunkBytes) {
      if (const Status pushed = impl_->push(0); !pushed) return pushed.error();
    }
    const std::size_t take = std::min(plaintext.size(), kStreamChunkBytes - impl_->plain.size());
    append(impl_->plain, plaintext.first(take));
    plaintext = plaintext.subspan(take);
  }
  return done();
}

Status SealingSink::finish() {
  impl_->end.take("a stream that has not ended");
  return impl_->push(crypto_secretstream_xchacha20poly1305_TAG_FINAL);
}

struct OpeningSource::Impl {
  Impl(RewindableSource& source, const SealingKey& sealing_key)
      : from(source), key(sealing_key.clone()) {
    need_sodium();
  }
  ~Impl() { sodium_memzero(&state, sizeof state); }

  // Fills `sealed` up to `size` octets; fewer only at the end of the source.
  Status fill(std::size_t size) {
    sealed.resize(size);
    std::size_t have = 0;
    while (have < size) {
      auto got = from.read(MutableBytes(sealed).subspan(have));
      if (!got) return got.error();
      if (*got == 0) break;
      have += *got;
    }
    sealed.resize(have);
    return done();
  }

  Status begin() {
    if (const Status filled = fill(1 + kStreamHeaderBytes); !filled) return filled.error();
    if (sealed.size() != 1 + kStreamHeaderBytes || sealed[0] != kVersion) return damaged("header");
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, sealed.data() + 1,
                                                        key.view().data()) != 0) {
      return damaged("header");
    }
    begun = true;
    return done();
  }

  Status pull() {
    if (const Status filled = fill(kSealedPiece); !filled) return filled.error();
    if (sealed.size() < kPieceOverhead) return damaged("cut off");
    plain.resize(sealed.size() - kPieceOverhead);
    at = 0;
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&state, plain.data(), nullptr, &tag,
                                                   sealed.data(), sealed.size(), nullptr, 0) != 0) {
      plain.clear();
      return damaged("piece");
    }
    ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!ended) return done();
    std::uint8_t more = 0;
    auto got = from.read({&more, 1});
    if (!got) return got.error();
    return *got == 0 ? done() : Status(damaged("more after the end"));
  }

  RewindableSource& from;
  SealingKey key;
  crypto_secretstream_xchacha20poly1305_state state{};
  Bytes sealed;
  Bytes plain;
  std::size_t at = 0;  // octets of `plain` that were released
  bool begun = false;
  bool ended = false;
  std::optional<Error> failed;
};

OpeningSource::OpeningSource(RewindableSource& from, const SealingKey& key)
    : impl_(std::make_unique<Impl>(from, key)) {}
OpeningSource::~OpeningSource() = default;

Result<std::size_t> OpeningSource::read(MutableBytes into) {
  Impl& s = *impl_;
  if (s.failed) return *s.failed;
  while (s.at == s.plain.size() && !s.ended) {
    Status step = s.begun ? s.pull() : s.begin();
    if (!step) {
      s.plain.clear();
      s.at = 0;
      s.failed = step.error();
      return *s.failed;
    }
  }
  const std::size_t size = std::min(into.size(), s.plain.size() - s.at);
  std::copy_n(s.plain.begin() + static_cast<std::ptrdiff_t>(s.at), size, into.begin());
  s.at += size;
  return size;
}

Status OpeningSource::rewind() {
  Impl& s = *impl_;
  s.plain.clear();
  s.at = 0;
  s.begun = s.ended = false;
  s.failed.reset();
  return s.from.rewind();
}

}  // namespace culvert::crypto
