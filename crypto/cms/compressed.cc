#include "crypto/cms/compressed.h"

// Makes zlib take its input as const.
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <new>
#include <optional>

#include "crypto/base/limits.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/limits.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr int kVersion = 0;
constexpr Oid kOidZlib{"1.2.840.113549.1.9.16.3.8"};

// A zlib stream: no gzip, no raw deflate.
class Inflater {
 public:
  Inflater() {
    if (inflateInit(&stream_) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::size_t left() const { return stream_.avail_in; }
  // All input given before must be used up. `piece` must stay valid until it is used up.
  void give(ByteView piece) {
    stream_.next_in = piece.data();
    stream_.avail_in = static_cast<uInt>(piece.size());
  }

  struct Step {
    int code;              // of zlib
    std::size_t consumed;  // octets of what was given
    std::size_t produced;  // octets at the front of `into`
  };
  Step step(MutableBytes into) {
    const uInt given = stream_.avail_in;
    stream_.next_out = into.data();
    stream_.avail_out = static_cast<uInt>(into.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    return {code, given - stream_.avail_in, into.size() - stream_.avail_out};
  }

 private:
  z_stream stream_{};
};

}  // namespace

struct CompressedDataReader::State {
  State(Source& from, std::uint64_t limit) : ber(from), limit_bytes(limit) {}

  BerReader ber;
  std::uint64_t limit_bytes;
  Bytes content_type;
  Inflater inflater;
  std::uint64_t consumed = 0;
  std::uint64_t produced = 0;
  bool filled = false;  // the last step filled its room: zlib may have more without new input
  bool octets_ended = false;
  bool ended = false;
  std::optional<Error> refused;

  Status enter_content();
  Status feed();
  Status check_size() const;
  Status end_stream();
  Status judge(int code);
  Result<std::size_t> inflate_some(MutableBytes into);
};

Status CompressedDataReader::State::enter_content() {
  const auto type = enter_content_info(ber);
  if (!type) return type.error();
  if (!(kOidCompressedData == *type))
    return refuse_because(Refusal::not_cms, "it is " + oid_name(*type));
  if (const Status in = ber.enter(kTagSequence); !in) return in.error();
  const auto version = read_version(ber);
  if (!version) return version.error();
  if (*version != kVersion) return refuse(Refusal::unexpected_element, "version");
  const auto algorithm = read_algorithm(ber);
  if (!algorithm) return algorithm.error();
  if (!(kOidZlib == algorithm->oid)) {
    return refuse_because(Refusal::unsupported_compression, oid_name(algorithm->oid));
  }
  if (!algorithm->parameters_absent_or_null()) {
    return refuse(Refusal::unsupported_compression, "parameters");
  }
  if (const Status in = ber.enter(kTagSequence); !in) return in.error();
  auto inner = ber.oid();
  if (!inner) return inner.error();
  content_type = *std::move(inner);
  const auto next = ber.peek();
  if (!next) return next.error();
  if (*next == kTagEnd) return refuse(Refusal::content_missing);
  if (const Status in = ber.enter(context_tag(0)); !in) return in.error();
  return ber.begin_octets(kTagOctetString);
}

// Gives the inflater new input when it has none, while there is some.
Status CompressedDataReader::State::feed() {
  if (inflater.left() > 0 || octets_ended) return done();
  const auto piece = ber.next_octets();
  if (!piece) return piece.error();
  octets_ended = piece->empty();
  inflater.give(*piece);
  return done();
}

// Before its end, a stream may exceed the ratio: a blank page before a photograph is no bomb.
Status CompressedDataReader::State::check_size() const {
  if (produced > limit_bytes) return refuse(Refusal::content_too_large);
  if (produced > kMaxInflatedAheadBytes + kMaxCompressionRatio * consumed) {
    return refuse(Refusal::compression_ratio);
  }
  return done();
}

// The stream and its checksum are right. Nothing may follow in any element around it.
Status CompressedDataReader::State::end_stream() {
  if (produced > std::max<std::uint64_t>(kHarmlessInflatedBytes, kMaxCompressionRatio * consumed)) {
    return refuse(Refusal::compression_ratio);
  }
  if (const Status fed = feed(); !fed) return fed.error();
  if (inflater.left() > 0) return refuse(Refusal::bad_compression, "octets behind the stream");
  constexpr int kLevels = 3;  // [0], EncapsulatedContentInfo, CompressedData
  for (int level = 0; level < kLevels; ++level) {
    if (const Status out = ber.leave(); !out) return out.error();
  }
  return leave_content_info(ber);
}

// What zlib's answer to a step means for the stream.
Status CompressedDataReader::State::judge(int code) {
  switch (code) {
    case Z_STREAM_END:
      ended = true;
      return end_stream();
    case Z_OK:
      return done();
    case Z_BUF_ERROR:  // it wants more
      return octets_ended ? refuse(Refusal::bad_compression, "the stream ends too early") : done();
    case Z_NEED_DICT:
      return refuse(Refusal::unsupported_compression, "dictionary");
    case Z_MEM_ERROR:
      return temporary_error("no-memory", "out of memory");
    default:
      return refuse(Refusal::bad_compression, "the stream is damaged");
  }
}

// Output before an error is given first, so that the output does not depend on how the input was
// cut. Output beyond the bounds is never given.
Result<std::size_t> CompressedDataReader::State::inflate_some(MutableBytes into) {
  if (!filled) {
    if (const Status fed = feed(); !fed) return fed.error();
  }
  const Inflater::Step step = inflater.step(into);
  filled = step.produced == into.size();
  consumed += step.consumed;
  produced += step.produced;
  if (const Status size = check_size(); !size) return size.error();
  if (const Status judged = judge(step.code); !judged) refused = judged.error();
  return step.produced;
}

CompressedDataReader::CompressedDataReader(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
CompressedDataReader::~CompressedDataReader() = default;

Result<std::unique_ptr<CompressedDataReader>> CompressedDataReader::open(
    Source& from, std::uint64_t limit_bytes) {
  auto state = std::make_unique<State>(from, limit_bytes);
  if (const Status entered = state->enter_content(); !entered) return entered.error();
  return std::unique_ptr<CompressedDataReader>(new CompressedDataReader(std::move(state)));
}

Result<std::size_t> CompressedDataReader::read(MutableBytes into) {
  State& s = *state_;
  // A step is small, so that a bomb is noticed early.
  const MutableBytes some = into.first(std::min(into.size(), kStreamChunkBytes));
  while (!s.refused && !s.ended) {
    auto count = s.inflate_some(some);
    if (!count) {
      s.refused = count.error();
    } else if (*count > 0) {
      return count;
    }
  }
  if (s.refused) return *s.refused;
  return std::size_t{0};
}

std::string CompressedDataReader::content_type() const { return oid_text(state_->content_type); }

}  // namespace culvert::crypto
