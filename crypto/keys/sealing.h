// Sealing at rest (libsodium): one node key, and keys derived from it by purpose. Short secrets are
// sealed whole, bodies as a stream. It does no disk access; store/key_file.h keeps the node key.
// All functions are thread-safe; a SealingSink or OpeningSource belongs to one caller at a time.
//
// Formats (frozen):
//   node key text   "culvert-node-key-1 " 64HEXDIG LF ["store=2" LF]
//   derived key     crypto_kdf (BLAKE2b), context "culvert1", sub-key number = KeyPurpose
//   sealed octets   %x01 nonce(24) XChaCha20-Poly1305-IETF(plaintext, associated) tag(16)
//   sealed stream   %x01 header(24) *piece; crypto_secretstream_xchacha20poly1305; each piece holds
//                   kStreamChunkBytes of plaintext but the last, which may hold less or nothing and
//                   alone carries TAG_FINAL; 17 octets are added to each
#pragma once

#include <memory>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"

namespace culvert::crypto {

// The purpose of a derived key. The numbers are frozen: data on disk is sealed under them.
enum class KeyPurpose : std::uint64_t {
  secrets = 1,  // private keys and invitation secrets in the store
  bodies = 2,   // the keys of bodies
  // 3 was in use.
  spool = 4,    // temporary files
  records = 5,  // the records of the store, by a key for each table
  index = 6,    // addresses and domains in keys of the store
  census = 7,   // digests over the tables that decide trust
};

// A 256-bit symmetric key. The destructor wipes it.
class SealingKey {
 public:
  static constexpr std::size_t kSize = 32;
  // A fresh random key.
  static SealingKey generate();
  // Exactly 32 octets; internal `bad-key` otherwise.
  static Result<SealingKey> from_bytes(ByteView octets);

  SealingKey clone() const { return SealingKey(octets_.clone()); }
  ByteView view() const { return octets_.view(); }

 private:
  explicit SealingKey(SecretBytes octets) : octets_(std::move(octets)) {}
  SecretBytes octets_;
};

// The key that unlocks a node's data directory, with the version of the store that it unlocks.
// Anybody can write a store of version 1; with a key that says 2, nobody can put such a store in
// place.
class NodeKey {
 public:
  // For a new store, of version 2.
  static NodeKey generate();
  // Parses the text of a key file as in the format table; the final LF may be missing. permanent
  // `bad-node-key` otherwise.
  static Result<NodeKey> parse(std::string_view text);

  // The same key for a store of that version (1 or 2).
  NodeKey for_store(int version) const { return NodeKey(key_.clone(), version); }
  NodeKey clone() const { return for_store(store_version_); }
  // 1 if there is no line `store=2`.
  int store_version() const { return store_version_; }
  // The text that `parse` accepts.
  SecretBytes text() const;
  // The same purpose always gives the same key. Keys of two purposes reveal nothing about each
  // other.
  SealingKey derive(KeyPurpose purpose) const;

 private:
  NodeKey(SealingKey key, int store_version)
      : key_(std::move(key)), store_version_(store_version) {}
  SealingKey key_;
  int store_version_ = 2;
};

// BLAKE2b-256 over the parts, each preceded by its length (8 octets, little-endian): an index key
// for values of any length. Not a substitute for the SHA-256 of formats.
Bytes index_digest(std::initializer_list<ByteView> parts);

// The octets that `seal` adds.
inline constexpr std::size_t kSealOverheadBytes = 1 + 24 + 16;
// Seals in one piece. `associated` is bound to the result but not part of it: opening needs the
// same.
Bytes seal(const SealingKey& key, ByteView plaintext, ByteView associated);
// permanent `not-sealed-here` for another key, other associated data, or altered octets.
Result<SecretBytes> open_sealed(const SealingKey& key, ByteView sealed, ByteView associated);

// Seals what is written and passes it on, in constant memory. Seal only one stream with a key.
class SealingSink final : public Sink {
 public:
  // `to` must outlive it.
  SealingSink(Sink& to, const SealingKey& key);
  ~SealingSink() override;
  Status write(ByteView plaintext) override;
  // Writes the last piece. Without it the stream counts as cut off. Call it once; write nothing
  // after.
  Status finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Opens what a SealingSink wrote, in constant memory. Each piece is released only after it proves
// authentic and in its place. The stream is complete only once `read` has returned 0.
class OpeningSource final : public RewindableSource {
 public:
  // `from` must outlive it and stand at its beginning.
  OpeningSource(RewindableSource& from, const SealingKey& key);
  ~OpeningSource() override;
  // permanent `body-damaged` for another key; altered, missing, repeated or re-ordered pieces; a
  // cut end; or anything after the end.
  Result<std::size_t> read(MutableBytes into) override;
  Status rewind() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert::crypto
