#include "crypto/smime/object_reason.h"

#include <algorithm>
#include <iterator>

#include "crypto/cms/certificate_name.h"
#include "crypto/cms/certs_only.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxShownRecipients = 3;

std::string recipients_text(const RecipientPeek& recipients) {
  const std::size_t shown = std::min(recipients.names.size(), kMaxShownRecipients);
  const std::size_t more = recipients.names.size() - shown;
  std::string out;
  for (std::size_t i = 0; i < shown; ++i)
    out += (i == 0 ? "" : ", ") + name_text(recipients.names[i]);
  if (more > 0) out += " and " + std::to_string(more) + " more";
  if (recipients.unnamed == 0) return out;
  return out + (out.empty() ? "" : " and ") + std::to_string(recipients.unnamed) +
         " that are named by no certificate (a password or a shared key)";
}

}  // namespace

Status check_mail_content(const std::string& content_type) {
  const Oid* const kinds[] = {&kOidData, &kOidSignedData, &kOidEnvelopedData,
                              &kOidAuthEnvelopedData, &kOidCompressedData};
  const bool is_mail = std::any_of(std::begin(kinds), std::end(kinds), [&](const Oid* kind) {
    return content_type == oid_text(kind->octets());
  });
  if (is_mail) return done();
  return permanent_error(refusal_code(Refusal::content_type_mismatch),
                         "what is signed is no mail but another protocol's: its content type is " +
                             oid_name(content_type));
}

Error explain_unsigned(Error error, RewindableSource& der) {
  const auto refusal = refusal_of(error);
  const bool is_unsigned = refusal == Refusal::content_missing || refusal == Refusal::no_signers;
  if (!is_unsigned || !der.rewind()) return error;
  const auto certificates = read_certs_only(der);
  if (certificates) {
    error.text = "this holds certificates only (" + std::to_string(certificates->size()) +
                 "), and nobody signed anything: culvert smime inspect shows them";
    return error;
  }
  if (refusal == Refusal::no_signers) return error;
  if (refusal_of(certificates.error()) != Refusal::not_certs_only) return certificates.error();
  error.text =
      "this is a detached signature, and what it signs is not in it: give that with --content "
      "FILE, or the whole message";
  return error;
}

Error explain_no_key(Error error, RewindableSource& der) {
  if (refusal_of(error) != Refusal::no_key || !der.rewind()) return error;
  const auto recipients = peek_recipients(der);
  if (recipients) error.text += ": it is sealed for " + recipients_text(*recipients);
  return error;
}

}  // namespace culvert::crypto
