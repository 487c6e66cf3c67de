// Whether a signature that is right may be believed (smime-profile.md, "Signatures"): the
// certificate is valid now and when it signed, meant for signing mail, trusted (RFC 5280, 6), and
// names the author (RFC 8550, 3). Values and pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/names.h"
#include "crypto/base/result.h"
#include "crypto/cms/signed_data.h"
#include "crypto/keys/chain.h"

namespace culvert::crypto {

// What the signer's certificate must name. `mailbox` is the one From address; without one (From is
// missing, or is not exactly one address in a form that all readers understand alike) no signature
// is the author's.
struct Author {
  std::optional<Mailbox> mailbox;
  std::string why_none{};  // for people, as a sentence of its own; empty if nobody says
};

// The author of a message with this header; nothing if it is the header of a mere MIME entity,
// which holds only structural fields.
std::optional<Author> author_of(std::string_view header);

// How local parts of addresses are compared. Only the domain knows whether `Jo` and `jo` are one
// mailbox (RFC 5321, 2.4). They are two, unless somebody who knows the domain says otherwise.
enum class LocalParts {
  as_written,
  any_case,  // ASCII letters only
};

// True if the certificate names the address.
bool names_address(const Certificate& certificate, const Mailbox& address, LocalParts local_parts);

// Whom to believe. A signer's certificate counts if it is one of `trusted`, or a chain leads from
// it to one of them, through certificates that are `trusted` or come with the message.
struct Trust {
  std::vector<Certificate> trusted;
  // When the certificates must be valid, besides the signing time.
  Time now;
  // Nothing: any signer is fine.
  std::optional<Author> author{};
  LocalParts local_parts = LocalParts::as_written;
};

struct SignerVerdict {
  // A mail address in the certificate, the author's if it is there; empty if it names none (tunnel
  // certificates do not).
  std::string address;
  std::string subject;      // of the certificate, printable; empty if none was found
  std::string fingerprint;  // of its key, hexadecimal; empty if none was found
  std::optional<Certificate> certificate;
  std::optional<Time> signing_time;
  SignatureType type = SignatureType::personal;
  // True for RSA keys of fewer than 2,048 bits.
  bool weak_key = false;
  // True if the certificate is a CA's: whoever trusts it by name also trusts whatever it issues.
  bool is_authority = false;
  // Why no chain leads to a trusted certificate, if that is the reason; for people.
  std::string chain_reason{};
  // Whether the content has the digest in the signature; nothing if that is not known.
  std::optional<bool> content_matches{};
  // SMIMECapabilities; they are the signer's only if the verdict is valid.
  std::vector<Capability> capabilities;
  // Whether the certificate names the author: exactly, or by the author's domain or one above it.
  // The latter counts only for a domain signature by a certificate for domain-signing-authority@
  // that domain (RFC 3183).
  bool names_author = false;
  // Why it does not count; nothing if it does.
  std::optional<Error> reason;
  bool valid() const { return !reason; }
};

// Why a signature does not count, with what is known about the content: a signature by a refused
// algorithm may still tell whether the content was altered by accident on its way. `signer` must
// have a refusal.
Error told_refusal(const SignerResult& signer);

// Permanent reasons besides those of crypto/cms: `usage-not-allowed`, `certificate-expired`,
// `signer-untrusted`. `included` are the certificates of the message; all its signers share one
// `effort`, whatever their layer. hold_to_author checks whether the author is among the signers,
// when all are known.
SignerVerdict judge(const SignerResult& signer, const Trust& trust,
                    const std::vector<Certificate>& included, ChainEffort& effort);

// Others may sign besides the author, but without the author no signer counts. If no valid verdict
// names the author, each valid one gets a reason: `not-the-author`, or `author-unknown` if From
// names nobody or more than one. `signers` are all of a message, whatever their layer.
void hold_to_author(const std::vector<SignerVerdict*>& signers, const Author& author);

// True if there is a verdict, and all are valid.
bool all_valid(const std::vector<SignerVerdict>& signers);

}  // namespace culvert::crypto
