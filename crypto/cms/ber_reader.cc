#include "crypto/cms/ber_reader.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kHighTagNumber = 0x1f;
constexpr std::size_t kMaxOidBytes = 64;

}  // namespace

BerReader::BerReader(Source& from) : from_(&from), buffer_(kMessageBufferBytes) {}

BerReader::BerReader(ByteView all) : available_(all) {}

// Makes at least `count` octets (one or two) available; fewer at the end of the input.
Status BerReader::require(std::size_t count) {
  while (available_.size() < count && from_ != nullptr) {
    std::copy(available_.begin(), available_.end(), buffer_.begin());
    const std::size_t kept = available_.size();
    const auto more = from_->read(MutableBytes(buffer_).subspan(kept));
    if (!more) return more.error();
    available_ = ByteView(buffer_).first(kept + *more);
    if (*more == 0) return done();
  }
  return done();
}

Result<std::uint8_t> BerReader::next_octet() {
  if (position_ >= bound()) return refuse(Refusal::bad_length);
  if (available_.empty()) {
    if (const Status more = require(1); !more) return more.error();
    if (available_.empty()) return refuse(Refusal::truncated);
  }
  const std::uint8_t octet = available_.front();
  available_ = available_.subspan(1);
  ++position_;
  return octet;
}

Result<std::uint8_t> BerReader::peek() {
  const bool indefinite = !frames_.empty() && frames_.back().indefinite;
  if (!frames_.empty() && !indefinite && position_ == bound()) return kTagEnd;
  if (const Status more = require(2); !more) return more.error();
  if (available_.empty()) {
    if (frames_.empty()) return kTagEnd;
    return refuse(Refusal::truncated);
  }
  if (available_.front() != kTagEnd) return available_.front();
  if (!indefinite) return refuse(Refusal::bad_encoding, "end-of-contents without a beginning");
  if (available_.size() < 2) return refuse(Refusal::truncated);
  if (available_[1] != 0) return refuse(Refusal::bad_encoding, "end-of-contents has a length");
  return kTagEnd;
}

Status BerReader::read_length(std::uint8_t first, Header& header) {
  if (first < 0x80) {
    header.length = first;
    return done();
  }
  if (first == 0x80) {
    if ((header.identifier & kConstructedBit) == 0) {
      return refuse(Refusal::bad_encoding, "a primitive element of indefinite length");
    }
    return done();
  }
  if (first == 0xff) return refuse(Refusal::bad_encoding, "reserved form of length");
  std::uint64_t length = 0;
  for (int left = first & 0x7f; left > 0; --left) {
    const auto octet = next_octet();
    if (!octet) return octet.error();
    header_octets_.push_back(*octet);
    if (length >> 56 != 0) return refuse(Refusal::bad_length);
    length = length << 8 | *octet;
  }
  header.length = length;
  return done();
}

Result<BerReader::Header> BerReader::header() {
  Header header;
  const auto identifier = next_octet();
  if (!identifier) return identifier.error();
  if ((*identifier & kHighTagNumber) == kHighTagNumber) {
    return refuse(Refusal::unexpected_element, "high tag number");
  }
  const auto first = next_octet();
  if (!first) return first.error();
  header.identifier = *identifier;
  header_octets_.assign({*identifier, *first});
  if (const Status read = read_length(*first, header); !read) return read.error();
  const std::uint64_t end = bound();
  if (header.length && *header.length > end - position_) return refuse(Refusal::bad_length);
  return header;
}

Status BerReader::push(const Header& header) {
  if (frames_.size() == kMaxBerDepth) return refuse(Refusal::nested_too_deep);
  if (header.length) {
    frames_.push_back({position_ + *header.length, false});
  } else {
    frames_.push_back({bound(), true});
  }
  return done();
}

Status BerReader::enter(std::uint8_t identifier) {
  const auto next = peek();
  if (!next) return next.error();
  if (*next != identifier) return refuse(Refusal::unexpected_element);
  const auto head = header();
  if (!head) return head.error();
  return push(*head);
}

Status BerReader::leave() {
  const auto next = peek();
  if (!next) return next.error();
  if (*next != kTagEnd || frames_.empty()) return refuse(Refusal::unexpected_element);
  if (frames_.back().indefinite) {
    if (frames_.back().end - position_ < 2) return refuse(Refusal::bad_length);
    available_ = available_.subspan(2);
    position_ += 2;
  }
  frames_.pop_back();
  return done();
}

