#include "crypto/cms/message.h"

#include "crypto/base/limits.h"
#include "crypto/cms/digester.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/signed_data.h"
#include "crypto/cms/signed_data_parts.h"
#include "crypto/cms/signed_fields.h"

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

Result<Bytes> read_content(BerReader& ber) {
  const auto head = enter_signed_data(ber);
  if (!head) return head.error();
  if (!(kOidData == head->content_type)) {
    return refuse(Refusal::content_type_mismatch, oid_text(head->content_type));
  }
  if (!head->has_content) return refuse(Refusal::content_missing);
  if (const Status in = enter_signed_content(ber); !in) return in.error();
  Bytes content;
  while (true) {
    const auto piece = ber.next_octets();
    if (!piece) return piece.error();
    if (piece->empty()) break;
    append(content, *piece);
  }
  if (const Status out = leave_signed_content(ber, *head); !out) return out.error();
  return content;
}

// There must be only one: parsing each one costs work before the sender is known.
Result<Certificate> read_only_certificate(BerReader& ber) {
  const auto next = ber.peek();
  if (!next) return next.error();
  if (*next != context_tag(0)) return refuse(Refusal::signer_unknown, "no certificate is included");
  if (const Status in = ber.enter(context_tag(0)); !in) return in.error();
  const auto element = ber.element(kMaxMessageFrameBytes);
  if (!element) return element.error();
  const auto behind = ber.peek();
  if (!behind) return behind.error();
  if (*behind != kTagEnd) return refuse(Refusal::too_many_certificates, "one is wanted");
  return Certificate::from_der(*element);
}

}  // namespace

Result<MessageClaim> read_message_claim(ByteView cms) {
  BerReader ber(cms);
  auto content = read_content(ber);
  if (!content) return content.error();
  if (cms.size() - content->size() > kMaxMessageFrameBytes) {
    return refuse(Refusal::element_too_large, "what stands around the content");
  }
  const auto certificate = read_only_certificate(ber);
  if (!certificate) return certificate.error();
  return MessageClaim{certificate->key_id(), *std::move(content)};
}

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
