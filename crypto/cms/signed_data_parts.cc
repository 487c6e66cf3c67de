#include "crypto/cms/signed_data_parts.h"

#include <algorithm>

#include "crypto/cms/der_writer.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

void add_once(std::vector<Bytes>& to, Bytes one) {
  if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(std::move(one));
}

}  // namespace

Result<std::vector<SigningPlan>> plan_signatures(const SigningOptions& options) {
  std::vector<SigningKey> keys{{options.key, options.certificate, options.scheme}};
  keys.insert(keys.end(), options.others.begin(), options.others.end());
  if (keys.size() > kMaxCmsSigners) return refuse(Refusal::too_many_signers);
  if (keys.size() + options.chain.size() > kMaxCmsCertificates) {
    return refuse(Refusal::too_many_certificates);
  }
  std::vector<SigningPlan> plans;
  for (const SigningKey& key : keys) {
    auto plan = plan_signature(key);
    if (!plan) return plan.error();
    plans.push_back(*std::move(plan));
  }
  return plans;
}

Bytes der_certificates(const std::vector<Certificate>& certificates) {
  std::vector<Bytes> all;
  for (const Certificate& one : certificates)
    add_once(all, one.der());
  return der_set_of(std::move(all), context_tag(0));
}

Bytes signed_data_front(const std::vector<SigningPlan>& plans) {
  std::vector<Bytes> digests;
  for (const SigningPlan& plan : plans)
    add_once(digests, der_digest_algorithm(*plan.digest));
  Bytes front = der_integer(kSignedDataVersion);
  append(front, ByteView(der_set_of(std::move(digests))));
  return front;
}

Result<Bytes> signed_data_back(const SigningOptions& options, const std::vector<SigningPlan>& plans,
                               const Digester& digests, const KeyRing& keys) {
  std::vector<Certificate> certificates = options.chain;
  std::vector<Bytes> signers;
  for (const SigningPlan& plan : plans) {
    auto signer = make_signer_info(options, plan, *digests.digest(plan.digest->oid.octets()), keys);
    if (!signer) return signer.error();
    signers.push_back(*std::move(signer));
    certificates.push_back(plan.key.certificate);
  }
  Bytes back = der_certificates(certificates);
  append(back, ByteView(der_set_of(std::move(signers))));
  return back;
}

Bytes signed_data_der(ByteView front, std::optional<ByteView> content, ByteView back) {
  Bytes inner = der_oid(kOidData);
  if (content) append(inner, ByteView(der(context_tag(0), {der_octet_string(*content)})));
  const Bytes all = der_sequence({front, der_sequence({inner}), back});
  return der_sequence({der_oid(kOidSignedData), der(context_tag(0), {all})});
}

}  // namespace culvert::crypto
