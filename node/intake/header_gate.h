// The gate that every message passes on its way into the store. It reads the header, reports what
// is in it, and takes out the fields that must not pass. Everything after the header flows on
// without being held.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/base/stream.h"
#include "crypto/mime/authors.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_reader.h"
#include "node/config/config.h"
#include "node/intake/blob_watch.h"
#include "node/intake/quoted_marks.h"
#include "node/intake/wrapped_mail.h"
#include "store/own_marks.h"

namespace culvert::node {

// What to take out, and what to look for.
struct GateRules {
  std::string own_name;                             // node.name: marks of this name are removed
  enum class Bcc { keep, remove } bcc = Bcc::keep;  // Bcc and Resent-Bcc
  std::optional<RequiredHeader> required;           // looked for, and removed
  store::OwnMarks marks{};                          // what marks of this node look like
  bool null_sender = false;                         // a machine sent it (RFC 5321, 4.5.5)
  enum class Blobs { ignore, watch } blobs = Blobs::ignore;  // whether to look for one in the body
  crypto::HeaderLimits limits = crypto::kMessageHeader;
};

inline constexpr std::size_t kMaxSealedFor = 4;
// A message that a node sealed names its recipients within half of this.
inline constexpr std::size_t kSealedFrontBytes = 2048;

// What was found in the header as it came.
struct HeaderFacts {
  std::size_t received_fields = 0;
  std::size_t own_passes = 0;  // Received fields that this node wrote
  // The mail came in from outside before, here or at another node, or was opened: it has a mark
  // that says so, or a field that only nodes write (own_marks.h). Or it quotes such mail
  // (quoted_marks.h) or wraps it (wrapped_mail.h), which is known only at the end of the body.
  bool passed = false;
  // No person vouches for what the mail contains of others: a machine sent it (no sender, a list,
  // an automatic answer), or the whole mail is a report, a digest or another message.
  bool may_quote = false;
  bool of_a_list = false;              // the machine is a list
  std::optional<Mailbox> from;         // the one author, if there is exactly one
  crypto::AuthorDomains from_domains;  // whom a reader might take for the author
  std::string message_id;              // message_id.h
  bool sealed = false;                 // the top-level entity is a CMS blob, by its type or name
  bool may_hold_blob = false;          // or a CMS blob may begin in the body (blob_watch.h)
  // The values of Culvert-For, at most kMaxSealedFor: a node sealed the mail for that domain. If
  // blobs are watched, `sealed_front` then has the first octets of the body, at most
  // kSealedFrontBytes.
  std::vector<std::string> sealed_for;
  std::string sealed_front;
  // The header has text that is allowed only with SMTPUTF8 (RFC 6532). SMTPUTF8 does not help with
  // other octets beyond ASCII.
  bool has_utf8 = false;
  bool required_present = false;  // the required field was there with its value
  // Why this message must not be handed on: other programs would read other fields in it than this
  // node does (crypto::check_header), or it has too many authors. permanent `fields`.
  std::optional<Error> fault;

  // Too many Received fields or passes of our own (security.md, "Attacks by name": Loop).
  bool is_loop = false;
};

class HeaderGate final : public Sink {
 public:
  // `to` must outlive this.
  HeaderGate(GateRules rules, Sink& to)
      : rules_(std::move(rules)), to_(to), header_(std::in_place, rules_.limits) {}

  // permanent `header-too-large`. A message with a `fault` in its facts passes on like any other:
  // the caller knows whom to tell, and must not keep the message.
  Status write(ByteView octets) override;
  // Call this once at the end: a message may be all header.
  Status finish();

  // Set as soon as the header has ended.
  const std::optional<HeaderFacts>& facts() const { return facts_; }

 private:
  Status header_ended();
  Status pass(ByteView octets);
  Status pass_body(ByteView octets);
  void look_into_body(const std::vector<crypto::HeaderField>& fields);

  GateRules rules_;
  Sink& to_;
  std::optional<crypto::HeaderReader> header_;  // until it has ended
  std::optional<HeaderFacts> facts_;
  std::optional<QuotedMarks> quotes_;
  std::optional<WrappedMail> wrapped_;
  std::optional<BlobWatch> blobs_;
};

// The facts of a header that is already complete, without `fault`.
HeaderFacts facts_of(const std::vector<crypto::HeaderField>& fields, const GateRules& rules);

}  // namespace culvert::node
