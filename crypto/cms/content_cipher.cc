#include "crypto/cms/content_cipher.h"

#include <botan/aead.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>

#include "crypto/cms/refusal.h"
#include "crypto/keys/rc2.h"

namespace culvert::crypto {

struct ContentCipher::Engine {
  explicit Engine(const ContentAlgorithm& algorithm)
      : tag_bytes(algorithm.tag_bytes), block_bytes(algorithm.row->block_bytes) {}
  ~Engine() { wipe(last_block); }

  void process(MutableBytes piece) {
    if (rc2) return rc2->process(piece);
    mode->process(piece);
  }

  // One of the two is set: Botan has no RC2.
  std::unique_ptr<Botan::Cipher_Mode> mode;
  std::optional<Rc2CbcDecryption> rc2;
  std::size_t tag_bytes;  // 0: blocks and padding instead
  std::size_t block_bytes;
  // The block that was decrypted last: the padding may lie before the last piece.
  std::array<std::uint8_t, kBlockBytes> last_block{};
  std::size_t processed = 0;
};

namespace {

Error cipher_failed(const std::exception& e) {
  return internal_error("bad-key-use", "the content cipher failed", e.what());
}

// GCM takes the length of its tag in its name. CBC padding is handled here (RFC 5652, 6.3), because
// it is checked in one pass and stripped in another.
std::string engine_name(const ContentAlgorithm& algorithm) {
  std::string name(algorithm.row->engine);
  if (algorithm.row->parameters == CipherRow::Parameters::gcm) {
    name += "(" + std::to_string(algorithm.tag_bytes) + ")";
  }
  if (algorithm.row->parameters == CipherRow::Parameters::vector) name += "/NoPadding";
  return name;
}

// How many octets of padding end this block; 0 if the padding is wrong (RFC 5652, 6.3). Takes the
// same time for every block.
std::size_t padding_of(ByteView block) {
  const unsigned count = block.back();
  unsigned wrong = (count == 0 ? 1U : 0U) | (count > block.size() ? 1U : 0U);
  for (std::size_t i = 0; i < block.size(); ++i) {
    const unsigned from_end = static_cast<unsigned>(block.size() - i);
    const unsigned is_padding = from_end <= count ? 0xffU : 0U;
    wrong |= is_padding & (block[i] ^ count);
  }
  return wrong == 0 ? count : 0;
}

}  // namespace

ContentCipher::ContentCipher(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
ContentCipher::~ContentCipher() = default;
ContentCipher::ContentCipher(ContentCipher&&) noexcept = default;

Result<ContentCipher> ContentCipher::start(Direction direction, const Setup& setup) {
  const CipherRow& row = *setup.algorithm.row;
  if (setup.key.size() != row.key_bytes) return refuse(Refusal::key_size_mismatch);
  auto engine = std::make_unique<Engine>(setup.algorithm);
  if (row.parameters == CipherRow::Parameters::rc2) {
    if (direction == Direction::seal) return refuse(Refusal::weak_algorithm);
    engine->rc2.emplace(setup.key.view(), 8 * row.key_bytes, setup.algorithm.nonce);
    return ContentCipher(std::move(engine));
  }
  try {
    auto mode = Botan::Cipher_Mode::create_or_throw(
        engine_name(setup.algorithm), direction == Direction::seal ? Botan::Cipher_Dir::Encryption
                                                                   : Botan::Cipher_Dir::Decryption);
    if (kBlockBytes % mode->update_granularity() != 0) {
      return internal_error("bad-key-use", "the cipher works on other blocks than expected");
    }
    mode->set_key(setup.key.view());
    if (auto* aead = dynamic_cast<Botan::AEAD_Mode*>(mode.get())) {
      aead->set_associated_data(setup.associated);
    }
    mode->start(setup.algorithm.nonce);
    engine->mode = std::move(mode);
    return ContentCipher(std::move(engine));
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content cipher could not be started", e.what());
  }
}

Status ContentCipher::process(MutableBytes piece) {
  if (piece.empty()) return done();
  try {
    engine_->process(piece);
  } catch (const std::exception& e) {
    return cipher_failed(e);
  }
  const std::size_t block = engine_->block_bytes;
  std::copy_n(piece.end() - static_cast<std::ptrdiff_t>(block), block, engine_->last_block.begin());
  engine_->processed += piece.size();
  return done();
}

// Ends an AEAD with the rest of the last piece and, when opening, the tag after it.
Result<Bytes> ContentCipher::finish_with(MutableBytes rest, ByteView tag) {
  Botan::secure_vector<std::uint8_t> end(rest.begin(), rest.end());
  end.insert(end.end(), tag.begin(), tag.end());
  engine_->mode->finish(end);
  std::copy_n(end.begin(), rest.size(), rest.begin());
  return Bytes(end.begin() + static_cast<std::ptrdiff_t>(rest.size()), end.end());
}

Result<ContentCipher::Sealed> ContentCipher::finish_seal(MutableBytes last) {
  const bool has_tag = engine_->tag_bytes != 0;
  const std::size_t block = has_tag ? kBlockBytes : engine_->block_bytes;
  const std::size_t whole = last.size() - last.size() % block;
  if (const Status worked = process(last.first(whole)); !worked) return worked.error();
  const MutableBytes rest = last.subspan(whole);
  try {
    if (has_tag) {
      auto tag = finish_with(rest, {});
      if (!tag) return tag.error();
      return Sealed{last.size(), {}, *std::move(tag)};
    }
    Botan::secure_vector<std::uint8_t> padded(block,
                                              static_cast<std::uint8_t>(block - rest.size()));
    std::copy(rest.begin(), rest.end(), padded.begin());
    engine_->mode->finish(padded);
    return Sealed{whole, Bytes(padded.begin(), padded.end()), {}};
  } catch (const std::exception& e) {
    return cipher_failed(e);
  }
}

// All failures look the same: a key that was made up for bad PKCS#1 v1.5 padding ends here, like
// altered content (RFC 3218).
Result<std::size_t> ContentCipher::finish_blocks(MutableBytes last) {
  const bool is_whole = last.size() % engine_->block_bytes == 0;
  if (is_whole) {
    if (const Status worked = process(last); !worked) return worked.error();
  }
  const std::size_t padding =
      is_whole && engine_->processed != 0
          ? padding_of(ByteView(engine_->last_block).first(engine_->block_bytes))
          : 0;
  if (padding != 0) return padding;
  wipe(last);
  return refuse(Refusal::bad_content);
}

Result<std::size_t> ContentCipher::finish_open(MutableBytes last, ByteView tag) {
  if (tag.size() != engine_->tag_bytes) return refuse(Refusal::bad_tag_length);
  if (engine_->tag_bytes == 0) return finish_blocks(last);
  const std::size_t whole = last.size() - last.size() % kBlockBytes;
  if (const Status worked = process(last.first(whole)); !worked) return worked.error();
  try {
    if (const auto opened = finish_with(last.subspan(whole), tag); !opened) return opened.error();
    return std::size_t{0};
  } catch (const std::exception&) {
    // The caller must not find plaintext that nothing authenticates.
    wipe(last);
    return refuse(Refusal::bad_tag);
  }
}

}  // namespace culvert::crypto
