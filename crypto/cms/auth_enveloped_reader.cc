// Opening in passes. The attributes (which are authenticated) and the tag come after the content on
// the wire, so the first pass has to guess that there are no attributes: it is right for all mail
// between peers. If there are some, content that is not held in memory is verified in a pass more.
#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/attributes.h"
#include "crypto/cms/auth_enveloped.h"
#include "crypto/cms/content_cipher.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/content_key.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"
#include "crypto/cms/sealed_stream.h"

namespace culvert::crypto {
namespace {

// Most mail fits; more is asked for only when it does not.
constexpr std::size_t kFirstHoldBytes = 32 * 1024;
constexpr std::size_t kMaxTagOctets = 64;

struct Tail {
  Bytes associated;  // the AAD
  Bytes tag;
};

// authAttrs, when there are some: DER, with contentType (RFC 5083, 2.1).
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

// Everything behind the content, to the end of the input.
Result<Tail> read_tail(BerReader& ber, ByteView content_type) {
  if (const Status out = ber.leave(); !out) return out.error();
  auto associated = read_associated(ber, content_type);
  if (!associated) return associated.error();
  auto tag = ber.octets(kTagOctetString, kMaxTagOctets);
  if (!tag) return tag.error();
  const auto next = ber.peek();
  if (!next) return next.error();
  if (*next == context_tag(2)) {  // unauthAttrs prove nothing
    if (const Status skipped = ber.skip(); !skipped) return skipped.error();
  }
  if (const Status out = ber.leave(); !out) return out.error();
  if (const Status out = leave_content_info(ber); !out) return out.error();
  return Tail{*std::move(associated), *std::move(tag)};
}

Result<const CipherRow*> aead_of(const AlgorithmName& name) {
  const CipherRow* row = find_cipher(name.oid);
  if (row == nullptr) return refuse(Refusal::unsupported_cipher, oid_text(name.oid));
  if (row->kind != CipherKind::aead) return refuse(Refusal::not_aead, std::string(row->name));
  return row;
}

Result<SealedContentHead> enter_auth_enveloped(BerReader& ber, const KeyRing* keys,
                                               std::vector<MatchedRecipient>& matched) {
  const auto kind = enter_sealed(ber);
  if (!kind) return kind.error();
  if (*kind != SealKind::auth_enveloped) return refuse(Refusal::not_aead, "EnvelopedData");
  if (keys == nullptr) {
    if (const Status skipped = ber.skip(); !skipped) return skipped.error();
  } else {
    auto found = match_recipients(ber, *keys);
    if (!found) return found.error();
    matched = *std::move(found);
  }
  return enter_sealed_content(ber);
}

}  // namespace

struct AuthEnvelopedReader::State {
  RewindableSource& sealed;
  Bytes content_type;
  const CipherRow* row = nullptr;
  GcmParameters parameters;
  std::optional<ContentKey> key;
  Tail tail;

  // Verified plaintext in memory, or nothing.
  bool held = false;
  SecretBytes plain;
  std::size_t plain_size = 0;
  std::size_t plain_at = 0;

  // The pass that releases, when it is not held.
  std::unique_ptr<BerReader> ber;
  std::optional<SealedStream> stream;
  std::optional<ContentCipher> cipher;
  bool ended = false;

  explicit State(RewindableSource& source) : sealed(source) {}

