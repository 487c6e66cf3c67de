#include "crypto/cms/pbkdf2_parameters.h"

#include <algorithm>
#include <array>

#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidPbkdf2{"1.2.840.113549.1.5.12"};

struct PrfRow {
  Oid oid;
  Pbkdf2Hash hash;
};
constexpr std::array kPrfs{
    PrfRow{Oid{"1.2.840.113549.2.7"}, Pbkdf2Hash::sha1},
    PrfRow{Oid{"1.2.840.113549.2.8"}, Pbkdf2Hash::sha224},
    PrfRow{Oid{"1.2.840.113549.2.9"}, Pbkdf2Hash::sha256},
    PrfRow{Oid{"1.2.840.113549.2.10"}, Pbkdf2Hash::sha384},
    PrfRow{Oid{"1.2.840.113549.2.11"}, Pbkdf2Hash::sha512},
};

Error bad_parameters(std::string_view which) {
  return refuse(Refusal::bad_key_parameters, "PBKDF2: " + std::string(which));
}

struct Fields {
  Bytes salt;
  std::uint64_t iterations = 0;
  std::optional<std::uint64_t> key_bytes;
  std::optional<AlgorithmName> prf;
};

Status read_optional_fields(BerReader& in, Fields& fields) {
  auto next = in.peek();
  if (!next) return next.error();
  if (*next == kTagInteger) {
    const auto key_bytes = read_count(in);
    if (!key_bytes) return key_bytes.error();
    fields.key_bytes = *key_bytes;
    next = in.peek();
    if (!next) return next.error();
  }
  if (*next == kTagEnd) return done();
  auto prf = read_algorithm(in);
  if (!prf) return prf.error();
  fields.prf = *std::move(prf);
  return done();
}

Result<Fields> read_fields(ByteView parameters) {
  BerReader in(parameters);
  Fields fields;
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  auto salt = in.content(kTagOctetString, kMaxPbkdf2SaltBytes);
  if (!salt) return salt.error();
  fields.salt = *std::move(salt);
  const auto iterations = read_count(in);
  if (!iterations) return iterations.error();
  fields.iterations = *iterations;
  if (const Status read = read_optional_fields(in, fields); !read) return read.error();
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return fields;
}

Result<Pbkdf2Hash> hash_of(const std::optional<AlgorithmName>& prf) {
  if (!prf) return Pbkdf2Hash::sha1;
  const auto* row = std::find_if(kPrfs.begin(), kPrfs.end(),
                                 [&](const PrfRow& known) { return known.oid == prf->oid; });
  if (row == kPrfs.end()) return bad_parameters(oid_text(prf->oid));
  if (!prf->parameters_absent_or_null()) return bad_parameters("parameters of the prf");
  return row->hash;
}

}  // namespace

Result<Pbkdf2> read_pbkdf2(const AlgorithmName& name, std::size_t key_bytes) {
  if (!(kOidPbkdf2 == name.oid)) return refuse(Refusal::unsupported_recipient, oid_text(name.oid));
  auto fields = read_fields(name.parameters);
  if (!fields) return bad_parameters(fields.error().code);
  if (fields->iterations == 0) return bad_parameters("no iteration");
  if (fields->iterations > kMaxPbkdf2Iterations) return refuse(Refusal::too_many_iterations);
  if (fields->key_bytes.value_or(key_bytes) != key_bytes) return bad_parameters("keyLength");
  const auto hash = hash_of(fields->prf);
  if (!hash) return hash.error();
  return Pbkdf2{*hash, std::move(fields->salt), fields->iterations, key_bytes};
}

}  // namespace culvert::crypto
