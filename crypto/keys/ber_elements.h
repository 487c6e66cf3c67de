// Reads BER (X.690) from memory, level by level; key files are made of it. Supports definite and
// indefinite lengths, primitive and constructed OCTET STRINGs, and low tag numbers. For the sources
// of crypto/keys only.
//
// Botan's BER_Decoder is not used for strangers' files: it does not accept a constructed OCTET
// STRING, skips end-of-contents marks that end nothing, and accepts negative and padded numbers.
//
// After an element that differs from what was asked for, the level returns nothing more, and
// neither does any level below it. So a caller reads what it expects and asks `finished` once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"

namespace culvert::crypto {

// Identifier octets.
enum class BerTag : std::uint8_t {
  none = 0x00,  // nothing follows
  boolean = 0x01,
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  null = 0x05,
  oid = 0x06,
  bmp_string = 0x1e,
  sequence = 0x30,
  set = 0x31,
  context_0 = 0xa0,  // [0], constructed
  context_1 = 0xa1,
  primitive_context_0 = 0x80,  // [0], primitive
};

// The limit on nested constructed elements. PKCS#12 itself has at most ten levels.
inline constexpr std::size_t kMaxBerLevels = 24;

class BerElements {
 public:
  // Borrows from `all`, and so do the views that the calls return.
  explicit BerElements(ByteView all) : left_(all) {}

  // The identifier of the next element; `none` at the end of the level.
  BerTag peek() const;
  bool more() const { return peek() != BerTag::none; }
  // True if everything that was asked for was there and nothing is left.
  bool finished() const { return good_ && left_.empty(); }
  bool good() const { return good_; }

  // The level inside the next element, which must have this tag.
  BerElements enter(BerTag tag);
  // The content of the next element, which must be primitive and have this tag.
  ByteView content(BerTag tag);
  // An OCTET STRING, with its pieces joined. `tag` is the identifier of its primitive form.
  SecretBytes octets(BerTag tag = BerTag::octet_string);
  // `1.2.840.113549.1.7.1`; each arc below 2^32.
  std::string oid();
  // An INTEGER from 0 to 2^63-1.
  std::uint64_t number();
  // Skips a NULL if it is next.
  void optional_null();
  // The whole next element, with identifier and length.
  ByteView whole();

 private:
  struct Element {
    ByteView content;
    ByteView whole;
  };
  BerElements(ByteView all, std::size_t level) : left_(all), level_(level) {}

  ByteView fail();
  Element next();
  bool collect(std::vector<ByteView>& pieces);

  ByteView left_;
  std::size_t level_ = 0;
  bool good_ = true;
};

}  // namespace culvert::crypto
