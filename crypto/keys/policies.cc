#include "crypto/keys/policies.h"

#include <botan/ber_dec.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/keys/extensions.h"

namespace culvert::crypto {
namespace {

constexpr auto kAnyPolicy = "2.5.29.32.0";

// The counters of policyConstraints and inhibitAnyPolicy.
void lower(std::size_t& counter, std::optional<std::size_t> to) {
  if (to) counter = std::min(counter, *to);
}

void step(std::size_t& counter) {
  if (counter > 0) --counter;
}

std::string read_oid(Botan::BER_Decoder& from) {
  Botan::OID oid;
  from.decode(oid);
  return oid.to_string();
}

// The policies of a certificate. Qualifiers are for people and are skipped. Throws if ill-formed.
std::set<std::string> policies_of(const CertificateParts& certificate) {
  std::set<std::string> out;
  const auto der = extension_of(certificate.x509, kCertificatePolicies);
  if (!der) return out;
  Botan::BER_Decoder outer(*der);
  Botan::BER_Decoder list = outer.start_sequence();
  while (list.more_items()) {
    Botan::BER_Decoder one = list.start_sequence();
    out.insert(read_oid(one));
    one.discard_remaining();
  }
  return out;
}

// Pairs: a policy of the issuer, and a policy below it that counts as the same.
std::vector<std::pair<std::string, std::string>> mappings_of(const CertificateParts& issuer) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto der = extension_of(issuer.x509, kPolicyMappings);
  if (!der) return out;
  Botan::BER_Decoder outer(*der);
  Botan::BER_Decoder list = outer.start_sequence();
  while (list.more_items()) {
    Botan::BER_Decoder pair = list.start_sequence();
    std::string above = read_oid(pair);
    out.emplace_back(std::move(above), read_oid(pair));
    pair.end_cons();
  }
  return out;
}

struct PolicyConstraints {
  std::optional<std::size_t> require_explicit{};
  std::optional<std::size_t> inhibit_mapping{};
};

PolicyConstraints constraints_of(const CertificateParts& certificate) {
  PolicyConstraints out;
  const auto der = extension_of(certificate.x509, kPolicyConstraints);
  if (!der) return out;
  Botan::BER_Decoder outer(*der);
  Botan::BER_Decoder fields = outer.start_sequence();
  fields.decode_optional(out.require_explicit, Botan::ASN1_Type(0),
                         Botan::ASN1_Class::ContextSpecific);
  fields.decode_optional(out.inhibit_mapping, Botan::ASN1_Type(1),
                         Botan::ASN1_Class::ContextSpecific);
  fields.end_cons();
  return out;
}

std::optional<std::size_t> inhibit_any_of(const CertificateParts& issuer) {
  const auto der = extension_of(issuer.x509, kInhibitAnyPolicy);
  if (!der) return std::nullopt;
  std::size_t count = 0;
  Botan::BER_Decoder(*der).decode(count).verify_end();
  return count;
}

}  // namespace

// 6.1.3 (d) to (f).
void Policies::meet(const CertificateParts& certificate, AnyPolicy any) {
  const std::set<std::string> own = policies_of(certificate);
  const bool all_are_expected = expected_.contains(kAnyPolicy);
  std::set<std::string> next;
  for (const std::string& policy : own) {
    const bool is_expected = all_are_expected || expected_.contains(policy);
    if (policy != kAnyPolicy && is_expected) next.insert(policy);
  }
  if (any == AnyPolicy::counts && own.contains(kAnyPolicy)) next.merge(expected_);
  expected_ = std::move(next);
}

// 6.1.4 (a) and (b). False if anyPolicy is mapped, which is not allowed.
bool Policies::map(const CertificateParts& issuer) {
  const auto mappings = mappings_of(issuer);
  std::set<std::string> added;
  std::set<std::string> gone;
  for (const auto& [above, below] : mappings) {
    if (above == kAnyPolicy || below == kAnyPolicy) return false;
    if (!expected_.contains(above) && !expected_.contains(kAnyPolicy)) continue;
    gone.insert(above);
    if (mapping_ > 0) added.insert(below);
  }
  for (const std::string& policy : gone)
    expected_.erase(policy);
  expected_.merge(added);
  return true;
}

// 6.1.4 (h) to (j).
void Policies::constrain(const CertificateParts& issuer) {
  if (!is_self_issued(issuer)) {
    step(explicit_);
    step(mapping_);
    step(any_);
  }
  const PolicyConstraints constraints = constraints_of(issuer);
  lower(explicit_, constraints.require_explicit);
  lower(mapping_, constraints.inhibit_mapping);
  lower(any_, inhibit_any_of(issuer));
}

bool Policies::add_issuer(const CertificateParts& issuer) {
  try {
    meet(issuer, any_ > 0 || is_self_issued(issuer) ? AnyPolicy::counts : AnyPolicy::is_inhibited);
    if (!holds() || !map(issuer)) return false;
    constrain(issuer);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool Policies::add_last(const CertificateParts& certificate) {
  try {
    meet(certificate, any_ > 0 ? AnyPolicy::counts : AnyPolicy::is_inhibited);
    // 6.1.5 (a) and (b).
    step(explicit_);
    if (constraints_of(certificate).require_explicit == 0) explicit_ = 0;
    return holds();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace culvert::crypto
