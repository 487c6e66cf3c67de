#include "peering/tunnel_blob.h"

#include <algorithm>
#include <variant>

#include "crypto/base/limits.h"
#include "crypto/cms/asn1_tag.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/base64_groups.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "crypto/mime/leaves.h"

namespace culvert::peering {
namespace {

// The body of a message, as it stands behind the header.
class BodySource final : public RewindableSource {
 public:
  BodySource(RewindableSource& message, std::size_t body_start)
      : message_(message), body_start_(body_start) {}

  Result<std::size_t> read(MutableBytes into) override { return message_.read(into); }

  Status rewind() override {
    if (const Status status = message_.rewind(); !status) return status.error();
    Bytes skipped(16 * 1024);
    for (std::size_t left = body_start_; left > 0;) {
      auto got = message_.read(MutableBytes(skipped).first(std::min(left, skipped.size())));
      if (!got) return got.error();
      if (*got == 0) return permanent_error("not-tunnel", "the message has no body");
      left -= *got;
    }
    return done();
  }

 private:
  RewindableSource& message_;
  std::size_t body_start_;
};

// The body of a message, decoded from base64.
class Base64Body final : public RewindableSource {
 public:
  Base64Body(RewindableSource& message, std::size_t body_start)
      : body_(message, body_start), decoded_(body_) {}
  Result<std::size_t> read(MutableBytes into) override { return decoded_.read(into); }
  Status rewind() override { return decoded_.rewind(); }

 private:
  BodySource body_;
  crypto::Base64Source decoded_;
};

// The body of a leaf, decoded if `encoding` says so.
class LeafSource final : public RewindableSource {
 public:
  LeafSource(std::shared_ptr<crypto::SharedInput> input, const crypto::Leaf& leaf)
      : input_(std::move(input)),
        body_(*input_, leaf.begin, leaf.end),
        decoded_(body_),
        is_encoded_(leaf.kind->encoding == crypto::TransferEncoding::base64) {}
  Result<std::size_t> read(MutableBytes into) override { return source().read(into); }
  Status rewind() override { return source().rewind(); }

 private:
  RewindableSource& source() {
    if (is_encoded_) return decoded_;
    return body_;
  }

  std::shared_ptr<crypto::SharedInput> input_;  // shared with the leaves looked at before
  crypto::PartSource body_;
  crypto::Base64Source decoded_;
  bool is_encoded_;
};

// The first octets of another source.
class FrontSource final : public Source {
 public:
  FrontSource(Source& from, std::uint64_t limit_bytes) : from_(from), left_(limit_bytes) {}
  Result<std::size_t> read(MutableBytes into) override {
    if (left_ == 0) return std::size_t{0};
    const auto count = from_.read(into.first(std::min<std::uint64_t>(into.size(), left_)));
    if (count) left_ -= *count;
    return count;
  }

 private:
  Source& from_;
  std::uint64_t left_;
};

bool may_be_blob(const crypto::Leaf& leaf) {
  return leaf.kind && (leaf.kind->encoding == crypto::TransferEncoding::base64 ||
                       leaf.kind->encoding == crypto::TransferEncoding::identity);
}

// Octets that cannot be read as CMS are no blob; a failure of the disk is an error.
Result<bool> is_sealed_for(Source& der, const OwnRecipients& own) {
  const auto recipients = crypto::peek_recipients(der);
  if (recipients) return is_tunnel_mail(*recipients, own);
  if (recipients.error().fault != Fault::permanent) return recipients.error();
  return false;
}

bool is_base64(std::uint8_t c) {
  return crypto::base64_value(static_cast<char>(c)) != crypto::kNotBase64;
}

// Collects the places where a message may hold CMS octets, whatever its MIME fields say: the first
// octets from each place where a blob may begin.
class RawPlaces {
 public:
  void write(ByteView octets) {
    for (const std::uint8_t octet : octets)
      take(octet);
  }
  const std::vector<Bytes>& places() const { return places_; }
  // True if nothing more is looked for or kept.
  bool is_full() const {
    return places_.size() == kMaxRawPlaces &&
           std::all_of(places_.begin(), places_.end(),
                       [](const Bytes& place) { return place.size() == kMaxPeekedPartBytes; });
  }

 private:
  void take(std::uint8_t octet) {
    for (Bytes& place : places_) {
      if (place.size() < kMaxPeekedPartBytes) place.push_back(octet);
    }
    if (!is_base64(before_) && (octet == 'M' || octet == crypto::kTagSequence) &&
        places_.size() < kMaxRawPlaces) {
      places_.push_back({octet});
    } else if (last_was_begin_ && !goes_on(octet)) {
      places_.pop_back();
    }
    last_was_begin_ = !places_.empty() && places_.back().size() == 1;
    before_ = octet;
  }
  bool goes_on(std::uint8_t octet) const {
    const std::uint8_t first = places_.back().front();
    return first == 'M' ? octet == 'I' : octet >= 0x80 && octet <= 0x84;
  }

