// Opening takes several passes. The attributes (which are authenticated) and the tag come after the
// content on the wire, so the first pass has to guess that there are no attributes. The guess is
// right for all mail between peers. If there are some, content that is not held in memory is
// verified in one more pass. Without a tag, the first pass tells how long the plaintext is, and
// that its padding is right.
#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/attributes.h"
#include "crypto/cms/content_cipher.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/content_key.h"
#include "crypto/cms/enveloped.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"
#include "crypto/cms/sealed_stream.h"

namespace culvert::crypto {
namespace {

// Most mail fits; more is allocated only when it does not.
constexpr std::size_t kFirstHoldBytes = 32 * 1024;
constexpr std::size_t kMaxTagOctets = 64;

struct Tail {
  Bytes associated;  // the AAD
  Bytes tag;
};

// authAttrs, if there are any: they must be DER and have contentType (RFC 5083, 2.1).
Result<Bytes> read_associated(BerReader& ber, ByteView content_type) {
  const auto next = ber.peek();
  if (!next) return next.error();
  if (*next != context_tag(1)) {
    if (kOidData == content_type) return Bytes{};
    return refuse(Refusal::content_type_missing, "authAttrs");
  }
  const auto element = ber.element(kMaxAttributesBytes);
  if (!element) return element.error();
  const auto attributes = read_attributes(*element, context_tag(1));
  if (!attributes) return attributes.error();
  if (const Status same = check_content_type(*attributes, content_type); !same) {
    return same.error();
  }
  return as_set_of(*element);
}

// Skips attributes that prove nothing, and leaves everything up to the end of the input.
Status read_end(BerReader& ber, std::uint8_t attributes) {
  const auto next = ber.peek();
  if (!next) return next.error();
  if (*next == attributes) {
    if (const Status skipped = ber.skip(); !skipped) return skipped.error();
  }
  if (const Status out = ber.leave(); !out) return out.error();
  return leave_content_info(ber);
}

// Everything after the content.
Result<Tail> read_tail(BerReader& ber, SealKind kind, ByteView content_type) {
  if (const Status out = ber.leave(); !out) return out.error();
  Tail tail;
  if (kind == SealKind::enveloped) {
    if (const Status end = read_end(ber, context_tag(1)); !end) return end.error();
    return tail;
  }
  auto associated = read_associated(ber, content_type);
  if (!associated) return associated.error();
  tail.associated = *std::move(associated);
  auto tag = ber.octets(kTagOctetString, kMaxTagOctets);
  if (!tag) return tag.error();
  tail.tag = *std::move(tag);
  if (const Status end = read_end(ber, context_tag(2)); !end) return end.error();
  return tail;
}

// The kind of cipher that a form has room for.
CipherKind cipher_kind(SealKind kind) {
  return kind == SealKind::auth_enveloped ? CipherKind::aead : CipherKind::unauthenticated;
}

}  // namespace

struct EnvelopedReader::State {
  RewindableSource& sealed;
  SealKind kind = SealKind::auth_enveloped;
  Bytes content_type;
  ContentAlgorithm algorithm;
  std::optional<ContentKey> key;
  SecretBytes cipher_key;
  Tail tail;

  // If `held`, `plain` is the plaintext that the first pass accepted.
  bool held = false;
  SecretBytes plain;
  std::size_t plain_size = 0;
  std::size_t plain_at = 0;

  // The pass that releases plaintext that is not held.
  std::unique_ptr<BerReader> ber;
  std::optional<SealedStream> stream;
  std::optional<ContentCipher> cipher;
  std::uint64_t content_bytes = 0;  // of the ciphertext, without padding
  std::uint64_t left_bytes = 0;     // not released yet
  bool ended = false;
  std::optional<Error> failure;  // of that pass; further reads return it again

  explicit State(RewindableSource& source) : sealed(source) {}

