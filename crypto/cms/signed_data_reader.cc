#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/cms/signed_fields.h"

namespace culvert::crypto {

struct SignedDataReader::State {
  explicit State(Source& from) : ber(from) {}

  BerReader ber;
  SignedHead head;
  std::optional<SignedTail> tail;
  Source* detached = nullptr;
  Digester digester;
  ByteView piece;  // of the content, not handed out yet
  bool content_ended = false;

  Status begin();
  Status begin_detached();
  Status read_tail();
  Result<std::size_t> read_inside(MutableBytes into);
};

// What the signers need is known only after the content, so all announced digests are computed.
Status SignedDataReader::State::begin() {
  auto entered = enter_signed_data(ber);
  if (!entered) return entered.error();
  head = *std::move(entered);
  if (!head.has_content) return refuse(Refusal::content_missing);
  for (const DigestRow* row : head.digests)
    digester.add(*row);
  return enter_signed_content(ber);
}

Status SignedDataReader::State::begin_detached() {
  auto entered = enter_signed_data(ber);
  if (!entered) return entered.error();
  head = *std::move(entered);
  if (head.has_content) return refuse(Refusal::content_present);
  if (const Status read = read_tail(); !read) return read.error();
  for (const DigestRow* row : head.digests) {
    const bool needed =
        std::any_of(tail->signers.begin(), tail->signers.end(),
                    [&](const SignerInfo& signer) { return row->oid == signer.digest.oid; });
    if (needed) digester.add(*row);
  }
  return done();
}

Status SignedDataReader::State::read_tail() {
  if (const Status left = leave_signed_content(ber, head); !left) return left.error();
  auto read = read_signed_tail(ber);
  if (!read) return read.error();
  tail = *std::move(read);
  return tail->signers.empty() ? refuse(Refusal::no_signers) : done();
}

Result<std::size_t> SignedDataReader::State::read_inside(MutableBytes into) {
  if (piece.empty()) {
    const auto next = ber.next_octets();
    if (!next) return next.error();
    piece = *next;
  }
  const std::size_t count = std::min(into.size(), piece.size());
  std::copy_n(piece.begin(), count, into.begin());
  piece = piece.subspan(count);
  return count;
}

namespace {

// The certificates that a signature may be by, in the order in which they are tried.
std::vector<Certificate> tried_certificates(const SignerCandidates& candidates,
                                            const std::vector<Certificate>& included) {
  std::vector<Certificate> tried = candidates.known;
  tried.insert(tried.end(), included.begin(), included.end());
  if (candidates.only_kind) {
    std::erase_if(tried,
                  [&](const Certificate& c) { return c.key_kind() != candidates.only_kind; });
  }
  return tried;
}

std::optional<SignerResult::Unread> unread_for(
    const CertificateName& name, const std::vector<IncludedCertificates::Unread>& unread) {
  if (unread.empty()) return std::nullopt;
  const auto called = std::find_if(unread.begin(), unread.end(), [&](const auto& one) {
    return is_outline_named_by(one.der, name);
  });
  const bool is_called = called != unread.end();
  return SignerResult::Unread{(is_called ? *called : unread.front()).told, is_called};
}

}  // namespace

SignedDataReader::SignedDataReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SignedDataReader::~SignedDataReader() = default;

Result<std::unique_ptr<SignedDataReader>> SignedDataReader::open(Source& from) {
  auto state = std::make_unique<State>(from);
  if (const Status begun = state->begin(); !begun) return begun.error();
  return std::unique_ptr<SignedDataReader>(new SignedDataReader(std::move(state)));
}

Result<std::unique_ptr<SignedDataReader>> SignedDataReader::open_detached(Source& from,
                                                                          Source& content) {
  auto state = std::make_unique<State>(from);
  state->detached = &content;
  if (const Status begun = state->begin_detached(); !begun) return begun.error();
  return std::unique_ptr<SignedDataReader>(new SignedDataReader(std::move(state)));
}

Result<std::size_t> SignedDataReader::read(MutableBytes into) {
  State& s = *state_;
  if (s.content_ended) return std::size_t{0};
  const auto count = s.detached != nullptr ? s.detached->read(into) : s.read_inside(into);
  if (!count) return count.error();
  s.content_ended = *count == 0;
  s.digester.update(into.first(*count));
  return *count;
}

Result<SignedDataResult> SignedDataReader::finish(const SignerCandidates& candidates) {
  State& s = *state_;
  for (Bytes rest(s.content_ended ? 0 : kMessageBufferBytes); !s.content_ended;) {
    if (const auto count = read(rest); !count) return count.error();
  }
  s.digester.finish();
  if (!s.tail) {
    if (const Status read = s.read_tail(); !read) return read.error();
  }
  if (s.tail->signers.size() > candidates.most_signers) return refuse(Refusal::too_many_signers);
  SignedDataResult result;
  IncludedCertificates included;
  if (candidates.included == SignerCandidates::Included::use) {
    included = included_certificates(*s.tail);
    result.certificates = std::move(included.readable);
  }
  const auto tried = tried_certificates(candidates, result.certificates);
  result.signers = judge_signers(s.tail->signers, {s.head.content_type, s.digester}, tried);
  for (SignerResult& signer : result.signers)
    signer.unread = unread_for(signer.name, included.unread);
  return result;
}

std::string SignedDataReader::content_type() const { return oid_text(state_->head.content_type); }

bool SignedDataResult::valid() const {
  return !signers.empty() && std::all_of(signers.begin(), signers.end(),
                                         [](const SignerResult& one) { return one.valid(); });
}

}  // namespace culvert::crypto
