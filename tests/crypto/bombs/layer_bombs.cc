// Compressed content, and layers inside each other.
#include <zlib.h>

#include <cstdlib>

#include "crypto/cms/enveloped.h"
#include "tests/crypto/bombs/recipes.h"

namespace culvert::crypto::testing {
namespace {

Bytes deflated(ByteView content) {
  uLongf size = compressBound(content.size());
  Bytes out(size);
  if (compress2(out.data(), &size, content.data(), content.size(), 9) != Z_OK) std::abort();
  out.resize(size);
  return out;
}

Bytes compressed(ByteView stream, const Oid& type = kOidData, bool by_octet = false) {
  const Bytes string =
      by_octet ? one_by_one(kTagOctetString | kConstructedBit, stream) : der_octet_string(stream);
  const Bytes inner = der_sequence({der_oid(type), der(context_tag(0), {string})});
  return content_info(
      kOidCompressedData,
      der_sequence({der_integer(0), der_algorithm(Oid{"1.2.840.113549.1.9.16.3.8"}), inner}));
}

// Octets that deflate makes 90 times smaller or less: a random block, again and again, so far apart
// that zlib does not see the one before.
Bytes sparse(std::size_t size) {
  const Bytes block = random_bytes(400);
  Bytes out(size);
  for (std::size_t at = 0; at + block.size() < size; at += 38'000)
    std::copy(block.begin(), block.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}

// Layers of compressed content, each in the next.
Bytes compressed_layers(int levels, ByteView innermost) {
  Bytes all = compressed(deflated(innermost));
  for (int i = 1; i < levels; ++i)
    all = compressed(deflated(all), kOidCompressedData);
  return all;
}

Bytes sealed(ByteView content) {
  Bytes all;
  BytesSink sink(all);
  auto writer = EnvelopedWriter::start(sink, {.recipients = {bomb_key()}});
  if (!writer || !(*writer)->write(content) || !(*writer)->finish()) std::abort();
  return all;
}

// Layers of sealed content, each an entity in the next.
Bytes sealed_layers(int levels, ByteView innermost) {
  Bytes all = sealed(innermost);
  for (int i = 1; i < levels; ++i) {
    Bytes entity = to_bytes(
        "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n");
    append(entity, ByteView(all));
    all = sealed(entity);
  }
  return all;
}

}  // namespace

const std::vector<Bomb>& layer_bombs() {
  using enum BombReader;
  static const std::vector<Bomb> all{
      {"ratio_of_zeros", BombReader::compressed,
       [] { return testing::compressed(deflated(Bytes(200'000'000))); }, "compression-ratio"},
      {"size_beyond_the_limit", BombReader::compressed,
       [] { return testing::compressed(deflated(sparse(kBombLimitBytes + 1000))); },
       "content-too-large"},
      {"compressed_in_pieces_of_one_octet", BombReader::compressed,
       [] { return testing::compressed(deflated(random_bytes(1'000'000)), kOidData, true); },
       "read"},
      {"compressed_nested_strings", BombReader::compressed,
       [] {
         const Bytes string = nested(kTagOctetString | kConstructedBit, 1'000'000);
         const Bytes inner = der_sequence({der_oid(kOidData), der(context_tag(0), {string})});
         return content_info(
             kOidCompressedData,
             der_sequence(
                 {der_integer(0), der_algorithm(Oid{"1.2.840.113549.1.9.16.3.8"}), inner}));
       },
       "nested-too-deep"},
      {"compressed_1000_times", layers, [] { return compressed_layers(1000, as_bytes("content")); },
       "compression-ratio"},
      {"compressed_to_the_limit", layers,
       [] { return compressed_layers(1, sparse(kBombLimitBytes - 1000)); }, "read"},
      {"compressed_twice_to_the_limit", layers,
       [] { return compressed_layers(2, sparse(kBombLimitBytes - 1000)); }, "compression-ratio"},
      {"compressed_16_times_to_the_limit", layers,
       [] { return compressed_layers(16, sparse(kBombLimitBytes - 1000)); }, "compression-ratio"},
      {"sealed_17_times", layers, [] { return sealed_layers(17, Bytes(10)); }, "nested-too-deep"},
      {"sealed_200_times", layers, [] { return sealed_layers(200, Bytes(10)); }, "nested-too-deep"},
      {"sealed_16_times_around_a_million_octets", layers,
       [] { return sealed_layers(16, Bytes(1'000'000)); }, "read"},
  };
  return all;
}

}  // namespace culvert::crypto::testing
