#include "crypto/cms/message.h"

#include "crypto/base/limits.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/cms/signed_data_parts.h"

namespace culvert::crypto {
namespace {

Result<SignedMessage> verify(ByteView cms, const SignerCandidates& candidates) {
  ViewSource source(cms);
  const auto reader = SignedDataReader::open(source);
  if (!reader) return reader.error();
  if ((*reader)->content_type() != oid_text(kOidData.octets())) {
    return refuse(Refusal::content_type_mismatch, (*reader)->content_type());
  }
  auto content = read_all(**reader, kMaxPeeringMessageBytes);
  if (!content) return refuse(Refusal::element_too_large, content.error().text);
  const auto result = (*reader)->finish(candidates);
  if (!result) return result.error();
  if (result->signers.size() != 1) return refuse(Refusal::too_many_signers, "one is wanted");
  const SignerResult& signer = result->signers.front();
  if (signer.refusal) return *signer.refusal;
  if (!signer.certificate) return refuse(Refusal::signer_unknown);
  return SignedMessage{*std::move(content), *signer.certificate, signer.signing_time};
}

}  // namespace

Result<Bytes> sign_message(const KeyRing& keys, const Certificate& signer, ByteView content,
                           Time now) {
  const SigningOptions options{signer.key_id(), signer, now};
  const auto plans = plan_signatures(options);
  if (!plans) return plans.error();
  Digester digester;
  digester.add(*plans->front().digest);
  digester.update(content);
  digester.finish();
  const auto back = signed_data_back(options, *plans, digester, keys);
  if (!back) return back.error();
  return signed_data_der(signed_data_front(*plans), content, *back);
}

Result<SignedMessage> verify_message(ByteView cms, const Certificate& identity) {
  return verify(cms, {{identity}, SignerCandidates::Included::ignore, 1, KeyKind::ec_p256});
}

Result<SignedMessage> verify_self_carried_message(ByteView cms) {
  return verify(cms, {{}, SignerCandidates::Included::use, 1, KeyKind::ec_p256});
}

}  // namespace culvert::crypto