  std::vector<Bytes> places_;
  std::uint8_t before_ = '\n';
  bool last_was_begin_ = false;
};

// Decodes base64 as the most lenient reader does: it skips everything else, also what another
// encoding put around it.
Bytes leniently_decoded(ByteView text) {
  std::string characters(text.size(), '\0');
  std::size_t count = 0;
  for (const std::uint8_t c : text) {
    if (is_base64(c)) characters[count++] = static_cast<char>(c);
  }
  characters.resize(count / 4 * 4);
  auto octets = crypto::from_base64(characters);
  return octets ? *std::move(octets) : Bytes();
}

// Finds sealed mail that a relay made unreadable, or put where nothing is opened. People must not
// get such mail as if it had come in clear.
Result<TunnelBlob> find_unreadable(RewindableSource& message, const OwnRecipients& own) {
  if (const Status rewound = message.rewind(); !rewound) return rewound.error();
  RawPlaces raw;
  Bytes chunk(kMessageBufferBytes);
  while (true) {
    const auto count = message.read(chunk);
    if (!count) return count.error();
    if (*count == 0 || raw.is_full()) break;
    raw.write(ByteView(chunk).first(*count));
  }
  for (const Bytes& place : raw.places()) {
    Bytes der = place.front() == 'M' ? leniently_decoded(place) : place;
    ViewSource source(der);
    const auto ours = is_sealed_for(source, own);
    if (!ours) return ours.error();
    if (*ours) return TunnelBlob{TunnelBlob::Place::beside_others, nullptr};
  }
  return TunnelBlob{};
}

Result<TunnelBlob> find_in_leaves(RewindableSource& message, const OwnRecipients& own) {
  const auto input = std::make_shared<crypto::SharedInput>(message);
  const auto found = crypto::leaves_of(*input);
  if (!found) return found.error();
  for (const crypto::Leaf& leaf : found->leaves) {
    if (!may_be_blob(leaf)) continue;
    auto octets = std::make_unique<LeafSource>(input, leaf);
    FrontSource front(*octets, kMaxPeekedPartBytes);
    const auto ours = is_sealed_for(front, own);
    if (!ours) return ours.error();
    if (!*ours) continue;
    if (const Status rewound = octets->rewind(); !rewound) return rewound.error();
    const bool alone = found->leaves.size() == 1 && !found->has_more;
    return TunnelBlob{alone ? TunnelBlob::Place::alone : TunnelBlob::Place::beside_others,
                      std::move(octets)};
  }
  return find_unreadable(message, own);
}

}  // namespace

bool is_tunnel_mail(const crypto::RecipientPeek& recipients, const OwnRecipients& own) {
  return std::any_of(recipients.names.begin(), recipients.names.end(), [&](const auto& name) {
    const auto* named = std::get_if<crypto::IssuerAndSerial>(&name);
    return named != nullptr &&
           (named->issuer == own.identity.subject() ||
            std::find(own.announced.begin(), own.announced.end(), *named) != own.announced.end());
  });
}

SealedFor sealed_for(ByteView front, const OwnRecipients& own) {
  const bool is_der = !front.empty() && front.front() == crypto::kTagSequence;
  const Bytes decoded = is_der ? Bytes() : leniently_decoded(front);
  ViewSource der(is_der ? front : ByteView(decoded));
  const auto recipients = crypto::peek_recipients(der);
  if (!recipients || recipients->names.empty()) return SealedFor::unknown;
  return is_tunnel_mail(*recipients, own) ? SealedFor::us : SealedFor::others;
}

Result<TunnelBlob> find_tunnel_blob(RewindableSource& message, const OwnRecipients& own) {
  auto body = cms_body_of(message);
  if (!body && body.error().fault != Fault::permanent) return body.error();
  if (!body) return find_unreadable(message, own);
  if (!*body) return find_in_leaves(message, own);
  const auto ours = is_sealed_for(**body, own);
  if (!ours) return ours.error();
  if (!*ours) return find_unreadable(message, own);
  if (const Status rewound = (*body)->rewind(); !rewound) return rewound.error();
  return TunnelBlob{TunnelBlob::Place::alone, *std::move(body)};
}

Result<std::unique_ptr<RewindableSource>> cms_body_of(RewindableSource& message) {
  auto head = crypto::read_head(message);
  if (!head) return head.error();
  const auto kind = crypto::entity_kind(head->header);
  std::unique_ptr<RewindableSource> body;
  // EFAIL: the blob is the whole message, or it is not opened at all.
  if (!kind || !crypto::is_pkcs7_mime(kind->type) || !head->has_end()) return body;
  const std::size_t body_start = head->header.size() + 2;
  switch (kind->encoding) {
    case crypto::TransferEncoding::base64:
      body = std::make_unique<Base64Body>(message, body_start);
      break;
    case crypto::TransferEncoding::identity:
      body = std::make_unique<BodySource>(message, body_start);
      break;
    case crypto::TransferEncoding::quoted_printable:
    case crypto::TransferEncoding::unknown:
      return body;
  }
  if (const Status started = body->rewind(); !started) return started.error();
  return body;
}

}  // namespace culvert::peering
