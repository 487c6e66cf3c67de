#include "crypto/cms/oaep_parameters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/cms/algorithms.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr Oid kOidMgf1{"1.2.840.113549.1.1.8"};
constexpr Oid kOidSpecifiedLabel{"1.2.840.113549.1.1.9"};

struct HashRow {
  RsaHash hash;
  Oid oid;
};
constexpr std::array kHashes{
    HashRow{RsaHash::sha1, Oid{"1.3.14.3.2.26"}},
    HashRow{RsaHash::sha224, Oid{"2.16.840.1.101.3.4.2.4"}},
    HashRow{RsaHash::sha256, kOidSha256},
    HashRow{RsaHash::sha384, kOidSha384},
    HashRow{RsaHash::sha512, kOidSha512},
};

Error bad_parameters(std::string_view which) {
  return refuse(Refusal::bad_key_parameters, "OAEP: " + std::string(which));
}

Result<RsaHash> hash_of(const AlgorithmName& name) {
  const auto* row = std::find_if(kHashes.begin(), kHashes.end(),
                                 [&](const HashRow& known) { return known.oid == name.oid; });
  if (row == kHashes.end()) return bad_parameters(oid_text(name.oid));
  if (!name.parameters_absent_or_null()) return bad_parameters("parameters of the hash");
  return row->hash;
}

Result<RsaHash> hash_of_mgf(const AlgorithmName& mgf) {
  if (!(kOidMgf1 == mgf.oid)) return bad_parameters(oid_text(mgf.oid));
  BerReader in{ByteView(mgf.parameters)};
  const auto name = read_algorithm(in);
  if (!name) return bad_parameters("MGF1 without a hash");
  return hash_of(*name);
}

Result<Bytes> label_of(const AlgorithmName& source) {
  if (!(kOidSpecifiedLabel == source.oid)) return bad_parameters(oid_text(source.oid));
  BerReader in{ByteView(source.parameters)};
  auto label = in.content(kTagOctetString, kMaxAlgorithmBytes);
  if (!label) return bad_parameters("label");
  return label;
}

// [number] EXPLICIT AlgorithmIdentifier DEFAULT: nothing if it is absent.
Result<std::optional<AlgorithmName>> read_field(BerReader& in, std::uint8_t number) {
  const auto next = in.peek();
  if (!next) return next.error();
  if (*next != context_tag(number)) return std::optional<AlgorithmName>{};
  if (const Status entered = in.enter(*next); !entered) return entered.error();
  auto name = read_algorithm(in);
  if (!name) return name.error();
  if (const Status left = in.leave(); !left) return left.error();
  return std::optional<AlgorithmName>(*std::move(name));
}

struct Fields {
  std::optional<AlgorithmName> hash;
  std::optional<AlgorithmName> mgf;
  std::optional<AlgorithmName> label;
};

Result<Fields> read_fields(ByteView parameters) {
  BerReader in(parameters);
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  Fields fields;
  std::uint8_t number = 0;
  for (auto* field : {&fields.hash, &fields.mgf, &fields.label}) {
    auto read = read_field(in, number++);
    if (!read) return read.error();
    *field = *std::move(read);
  }
  if (const Status left = in.leave(); !left) return left.error();
  if (const Status ended = in.expect_end(); !ended) return ended.error();
  return fields;
}

Bytes der_hash(RsaHash hash) {
  const auto* row = std::find_if(kHashes.begin(), kHashes.end(),
                                 [&](const HashRow& known) { return known.hash == hash; });
  return der_sequence({der_oid(row->oid), der(kTagNull, {})});
}

}  // namespace

Result<RsaTransport> read_oaep_parameters(ByteView parameters) {
  const auto fields = read_fields(parameters);
  if (!fields) return bad_parameters(fields.error().code);
  RsaTransport out{RsaTransport::Scheme::oaep, RsaHash::sha1, RsaHash::sha1, {}};
  if (fields->hash) {
    const auto hash = hash_of(*fields->hash);
    if (!hash) return hash.error();
    out.hash = *hash;
  }
  if (fields->mgf) {
    const auto hash = hash_of_mgf(*fields->mgf);
    if (!hash) return hash.error();
    out.mgf_hash = *hash;
  }
  if (fields->label) {
    auto label = label_of(*fields->label);
    if (!label) return label.error();
    out.label = *std::move(label);
  }
  return out;
}

Bytes der_oaep_parameters(const RsaTransport& transport) {
  Bytes hash;
  Bytes mgf;
  Bytes label;
  if (transport.hash != RsaHash::sha1) hash = der(context_tag(0), {der_hash(transport.hash)});
  if (transport.mgf_hash != RsaHash::sha1) {
    mgf = der(context_tag(1), {der_sequence({der_oid(kOidMgf1), der_hash(transport.mgf_hash)})});
  }
  if (!transport.label.empty()) {
    label = der(context_tag(2),
                {der_sequence({der_oid(kOidSpecifiedLabel), der_octet_string(transport.label)})});
  }
  return der_sequence({hash, mgf, label});
}

}  // namespace culvert::crypto
