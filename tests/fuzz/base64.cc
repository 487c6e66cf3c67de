// base64: read at once and in pieces it must give the same, it must agree with Botan's codec, and
// what is written must be read again, by both.
#include "crypto/mime/base64.h"

#include <botan/base64.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include "crypto/mime/base64_groups.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::fuzz {
namespace {

void expect(bool good) {
  if (!good) std::abort();
}

struct Outcome {
  Bytes octets;
  std::string refusal;
  bool operator==(const Outcome&) const = default;
};

Outcome decoded(std::string_view text, std::size_t step) {
  Outcome out;
  Base64Decoder decoder;
  for (std::size_t at = 0; at < text.size() && out.refusal.empty(); at += step) {
    const Status s = decoder.decode(text.substr(at, step), out.octets);
    if (!s) out.refusal = s.error().text;
  }
  if (!out.refusal.empty()) return out;
  if (const Status s = decoder.finish(); !s) out.refusal = s.error().text;
  return out;
}

// Botan's verdict, made as strict as ours: it skips blanks, a lone CR and unused bits.
bool botan_accepts(const std::string& text, Bytes& octets) {
  std::string bare;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && text.compare(i, 2, "\r\n") != 0) return false;
    if (text[i] != '\r' && text[i] != '\n') bare += text[i];
  }
  try {
    const auto read = Botan::base64_decode(bare, false);
    octets.assign(read.begin(), read.end());
    return Botan::base64_encode(octets) == bare;
  } catch (const std::exception&) {
    return false;
  }
}

void check_reading(const std::string& text) {
  const Outcome whole = decoded(text, text.size() + 1);
  for (const std::size_t step : {1, 3, 77})
    expect(decoded(text, step) == whole);
  Bytes octets;
  expect(botan_accepts(text, octets) == whole.refusal.empty());
  if (whole.refusal.empty()) expect(octets == whole.octets);
}

// What a mail's text gives does not depend on how it is cut, and is the front of what clean text
// is.
void check_mail(const std::string& text) {
  std::optional<Outcome> whole;
  for (const std::size_t step : {text.size() + 1, std::size_t{1}, std::size_t{77}}) {
    TricklingSource from(as_bytes(text), step);
    Base64Source source(from);
    Outcome out;
    std::array<std::uint8_t, 100> piece;
    while (true) {
      const auto count = source.read(piece);
      if (!count) out.refusal = count.error().text;
      if (!count || *count == 0) break;
      append(out.octets, ByteView(piece).first(*count));
    }
    if (!whole) whole = out;
    expect(out == *whole);
  }
  const Outcome strict = decoded(text, text.size() + 1);
  if (strict.refusal.empty()) expect(as_text(strict.octets).starts_with(as_text(whole->octets)));
}

void check_writing(ByteView octets) {
  const std::string text = to_base64(octets);
  expect(text == Botan::base64_encode(octets));
  Bytes lines;
  BytesSink sink(lines);
  Base64Encoder encoder(sink);
  const std::size_t cut = octets.size() / 3;
  expect(encoder.write(octets.first(cut)).ok() && encoder.write(octets.subspan(cut)).ok());
  expect(encoder.finish().ok());
  for (const std::string_view written : {std::string_view(text), as_text(lines)}) {
    const auto again = from_base64(written);
    expect(again.ok() && as_text(*again) == as_text(octets));
  }
  const ByteView groups = octets.first(octets.size() / 3 * 3);
  Bytes by_table(groups.size() / 3 * 4);
  encode_groups_by_table(groups, by_table.data());
  expect(text.starts_with(as_text(by_table)));
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const culvert::ByteView input(octets, size);
  culvert::crypto::fuzz::check_reading(culvert::to_text(input));
  culvert::crypto::fuzz::check_mail(culvert::to_text(input));
  culvert::crypto::fuzz::check_writing(input);
  return 0;
}
