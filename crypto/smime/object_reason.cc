#include "crypto/smime/object_reason.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "crypto/cms/certificate_name.h"
#include "crypto/cms/certs_only.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/oid_name.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::size_t kMaxShownRecipients = 3;

std::string comma(const std::string& text) { return text.empty() ? "" : ", "; }

std::string recipients_text(const RecipientPeek& recipients) {
  const std::size_t shown = std::min(recipients.names.size(), kMaxShownRecipients);
  const std::size_t more = recipients.names.size() - shown;
  std::string out;
  for (std::size_t i = 0; i < shown; ++i)
    out += (i == 0 ? "" : ", ") + name_text(recipients.names[i]);
  if (more > 0) out += " and " + std::to_string(more) + " more";
  for (std::size_t i = 0; i < std::min(recipients.shared_keys.size(), kMaxShownRecipients); ++i)
    out += comma(out) + "a shared key called " + to_hex(recipients.shared_keys[i]) +
           " (--kek takes it)";
  if (recipients.passwords > 0) out += comma(out) + "a password (--password-file takes it)";
  const std::size_t shown_keys = recipients.shared_keys.size() + recipients.passwords;
  if (recipients.unnamed <= shown_keys) return out;
  return out + comma(out) + std::to_string(recipients.unnamed - shown_keys) +
         " of kinds that are not known";
}

// Skips the rest of an entered structure, up to its end. Returns the identifiers of its elements.
Result<std::vector<std::uint8_t>> pass_rest(BerReader& ber) {
  constexpr std::size_t kMostFields = 8;
  std::vector<std::uint8_t> fields;
  while (true) {
    const auto next = ber.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return fields;
    if (fields.size() == kMostFields) return refuse(Refusal::unexpected_element);
    fields.push_back(*next);
    if (const Status passed = ber.skip(); !passed) return passed.error();
  }
}

// Checks what follows the version in each object (RFC 5652, 5.1 and 6.1; RFC 5083; RFC 3274).
bool has_fields_of(const std::string& content_type, std::vector<std::uint8_t> fields) {
  const bool is_signed = content_type == oid_text(kOidSignedData.octets());
  const bool is_compressed = content_type == oid_text(kOidCompressedData.octets());
  const bool may_have_originator = !is_signed && !is_compressed;
  if (may_have_originator && !fields.empty() && fields.front() == context_tag(0)) {
    fields.erase(fields.begin());
  }
  const std::uint8_t first = is_compressed ? kTagSequence : kTagSet;
  return fields.size() >= 2 && fields[0] == first && fields[1] == kTagSequence;
}

// Skips the object that `content_type` means, by itself.
Status pass_bare_object(const std::string& content_type, BerReader& ber) {
  if (const auto version = read_version(ber); !version) return version.error();
  const auto fields = pass_rest(ber);
  if (!fields) return fields.error();
  return has_fields_of(content_type, *fields) ? done() : refuse(Refusal::unexpected_element);
}

Status pass_object(const std::string& content_type, Source& content) {
  BerReader ber(content);
  if (const Status in = ber.enter(kTagSequence); !in) return in.error();
  const auto first = ber.peek();
  if (!first) return first.error();
  if (*first == kTagInteger) {
    if (const Status bare = pass_bare_object(content_type, ber); !bare) return bare.error();
  } else {
    const auto type = ber.oid();
    if (!type) return type.error();
    if (oid_text(*type) != content_type) return refuse(Refusal::content_type_mismatch);
    if (const Status in = ber.enter(context_tag(0)); !in) return in.error();
    if (const Status in = ber.enter(kTagSequence); !in) return in.error();
    if (const Status bare = pass_bare_object(content_type, ber); !bare) return bare.error();
    for (int level = 0; level < 2; ++level)
      if (const Status out = ber.leave(); !out) return out.error();
  }
  if (const Status out = ber.leave(); !out) return out.error();
  return ber.expect_end();
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

bool is_object_type(const std::string& content_type) {
  return content_type != oid_text(kOidData.octets()) && check_mail_content(content_type);
}

Error not_of_type(const std::string& content_type) {
  return permanent_error(refusal_code(Refusal::content_type_mismatch),
                         "the content is not what its content type says: that is " +
                             oid_name(content_type) + ", and it is no such object");
}

// Attack: One signature, two contents. One program shows the content as text. Another goes by the
// type, and for it the content is an object that it cannot read. Both are right.
Status check_object_in(const std::string& content_type, Source& content) {
  return pass_object(content_type, content) ? done() : Status(not_of_type(content_type));
}

Error explain_unsigned(Error error, RewindableSource& der) {
  const auto refusal = refusal_of(error);
  const bool is_unsigned = refusal == Refusal::content_missing || refusal == Refusal::no_signers;
  if (!is_unsigned || !der.rewind()) return error;
  const auto certificates = read_certs_only(der);
  if (certificates) {
    error.text = certificates->empty()
                     ? "this holds neither a signature nor a certificate, but at most revocation "
                       "lists"
                     : "this holds certificates only (" + std::to_string(certificates->size()) +
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
  const auto refusal = refusal_of(error);
  const bool may_be_anothers = refusal == Refusal::no_key || refusal == Refusal::bad_content ||
                               refusal == Refusal::bad_tag || refusal == Refusal::key_unwrap_failed;
  if (!may_be_anothers || !der.rewind()) return error;
  const auto recipients = peek_recipients(der);
  if (recipients) error.text += ": it is sealed for " + recipients_text(*recipients);
  return error;
}

}  // namespace culvert::crypto
