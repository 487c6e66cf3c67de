// Parts of bombs.
#pragma once

#include "crypto/cms/algorithms.h"
#include "crypto/cms/content_cipher.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_info.h"
#include "crypto/keys/random.h"
#include "tests/crypto/bombs/bombs.h"

namespace culvert::crypto::testing {

inline Bytes repeated(ByteView what, std::size_t count) {
  Bytes out;
  out.reserve(what.size() * count);
  for (std::size_t i = 0; i < count; ++i)
    append(out, what);
  return out;
}

// Levels of indefinite length that never end.
inline Bytes nested(std::uint8_t identifier, std::size_t levels) {
  const Bytes one{identifier, 0x80};
  return repeated(one, levels);
}

// Levels of definite length, the innermost empty.
inline Bytes nested_whole(std::uint8_t identifier, std::size_t levels) {
  Bytes reversed;
  std::size_t size = 0;
  for (std::size_t i = 0; i < levels; ++i) {
    Bytes header;
    append_der_header(header, identifier, size);
    size += header.size();
    reversed.insert(reversed.end(), header.rbegin(), header.rend());
  }
  return {reversed.rbegin(), reversed.rend()};
}

// A constructed OCTET STRING under `identifier` in pieces of one octet.
inline Bytes one_by_one(std::uint8_t identifier, ByteView content) {
  Bytes out;
  append_indefinite(out, identifier);
  for (const std::uint8_t octet : content)
    out.insert(out.end(), {kTagOctetString, 1, octet});
  append_end(out, 1);
  return out;
}

inline Bytes content_info(const Oid& type, ByteView inside) {
  return der_sequence({der_oid(type), der(context_tag(0), {inside})});
}

inline SharedKey bomb_key() {
  const Bytes key(32, 0x42);
  return {*from_hex(kBombKeyId), std::make_shared<const SecretBytes>(ByteView(key))};
}

// AuthEnvelopedData with AES-256-GCM.
struct SealedParts {
  Bytes recipients;  // inside the SET
  Bytes content = der(primitive_context_tag(0), {});
  Bytes tag = Bytes(16);
  Bytes parameters = der_sequence({der_octet_string(Bytes(12)), der_integer(16)});
};

inline Bytes sealed_message(const SealedParts& parts) {
  const Bytes algorithm = der_sequence({der_oid(kOidAes256Gcm), parts.parameters});
  const Bytes inner = der_sequence({der_oid(kOidData), algorithm, parts.content});
  const Bytes all = der_sequence(
      {der_integer(0), der(kTagSet, {parts.recipients}), inner, der_octet_string(parts.tag)});
  return content_info(kOidAuthEnvelopedData, all);
}

}  // namespace culvert::crypto::testing