  Result<ContentCipher> start_cipher(ByteView associated) const {
    return ContentCipher::start(ContentCipher::Direction::open,
                                {*row, parameters, key->key, associated});
  }
  Status first_pass(const KeyRing& keys);
  Result<bool> hold(SealedStream& from);
  Status verify_large(BerReader& in, SealedStream& from);
  Status begin_pass();
  Status next_piece();
  Status verify_again();
};

// Fills `plain` with ciphertext; true if that is all of it.
Result<bool> AuthEnvelopedReader::State::hold(SealedStream& from) {
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

// Checks the tag of content that is too large to hold, whose front is in `plain`.
Status AuthEnvelopedReader::State::verify_large(BerReader& in, SealedStream& from) {
  auto guess = start_cipher({});
  if (!guess) return guess.error();
  while (plain_size == plain.size()) {
    if (const Status worked = guess->process(plain.writable()); !worked) return worked;
    const auto count = from.fill(plain.writable());
    if (!count) return count.error();
    plain_size = *count;
  }
  auto read = read_tail(in, content_type);
  if (!read) return read.error();
  tail = *std::move(read);
  if (!tail.associated.empty()) return verify_again();
  return guess->finish_open(plain.writable().first(plain_size), tail.tag);
}

Status AuthEnvelopedReader::State::verify_again() {
  if (const Status begun = begin_pass(); !begun) return begun;
  while (!ended) {
    if (const Status piece = next_piece(); !piece) return piece;
  }
  return done();
}

Status AuthEnvelopedReader::State::first_pass(const KeyRing& keys) {
  BerReader in(sealed);
  std::vector<MatchedRecipient> matched;
  auto head = enter_auth_enveloped(in, &keys, matched);
  if (!head) return head.error();
  content_type = std::move(head->content_type);
  const auto cipher_row = aead_of(head->cipher);
  if (!cipher_row) return cipher_row.error();
  row = *cipher_row;
  auto read = read_gcm_parameters(head->cipher.parameters);
  if (!read) return read.error();
  parameters = *std::move(read);
  auto opened = open_content_key(matched, *row, keys);
  if (!opened) return opened.error();
  key = *std::move(opened);

  SealedStream content(in);
  const auto all = hold(content);
  if (!all) return all.error();
  if (!*all) return verify_large(in, content);
  auto end = read_tail(in, content_type);
  if (!end) return end.error();
  tail = *std::move(end);
  auto opening = start_cipher(tail.associated);
  if (!opening) return opening.error();
  held = true;
  return opening->finish_open(plain.writable().first(plain_size), tail.tag);
}

// Goes back to the first octet of the content.
Status AuthEnvelopedReader::State::begin_pass() {
  if (const Status back = sealed.rewind(); !back) return back;
  ber = std::make_unique<BerReader>(sealed);
  std::vector<MatchedRecipient> nobody;
  const auto head = enter_auth_enveloped(*ber, nullptr, nobody);
  if (!head) return head.error();
  stream.emplace(*ber);
  auto opening = start_cipher(tail.associated);
  if (!opening) return opening.error();
  cipher.emplace(*std::move(opening));
  plain_size = plain_at = 0;
  ended = false;
  return done();
}

// The tag was right in the pass before; it is checked again, in case the input is another now.
Status AuthEnvelopedReader::State::next_piece() {
  const auto count = stream->fill(plain.writable());
  if (!count) return count.error();
  plain_at = 0;
  plain_size = *count;
  if (plain_size == plain.size()) return cipher->process(plain.writable());
  ended = true;
  const Status opened = cipher->finish_open(plain.writable().first(plain_size), tail.tag);
  if (!opened) plain_size = 0;
  return opened;
}

AuthEnvelopedReader::AuthEnvelopedReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
AuthEnvelopedReader::~AuthEnvelopedReader() = default;

Result<std::unique_ptr<AuthEnvelopedReader>> AuthEnvelopedReader::open(RewindableSource& sealed,
                                                                       const KeyRing& keys) {
  auto state = std::make_unique<State>(sealed);
  if (const Status passed = state->first_pass(keys); !passed) return passed.error();
  if (!state->held) {
    if (const Status begun = state->begin_pass(); !begun) return begun.error();
  }
  return std::unique_ptr<AuthEnvelopedReader>(new AuthEnvelopedReader(std::move(state)));
}

Result<std::size_t> AuthEnvelopedReader::read(MutableBytes into) {
  State& s = *state_;
  if (s.plain_at == s.plain_size && !s.held && !s.ended) {
    if (const Status piece = s.next_piece(); !piece) return piece.error();
  }
  const std::size_t count = std::min(into.size(), s.plain_size - s.plain_at);
  std::copy_n(s.plain.view().begin() + static_cast<std::ptrdiff_t>(s.plain_at), count,
              into.begin());
  s.plain_at += count;
  return count;
}

Status AuthEnvelopedReader::rewind() {
  if (!state_->held) return state_->begin_pass();
  state_->plain_at = 0;
  return done();
}

std::string_view AuthEnvelopedReader::cipher() const { return state_->row->name; }
std::string AuthEnvelopedReader::content_type() const { return oid_text(state_->content_type); }
const Certificate& AuthEnvelopedReader::recipient() const { return state_->key->recipient; }

}  // namespace culvert::crypto