// Moves `count` octets of content from the input to `into`; drops them if that is null.
Status BerReader::take(std::uint64_t count, Bytes* into) {
  while (count > 0) {
    if (available_.empty()) {
      if (const Status more = require(1); !more) return more.error();
      if (available_.empty()) return refuse(Refusal::truncated);
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count, available_.size()));
    if (into != nullptr) append(*into, available_.first(size));
    available_ = available_.subspan(size);
    position_ += size;
    count -= size;
  }
  return done();
}

Result<Bytes> BerReader::content(std::uint8_t identifier, std::size_t limit_bytes) {
  const auto next = peek();
  if (!next) return next.error();
  if (*next != identifier) return refuse(Refusal::unexpected_element);
  const auto head = header();
  if (!head) return head.error();
  if (!head->length || *head->length > limit_bytes) return refuse(Refusal::element_too_large);
  Bytes out;
  if (const Status taken = take(*head->length, &out); !taken) return taken.error();
  return out;
}

Result<Bytes> BerReader::oid() {
  auto octets = content(kTagOid, kMaxOidBytes);
  if (octets && !is_oid(*octets)) return refuse(Refusal::bad_encoding, "object identifier");
  return octets;
}

// Takes one element. Elements of definite length are taken whole without looking inside.
Status BerReader::pass_element(Bytes* into, std::size_t limit_bytes) {
  const std::size_t depth = frames_.size();
  do {
    const auto next = peek();
    if (!next) return next.error();
    if (*next == kTagEnd) {
      if (frames_.size() == depth) return refuse(Refusal::unexpected_element);
      if (const Status left = leave(); !left) return left.error();
      if (into != nullptr) into->insert(into->end(), {0, 0});
      continue;
    }
    const auto head = header();
    if (!head) return head.error();
    if (into != nullptr) {
      append(*into, header_octets_);
      if (into->size() + head->length.value_or(0) > limit_bytes) {
        return refuse(Refusal::element_too_large);
      }
    }
    const Status passed = head->length ? take(*head->length, into) : push(*head);
    if (!passed) return passed;
  } while (frames_.size() > depth);
  return done();
}

Result<Bytes> BerReader::element(std::size_t limit_bytes) {
  Bytes out;
  if (const Status passed = pass_element(&out, limit_bytes); !passed) return passed.error();
  return out;
}

Status BerReader::skip() { return pass_element(nullptr, 0); }

Status BerReader::begin_octets(std::uint8_t identifier) {
  const auto next = peek();
  if (!next) return next.error();
  const bool constructed = *next == (identifier | kConstructedBit);
  if (*next != identifier && !constructed) return refuse(Refusal::unexpected_element);
  const auto head = header();
  if (!head) return head.error();
  string_depth_ = frames_.size();
  in_string_ = true;
  piece_left_ = 0;
  if (constructed) return push(*head);
  piece_left_ = *head->length;
  return done();
}

Result<ByteView> BerReader::next_octets() {
  while (in_string_ && piece_left_ == 0) {
    if (frames_.size() == string_depth_) {
      in_string_ = false;
      break;
    }
    const auto next = peek();
    if (!next) return next.error();
    Status step = done();
    if (*next == kTagEnd) {
      step = leave();
    } else if (*next == kTagOctetString || *next == (kTagOctetString | kConstructedBit)) {
      const auto head = header();
      if (!head) return head.error();
      if (*next == kTagOctetString) {
        piece_left_ = *head->length;
      } else {
        step = push(*head);
      }
    } else {
      step = refuse(Refusal::unexpected_element);
    }
    if (!step) return step.error();
  }
  if (!in_string_) return ByteView{};
  if (available_.empty()) {
    if (const Status more = require(1); !more) return more.error();
    if (available_.empty()) return refuse(Refusal::truncated);
  }
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(piece_left_, available_.size()));
  const ByteView piece = available_.first(size);
  available_ = available_.subspan(size);
  position_ += size;
  piece_left_ -= size;
  return piece;
}

Result<Bytes> BerReader::octets(std::uint8_t identifier, std::size_t limit_bytes) {
  if (const Status begun = begin_octets(identifier); !begun) return begun.error();
  Bytes all;
  while (true) {
    const auto piece = next_octets();
    if (!piece) return piece.error();
    if (piece->empty()) return all;
    if (all.size() + piece->size() > limit_bytes) return refuse(Refusal::element_too_large);
    append(all, *piece);
  }
}

Status BerReader::expect_end() {
  if (!frames_.empty()) return refuse(Refusal::unexpected_element);
  if (const Status more = require(1); !more) return more.error();
  if (!available_.empty()) return refuse(Refusal::trailing_octets);
  return done();
}

}  // namespace culvert::crypto
