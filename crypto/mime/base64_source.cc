// Base64Source of base64.h: one object out of the base64 text of a mail.
#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/base64_groups.h"

namespace culvert::crypto {
namespace {

// How many octets of it are not base64, without line ends.
std::uint64_t strays_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return c != '=' && c != '\r' && c != '\n' && base64_value(c) == kNotBase64;
  }));
}

// The place after the first `characters` characters of the alphabet.
std::size_t place_behind(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (; characters > 0 && at < text.size(); ++at) {
    if (base64_value(text[at]) != kNotBase64) --characters;
  }
  return at;
}

}  // namespace

// Where the object ends in `text`, from which `decoded_` was made: after its padding, or after the
// group that holds its last octet. Nothing if it goes on, or ends inside a group: then what follows
// belongs to the same base64, and the reader of the object refuses it.
std::optional<std::size_t> Base64Source::end_in(std::string_view text, std::size_t under_way) {
  const bool had_ended = object_.is_reached();
  const std::size_t own = object_.take(decoded_);
  if (!had_ended && object_.is_reached() && own % 3 == 0) {
    decoded_.resize(own);
    return place_behind(text, own / 3 * 4 - under_way);
  }
  return decoder_.is_padded() ? std::optional(decoder_.taken()) : std::nullopt;
}

Status Base64Source::take(std::string_view text) {
  if (behind_) return behind_->take(text);
  const std::size_t under_way = decoder_.characters();
  // Text after the object need not be base64, and that is no damage to the object.
  const Status decoded = decoder_.decode(text, decoded_);
  const auto end = end_in(text, under_way);
  const std::string_view own = text.substr(0, end.value_or(text.size()));
  passed_over_ += decoder_.passed_over() == 0 ? 0 : strays_in(own);
  if (!end) return decoded;
  behind_.emplace(
      *end == decoder_.taken() && decoder_.is_padded()
          ? permanent_error("bad-base64", "the base64 text is damaged: text behind the padding")
          : permanent_error("trailing-octets", "octets follow the end of the object"));
  return behind_->take(text.substr(*end));
}

Status Base64Source::finish() { return behind_ ? behind_->finish() : decoder_.finish(); }

Status Base64Source::refill() {
  decoded_.clear();
  at_ = 0;
  text_.resize(kMessageBufferBytes);
  const auto count = from_.read(text_);
  if (!count) return count.error();
  ended_ = *count == 0;
  const Status taken = ended_ ? finish() : take(as_text(ByteView(text_).first(*count)));
  // Octets before the damage are given first, so that the result does not depend on how the text
  // was cut.
  if (!taken) damage_ = taken.error();
  return done();
}

Result<std::size_t> Base64Source::read(MutableBytes into) {
  while (at_ == decoded_.size()) {
    if (damage_) return *damage_;
    if (ended_) break;
    if (const Status s = refill(); !s) return s.error();
  }
  const std::size_t count = std::min(into.size(), decoded_.size() - at_);
  std::copy_n(decoded_.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
  at_ += count;
  return count;
}

Status Base64Source::rewind() {
  // First, because the rest resets what this counts.
  most_passed_over_ = passed_over();
  decoder_ = Base64Decoder(StrayOctets::pass_over);
  object_ = {};
  behind_.reset();
  passed_over_ = 0;
  decoded_.clear();
  at_ = 0;
  ended_ = false;
  damage_.reset();
  return from_.rewind();
}

std::uint64_t Base64Source::passed_over() const {
  return std::max(most_passed_over_, passed_over_ + (behind_ ? behind_->octets() : 0));
}

}  // namespace culvert::crypto
