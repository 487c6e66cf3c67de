#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/cms/signer_info.h"

namespace culvert::crypto {

struct SignedDataReader::State {
  explicit State(Source& from) : ber(from) {}

  BerReader ber;
  Source* detached = nullptr;
  Digester digester;
  Bytes content_type;
  ByteView piece;  // of the content, not handed out yet
  bool content_ended = false;

  Status read_digest_algorithms();
  Status enter_content();
  Result<std::vector<Certificate>> read_certificates();
  Result<std::vector<SignerInfo>> read_signers();
  Status leave_content();
};

namespace {

// certificates and crls stand under tags; what they hold proves nothing by being there.
Result<std::vector<Certificate>> read_certificate_set(BerReader& ber) {
  std::vector<Certificate> certificates;
  std::size_t count = 0;
  if (const Status in = ber.enter(context_tag(0)); !in) return in.error();
  while (true) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    if (++count > kMaxCmsCertificates) return refuse(Refusal::too_many_certificates);
    auto element = ber.element(kMaxCertificateBytes);
    if (!element) return element.error();
    if (*next != kTagSequence) continue;
    // A certificate that cannot be read is as if it were not there.
    if (auto certificate = Certificate::from_der(*element)) {
      certificates.push_back(*std::move(certificate));
    }
  }
  if (const Status out = ber.leave(); !out) return out.error();
  return certificates;
}

}  // namespace

Status SignedDataReader::State::read_digest_algorithms() {
  if (const Status in = ber.enter(kTagSet); !in) return in;
  for (std::size_t count = 0;; ++count) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return ber.leave();
    if (count == kMaxCmsDigests) return refuse(Refusal::element_too_large, "digestAlgorithms");
    const auto algorithm = read_algorithm(ber);
    if (!algorithm) return algorithm.error();
    if (const DigestRow* row = find_digest(algorithm->oid)) digester.add(*row);
  }
}

Status SignedDataReader::State::enter_content() {
  const auto type = enter_content_info(ber);
  if (!type) return type.error();
  if (!(kOidSignedData == *type)) return refuse(Refusal::not_cms, oid_text(*type));
  if (const Status in = ber.enter(kTagSequence); !in) return in;
  if (const auto version = read_version(ber); !version) return version.error();
  if (const Status read = read_digest_algorithms(); !read) return read;
  if (const Status in = ber.enter(kTagSequence); !in) return in;
  auto inner = ber.oid();
  if (!inner) return inner.error();
  content_type = *std::move(inner);
  const auto next = ber.peek();
  if (!next) return next.error();
  const bool has_content = *next != kTagEnd;
  if (has_content != (detached == nullptr)) {
    return refuse(has_content ? Refusal::unexpected_element : Refusal::content_missing);
  }
  if (!has_content) return done();
  if (const Status in = ber.enter(context_tag(0)); !in) return in;
  return ber.begin_octets(kTagOctetString);
}

Status SignedDataReader::State::leave_content() {
  if (detached == nullptr) {
    if (const Status out = ber.leave(); !out) return out;
  }
  return ber.leave();
}

Result<std::vector<Certificate>> SignedDataReader::State::read_certificates() {
  std::vector<Certificate> certificates;
  const auto first = ber.peek();
  if (!first) return first.error();
  if (*first == context_tag(0)) {
    auto set = read_certificate_set(ber);
    if (!set) return set.error();
    certificates = *std::move(set);
  }
  const auto second = ber.peek();
  if (!second) return second.error();
  if (*second == context_tag(1)) {
    if (const Status skipped = ber.skip(); !skipped) return skipped.error();
  }
  return certificates;
}

Result<std::vector<SignerInfo>> SignedDataReader::State::read_signers() {
  std::vector<SignerInfo> signers;
  if (const Status in = ber.enter(kTagSet); !in) return in.error();
  while (true) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) break;
    if (signers.size() == kMaxCmsSigners) return refuse(Refusal::too_many_signers);
    const auto element = ber.element(kMaxSignerInfoBytes);
    if (!element) return element.error();
    auto signer = read_signer_info(*element);
    if (!signer) return signer.error();
    signers.push_back(*std::move(signer));
  }
  if (signers.empty()) return refuse(Refusal::no_signers);
  if (const Status out = ber.leave(); !out) return out.error();
  return signers;
}

SignedDataReader::SignedDataReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SignedDataReader::~SignedDataReader() = default;

Result<std::unique_ptr<SignedDataReader>> SignedDataReader::open(Source& from) {
  auto state = std::make_unique<State>(from);
  if (const Status entered = state->enter_content(); !entered) return entered.error();
  return std::unique_ptr<SignedDataReader>(new SignedDataReader(std::move(state)));
}

Result<std::unique_ptr<SignedDataReader>> SignedDataReader::open_detached(Source& from,
                                                                          Source& content) {
  auto state = std::make_unique<State>(from);
  state->detached = &content;
  if (const Status entered = state->enter_content(); !entered) return entered.error();
  return std::unique_ptr<SignedDataReader>(new SignedDataReader(std::move(state)));
}

Result<std::size_t> SignedDataReader::read(MutableBytes into) {
  State& s = *state_;
  if (s.content_ended) return std::size_t{0};
  std::size_t count = 0;
  if (s.detached != nullptr) {
    const auto read = s.detached->read(into);
    if (!read) return read.error();
    count = *read;
  } else {
    if (s.piece.empty()) {
      const auto piece = s.ber.next_octets();
      if (!piece) return piece.error();
      s.piece = *piece;
    }
    count = std::min(into.size(), s.piece.size());
    std::copy_n(s.piece.begin(), count, into.begin());
    s.piece = s.piece.subspan(count);
  }
  s.content_ended = count == 0;
  s.digester.update(into.first(count));
  return count;
}

Result<SignedDataResult> SignedDataReader::finish(const SignerCandidates& candidates) {
  State& s = *state_;
  for (Bytes rest(s.content_ended ? 0 : kStreamChunkBytes); !s.content_ended;) {
    if (const auto count = read(rest); !count) return count.error();
  }
  s.digester.finish();
  if (const Status left = s.leave_content(); !left) return left.error();
  auto certificates = s.read_certificates();
  if (!certificates) return certificates.error();
  const auto signers = s.read_signers();
  if (!signers) return signers.error();
  if (const Status left = s.ber.leave(); !left) return left.error();
  if (const Status left = leave_content_info(s.ber); !left) return left.error();
  if (signers->size() > candidates.most_signers) return refuse(Refusal::too_many_signers);

  std::vector<Certificate> tried = candidates.known;
  if (candidates.included == SignerCandidates::Included::use) {
    tried.insert(tried.end(), certificates->begin(), certificates->end());
  }
  if (candidates.only_kind) {
    std::erase_if(tried,
                  [&](const Certificate& c) { return c.key_kind() != candidates.only_kind; });
  }
  SignedDataResult result;
  for (const SignerInfo& signer : *signers) {
    result.signers.push_back(judge_signer(signer, {s.content_type, s.digester}, tried));
  }
  result.certificates = *std::move(certificates);
  return result;
}

std::string SignedDataReader::content_type() const { return oid_text(state_->content_type); }

bool SignedDataResult::valid() const {
  return !signers.empty() && std::all_of(signers.begin(), signers.end(),
                                         [](const SignerResult& one) { return one.valid(); });
}

}  // namespace culvert::crypto
