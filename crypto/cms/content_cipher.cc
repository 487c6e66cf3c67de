#include "crypto/cms/content_cipher.h"

#include <botan/aead.h>

#include <algorithm>
#include <exception>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxNonceBytes = 16;
constexpr std::size_t kMinTagBytes = 12;
constexpr std::size_t kDefaultTagBytes = 12;  // RFC 5084, 3.2: DEFAULT 12
constexpr std::size_t kMaxParameterBytes = 64;

Result<GcmParameters> parse(ByteView parameters) {
  BerReader in(parameters);
  GcmParameters out;
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  auto nonce = in.content(kTagOctetString, kMaxParameterBytes);
  if (!nonce) return nonce.error();
  out.nonce = *std::move(nonce);
  out.tag_bytes = kDefaultTagBytes;
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != kTagEnd) {
    const auto length = in.content(kTagInteger, kMaxParameterBytes);
    if (!length) return length.error();
    // One octet without sign holds every length that is allowed.
    const bool small = length->size() == 1 && length->front() <= kGcmTagBytes;
    out.tag_bytes = small ? length->front() : 0;
  }
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return out;
}

}  // namespace

Result<GcmParameters> read_gcm_parameters(ByteView parameters) {
  auto read = parse(parameters);
  if (!read) return refuse(Refusal::bad_cipher_parameters, read.error().code);
  if (read->nonce.size() < kGcmNonceBytes || read->nonce.size() > kMaxNonceBytes) {
    return refuse(Refusal::bad_cipher_parameters, "nonce");
  }
  if (read->tag_bytes < kMinTagBytes || read->tag_bytes > kGcmTagBytes) {
    return refuse(Refusal::bad_tag_length, "ICVlen");
  }
  return read;
}

Bytes der_gcm_parameters(const GcmParameters& parameters) {
  return der_sequence({der_octet_string(parameters.nonce),
                       der_integer(static_cast<std::uint32_t>(parameters.tag_bytes))});
}

struct ContentCipher::Engine {
  std::unique_ptr<Botan::AEAD_Mode> mode;
  std::size_t tag_bytes;
};

ContentCipher::ContentCipher(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
ContentCipher::~ContentCipher() = default;
ContentCipher::ContentCipher(ContentCipher&&) noexcept = default;

Result<ContentCipher> ContentCipher::start(Direction direction, const Setup& setup) {
  if (setup.key.size() != setup.row.key_bytes) return refuse(Refusal::key_size_mismatch);
  const std::size_t tag_bytes = setup.parameters.tag_bytes;
  const std::string name = std::string(setup.row.engine) + "(" + std::to_string(tag_bytes) + ")";
  try {
    auto mode = Botan::AEAD_Mode::create_or_throw(name, direction == Direction::seal
                                                            ? Botan::Cipher_Dir::Encryption
                                                            : Botan::Cipher_Dir::Decryption);
    if (kBlockBytes % mode->update_granularity() != 0) {
      return internal_error("bad-key-use", "the cipher works on other blocks than expected");
    }
    mode->set_key(setup.key.view());
    mode->set_associated_data(setup.associated);
    mode->start(setup.parameters.nonce);
    return ContentCipher(std::make_unique<Engine>(Engine{std::move(mode), tag_bytes}));
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content cipher could not be started", e.what());
  }
}

Status ContentCipher::process(MutableBytes piece) {
  if (piece.empty()) return done();
  try {
    engine_->mode->process(piece);
    return done();
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content cipher failed", e.what());
  }
}

Result<Bytes> ContentCipher::finish_seal(MutableBytes last) {
  const std::size_t whole = last.size() - last.size() % kBlockBytes;
  if (const Status worked = process(last.first(whole)); !worked) return worked.error();
  const MutableBytes rest = last.subspan(whole);
  try {
    Botan::secure_vector<std::uint8_t> end(rest.begin(), rest.end());
    engine_->mode->finish(end);
    std::copy_n(end.begin(), rest.size(), rest.begin());
    return Bytes(end.begin() + static_cast<std::ptrdiff_t>(rest.size()), end.end());
  } catch (const std::exception& e) {
    return internal_error("bad-key-use", "the content cipher failed", e.what());
  }
}

Status ContentCipher::finish_open(MutableBytes last, ByteView tag) {
  if (tag.size() != engine_->tag_bytes) return refuse(Refusal::bad_tag_length);
  const std::size_t whole = last.size() - last.size() % kBlockBytes;
  if (const Status worked = process(last.first(whole)); !worked) return worked;
  const MutableBytes rest = last.subspan(whole);
  try {
    Botan::secure_vector<std::uint8_t> end(rest.begin(), rest.end());
    end.insert(end.end(), tag.begin(), tag.end());
    engine_->mode->finish(end);
    std::copy_n(end.begin(), rest.size(), rest.begin());
    return done();
  } catch (const std::exception&) {
    wipe(last);
    return refuse(Refusal::bad_tag);
  }
}

}  // namespace culvert::crypto
