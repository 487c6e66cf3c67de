#include "crypto/smime/trust.h"

#include <algorithm>
#include <utility>

#include "crypto/base/ascii.h"
#include "crypto/cms/certificate_name.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/mail_use.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"

namespace culvert::crypto {
namespace {

constexpr std::string_view kUntrustedCode = "signer-untrusted";

// The signer writes the type of the signature, so the type alone gives nobody a domain: the
// authority that issued the certificate must have named its holder as the one who signs for the
// domain (RFC 3183, 3.1.1).
bool is_domain_authority(const Mailbox& address) {
  return lower_case(address.local_part()) == "domain-signing-authority";
}

bool is_same(const Mailbox& a, const Mailbox& b, LocalParts local_parts) {
  return a == b || (local_parts == LocalParts::any_case && a.lookup_key() == b.lookup_key());
}

// A domain's signature speaks for all below it; a person's for one address.
bool names(const Certificate& certificate, const Mailbox& author, SignatureType type,
           LocalParts local_parts) {
  const auto& addresses = certificate.addresses();
  return std::any_of(addresses.begin(), addresses.end(), [&](const Mailbox& address) {
    if (type == SignatureType::domain && is_domain_authority(address)) {
      return author.domain().is_within(address.domain());
    }
    return is_same(address, author, local_parts);
  });
}

Error not_the_author(const std::vector<SignerVerdict*>& signers, const Mailbox& author) {
  const bool is_near = std::any_of(signers.begin(), signers.end(), [&](const SignerVerdict* one) {
    return one->certificate && names_address(*one->certificate, author, LocalParts::any_case);
  });
  const std::string text = "no signer's certificate names the author, " + author.text();
  return permanent_error("not-the-author",
                         is_near ? text +
                                       ", in these capital and small letters, which may matter "
                                       "before the @ (RFC 5321, 2.4)"
                                 : text);
}

// The end of a sentence; empty if every certificate in the message can be read.
std::string unread_text(const SignerResult& signer) {
  if (!signer.unread) return {};
  const LeftOut& one = signer.unread->certificate;
  return "; " + one.what + " in the message cannot be read: " + reason_in_words(one.error);
}

Status check_trusted(const SignerResult& signer, const Trust& trust,
                     const std::vector<Certificate>& included, ChainEffort& effort) {
  const Certificate& certificate = *signer.certificate;
  const Status chained = check_chain(certificate, {trust.trusted, included}, trust.now, effort);
  if (chained || chained.error().code != "untrusted") return chained;
  const std::string why = chained.error().detail + unread_text(signer);
  return permanent_error(kUntrustedCode,
                         "the signer's certificate is neither trusted nor does a chain lead from "
                         "it to a trusted one: " +
                             why,
                         why);
}

Status check_signer(const SignerResult& signer, const Trust& trust,
                    const std::vector<Certificate>& included, ChainEffort& effort) {
  if (signer.refusal) return told_refusal(signer);
  if (!signer.certificate) return refuse(Refusal::signer_unknown);
  const Certificate& certificate = *signer.certificate;
  if (const std::string why = objection_to_signer(certificate); !why.empty()) {
    return permanent_error("usage-not-allowed",
                           "the signer's certificate is not meant for signing mail: " + why);
  }
  if (signer.signing_time && !certificate.valid_at(*signer.signing_time)) {
    return permanent_error("certificate-expired",
                           "the signer's certificate was not valid when it signed, at " +
                               to_rfc3339(*signer.signing_time) + ", but only from " +
                               to_rfc3339(certificate.not_before()) + " to " +
                               to_rfc3339(certificate.not_after()));
  }
  return check_trusted(signer, trust, included, effort);
}

// The address by which people know the signer.
std::string shown_address(const Certificate& certificate, const Trust& trust) {
  const auto& addresses = certificate.addresses();
  if (addresses.empty()) return {};
  if (trust.author && trust.author->mailbox &&
      std::find(addresses.begin(), addresses.end(), *trust.author->mailbox) != addresses.end()) {
    return trust.author->mailbox->text();
  }
  return addresses.front().text();
}

}  // namespace

bool names_address(const Certificate& certificate, const Mailbox& address, LocalParts local_parts) {
  const auto& addresses = certificate.addresses();
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const Mailbox& one) { return is_same(one, address, local_parts); });
}

std::optional<Author> author_of(std::string_view header) {
  const auto fields = fields_of(header);
  const bool is_message = std::any_of(fields.begin(), fields.end(), [](const HeaderField& field) {
    return !is_structural_field(field.name);
  });
  if (!is_message) return std::nullopt;
  auto mailbox = single_from(fields);
  std::string why = mailbox ? std::string() : why_no_single_from(fields);
  return Author{std::move(mailbox), std::move(why)};
}

Error told_refusal(const SignerResult& signer) {
  Error error = *signer.refusal;
  const auto refusal = refusal_of(error);
  if (refusal == Refusal::signer_unknown) {
    const bool is_unread = signer.unread && signer.unread->is_called;
    error.text += ": it names " + name_text(signer.name);
    error.text += is_unread ? ", which is in the message"
                            : ", which is neither in the message nor among the trusted";
    error.text += unread_text(signer);
  }
  if (refusal != Refusal::weak_algorithm && refusal != Refusal::unsupported_digest &&
      refusal != Refusal::unsupported_signature && refusal != Refusal::bad_certificate) {
    return error;
  }
  if (!signer.content_matches) {
    error.text += "; whether the content was altered cannot be told";
  } else if (*signer.content_matches) {
    error.text += "; the content was not altered by accident: it has the digest in the signature";
  } else {
    error.text += "; the content was altered besides: it does not have the digest in the signature";
  }
  return error;
}

SignerVerdict judge(const SignerResult& signer, const Trust& trust,
                    const std::vector<Certificate>& included, ChainEffort& effort) {
  SignerVerdict verdict;
  if (signer.certificate) {
    verdict.address = shown_address(*signer.certificate, trust);
    verdict.subject = signer.certificate->subject_text();
    verdict.is_authority = signer.certificate->is_ca();
    verdict.fingerprint = signer.certificate->key_id().hex();
    verdict.names_author =
        trust.author && trust.author->mailbox &&
        names(*signer.certificate, *trust.author->mailbox, signer.type, trust.local_parts);
  }
  verdict.certificate = signer.certificate;
  verdict.signing_time = signer.signing_time;
  verdict.type = signer.type;
  verdict.weak_key = signer.weak_key;
  verdict.content_matches = signer.content_matches;
  verdict.capabilities = signer.capabilities;
  if (const Status good = check_signer(signer, trust, included, effort); !good) {
    verdict.reason = good.error();
    if (good.error().code == kUntrustedCode) verdict.chain_reason = good.error().detail;
  }
  return verdict;
}

void hold_to_author(const std::vector<SignerVerdict*>& signers, const Author& author) {
  const bool is_there = std::any_of(signers.begin(), signers.end(), [](const SignerVerdict* one) {
    return one->valid() && one->names_author;
  });
  if (is_there) return;
  const Error reason =
      author.mailbox ? not_the_author(signers, *author.mailbox)
                     : permanent_error("author-unknown",
                                       author.why_none.empty()
                                           ? "the message does not name exactly one author in From"
                                           : author.why_none);
  for (SignerVerdict* one : signers) {
    if (one->valid()) one->reason = reason;
  }
}

bool all_valid(const std::vector<SignerVerdict>& signers) {
  return !signers.empty() && std::all_of(signers.begin(), signers.end(),
                                         [](const SignerVerdict& one) { return one.valid(); });
}

}  // namespace culvert::crypto
