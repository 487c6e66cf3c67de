// What the MIME fuzz targets share.
#pragma once

#include <cstdlib>
#include <string>

#include "crypto/base/stream.h"
#include "tests/fuzz/cut.h"
#include "tests/support/trickling_source.h"

namespace culvert::crypto::fuzz {

using culvert::fuzz::cut_of;

inline void expect(bool good) {
  if (!good) std::abort();
}

// All of `from`; an error as its word behind what came before it.
inline std::string text_of(Source& from, std::size_t step) {
  std::string all;
  Bytes piece(step);
  while (true) {
    const auto count = from.read(piece);
    if (!count) return all + "\nerror: " + count.error().code;
    if (*count == 0) return all;
    all += as_text(ByteView(piece).first(*count));
  }
}

// True if each LF stands behind a CR.
inline bool is_canonical(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    if (at == 0 || text[at - 1] != '\r') return false;
  return true;
}

}  // namespace culvert::crypto::fuzz