  Result<ContentCipher> start_cipher(ByteView associated) const {
    return ContentCipher::start(ContentCipher::Direction::open,
                                {algorithm, cipher_key, associated});
  }
  OldCiphers old_ciphers = OldCiphers::refuse;
  Status find_key(BerReader& in, const KeyRing& keys);
  Status first_pass(const KeyRing& keys);
  Result<bool> hold(SealedStream& from);
  Status open_held(BerReader& in);
  Status open_large(BerReader& in, SealedStream& from);
  Status begin_pass();
  Status next_piece();
  Status read_piece();
  Status verify_again();
};

// Reads up to the content and finds the key that opens it.
Status EnvelopedReader::State::find_key(BerReader& in, const KeyRing& keys) {
  const auto form = enter_sealed(in);
  if (!form) return form.error();
  kind = *form;
  const auto matched = match_recipients(in, keys);
  if (!matched) return matched.error();
  auto head = enter_sealed_content(in);
  if (!head) return head.error();
  content_type = std::move(head->content_type);
  auto read = read_content_algorithm(head->cipher, cipher_kind(kind), old_ciphers);
  if (!read) return read.error();
  algorithm = *std::move(read);
  auto opened = open_content_key(*matched, *algorithm.row, keys);
  if (!opened) return opened.error();
  key = *std::move(opened);
  cipher_key = derive_content_key(algorithm, std::move(key->key));
  return done();
}

// Fills `plain` with ciphertext; true if that is all of it.
Result<bool> EnvelopedReader::State::hold(SealedStream& from) {
  plain = SecretBytes(kFirstHoldBytes);
  const auto first = from.fill(plain.writable());
  if (!first) return first.error();
  plain_size = *first;
  if (plain_size < plain.size()) return true;
  SecretBytes larger(kHeldContentBytes);
  std::copy_n(plain.view().begin(), plain_size, larger.writable().begin());
  plain = std::move(larger);
  const auto more = from.fill(plain.writable().subspan(plain_size));
  if (!more) return more.error();
  plain_size += *more;
  return plain_size < plain.size();
}

// Opens content that is completely in `plain`.
Status EnvelopedReader::State::open_held(BerReader& in) {
  auto end = read_tail(in, kind, content_type);
  if (!end) return end.error();
  tail = *std::move(end);
  auto opening = start_cipher(tail.associated);
  if (!opening) return opening.error();
  const auto padding = opening->finish_open(plain.writable().first(plain_size), tail.tag);
  if (!padding) return padding.error();
  plain_size -= *padding;
  held = true;
  return done();
}

// Checks content that is too large to hold; its front is in `plain`.
Status EnvelopedReader::State::open_large(BerReader& in, SealedStream& from) {
  auto guess = start_cipher({});
  if (!guess) return guess.error();
  content_bytes = plain_size;
  while (plain_size == plain.size()) {
    if (const Status worked = guess->process(plain.writable()); !worked) return worked.error();
    const auto count = from.fill(plain.writable());
    if (!count) return count.error();
    plain_size = *count;
    content_bytes += plain_size;
  }
  auto read = read_tail(in, kind, content_type);
  if (!read) return read.error();
  tail = *std::move(read);
  if (!tail.associated.empty()) return verify_again();
  const auto padding = guess->finish_open(plain.writable().first(plain_size), tail.tag);
  if (!padding) return padding.error();
  content_bytes -= *padding;
  return done();
}

Status EnvelopedReader::State::verify_again() {
  if (const Status begun = begin_pass(); !begun) return begun.error();
  while (!ended) {
    if (const Status piece = next_piece(); !piece) return piece.error();
  }
  return done();
}

Status EnvelopedReader::State::first_pass(const KeyRing& keys) {
  BerReader in(sealed);
  if (const Status found = find_key(in, keys); !found) return found.error();
  SealedStream content(in);
  const auto all = hold(content);
  if (!all) return all.error();
  return *all ? open_held(in) : open_large(in, content);
}

// Goes back to the first octet of the content.
Status EnvelopedReader::State::begin_pass() {
  if (const Status back = sealed.rewind(); !back) return back.error();
  ber = std::make_unique<BerReader>(sealed);
  if (const auto form = enter_sealed(*ber); !form) return form.error();
  if (const Status skipped = ber->skip(); !skipped) return skipped.error();  // recipientInfos
  if (const auto head = enter_sealed_content(*ber); !head) return head.error();
  stream.emplace(*ber);
  auto opening = start_cipher(tail.associated);
  if (!opening) return opening.error();
  cipher.emplace(*std::move(opening));
  plain_size = plain_at = 0;
  left_bytes = content_bytes;
  ended = false;
  failure.reset();
  return done();
}

Status EnvelopedReader::State::next_piece() {
  if (failure) return *failure;
  const Status piece = read_piece();
  if (!piece) failure = piece.error();
  return piece;
}

// The tag was right in the pass before. It is checked again, in case the input has changed.
Status EnvelopedReader::State::read_piece() {
  const auto count = stream->fill(plain.writable());
  if (!count) return count.error();
  plain_at = plain_size = 0;
  if (*count == plain.size()) {
    if (const Status worked = cipher->process(plain.writable()); !worked) return worked.error();
  } else {
    const auto last = cipher->finish_open(plain.writable().first(*count), tail.tag);
    if (!last) return last.error();
    ended = true;
  }
  plain_size = static_cast<std::size_t>(std::min<std::uint64_t>(*count, left_bytes));
  left_bytes -= plain_size;
  return done();
}

EnvelopedReader::EnvelopedReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
EnvelopedReader::~EnvelopedReader() = default;

Result<std::unique_ptr<EnvelopedReader>> EnvelopedReader::open(RewindableSource& sealed,
                                                               const KeyRing& keys,
                                                               OldCiphers old_ciphers) {
  auto state = std::make_unique<State>(sealed);
  state->old_ciphers = old_ciphers;
  if (const Status passed = state->first_pass(keys); !passed) return passed.error();
  if (!state->held) {
    if (const Status begun = state->begin_pass(); !begun) return begun.error();
  }
  return std::unique_ptr<EnvelopedReader>(new EnvelopedReader(std::move(state)));
}

Result<std::size_t> EnvelopedReader::read(MutableBytes into) {
  State& s = *state_;
  while (s.plain_at == s.plain_size && !s.held && !s.ended) {
    if (const Status piece = s.next_piece(); !piece) return piece.error();
  }
  const std::size_t count = std::min(into.size(), s.plain_size - s.plain_at);
  std::copy_n(s.plain.view().begin() + static_cast<std::ptrdiff_t>(s.plain_at), count,
              into.begin());
  s.plain_at += count;
  return count;
}

Status EnvelopedReader::rewind() {
  if (!state_->held) return state_->begin_pass();
  state_->plain_at = 0;
  return done();
}

SealKind EnvelopedReader::kind() const { return state_->kind; }
std::string_view EnvelopedReader::cipher() const { return state_->algorithm.row->name; }
std::string EnvelopedReader::content_type() const { return oid_text(state_->content_type); }
const ContentKey& EnvelopedReader::content_key() const { return *state_->key; }
bool EnvelopedReader::weak() const {
  return state_->algorithm.row->strength != Strength::strong || !state_->key->weakness.empty();
}

}  // namespace culvert::crypto
