#include "node/intake/header_gate.h"

#include <algorithm>

#include "crypto/base/limits.h"
#include "crypto/base/log.h"
#include "crypto/base/utf8.h"
#include "crypto/mime/entity.h"
#include "crypto/mime/header.h"
#include "crypto/mime/header_check.h"
#include "crypto/mime/message_id.h"
#include "crypto/mime/trust_mark.h"
#include "node/flow/own_marks.h"

namespace culvert::node {
namespace {

bool is_required(const crypto::HeaderField& field, const RequiredHeader& required) {
  return crypto::same_field_name(field.name, required.name);
}

// RFC 5322, 3.6.3 and 3.6.6: recipients that the others must not know of.
bool is_blind(const crypto::HeaderField& field) {
  return crypto::same_field_name(field.name, "Bcc") ||
         crypto::same_field_name(field.name, "Resent-Bcc");
}

bool must_go(const crypto::HeaderField& field, const GateRules& rules) {
  if (crypto::is_trust_mark(field, rules.own_name)) return true;
  if (rules.bcc == GateRules::Bcc::remove && is_blind(field)) return true;
  return rules.required && is_required(field, *rules.required);
}

void note_field(const crypto::HeaderField& field, const GateRules& rules, HeaderFacts& facts) {
  if (crypto::same_field_name(field.name, "Received")) {
    ++facts.received_fields;
    const FoundMarks marks = marks_in(field.body, rules.marks);
    facts.own_passes += marks.own;
    facts.passed = facts.passed || marks.foreign;
  } else if (crypto::is_trust_mark(field, {})) {
    // A `Culvert-*` field, in any spelling of its name.
    facts.passed = true;
    const bool is_for = crypto::same_field_name(field.name, "Culvert-For") &&
                        facts.sealed_for.size() < kMaxSealedFor;
    if (is_for) facts.sealed_for.push_back(crypto::unfolded(field.body));
  } else if (rules.required && is_required(field, *rules.required)) {
    facts.required_present =
        facts.required_present || equal_in_constant_time(as_bytes(crypto::unfolded(field.body)),
                                                         as_bytes(rules.required->value));
  }
}

// Without comments, as the most lenient reader sees the field: a program may show one type of a
// list of types, or one of two fields.
bool holds_messages(std::string_view content_type) {
  constexpr std::string_view kTypes[] = {"multipart/report", "multipart/digest", "message/"};
  const auto parsed = crypto::parse_content_type(content_type);
  const std::string text =
      crypto::bare_field_name(content_type) + ' ' + (parsed ? parsed->media_type : "");
  return std::any_of(std::begin(kTypes), std::end(kTypes),
                     [&](std::string_view type) { return text.find(type) != text.npos; });
}

// RFC 3834, 5: `no`, with or without parameters and comments, means that a person wrote the mail.
bool is_automatic(std::string_view auto_submitted) {
  const std::string text = crypto::bare_field_name(auto_submitted);
  return text.substr(0, text.find_first_of(";(")) != "no";
}

// RFC 2919, 2369, and the fields that lists wrote before them.
bool is_lists(const crypto::HeaderField& field) {
  const std::string name = crypto::bare_field_name(field.name);
  if (name == "precedence") {
    const std::string word = crypto::bare_field_name(field.body);
    return word == "list" || word == "bulk";
  }
  return name.starts_with("list-") || name == "mailing-list" || name == "x-mailing-list" ||
         name == "x-beenthere";
}

// RFC 3834, and the fields that servers wrote before it.
bool may_quote(const crypto::HeaderField& field) {
  constexpr std::string_view kMachines[] = {"x-failed-recipients", "x-autoreply", "x-loop",
                                            "x-ms-exchange-inbox-rules-loop"};
  const std::string name = crypto::bare_field_name(field.name);
  if (name == "content-type") return holds_messages(field.body);
  if (name == "auto-submitted") return is_automatic(field.body);
  if (name == "precedence") return crypto::bare_field_name(field.body) == "junk";
  return std::find(std::begin(kMachines), std::end(kMachines), name) != std::end(kMachines);
}

// Only such mail can contain another.
bool has_parts(const std::vector<crypto::HeaderField>& fields) {
  const auto types = crypto::bodies_of(fields, "Content-Type");
  return std::any_of(types.begin(), types.end(), [](std::string_view type) {
    const std::string text = crypto::bare_field_name(type);
    return text.find("multipart/") != text.npos || text.find("message/") != text.npos;
  });
}

bool is_message(const std::vector<crypto::HeaderField>& fields) {
  const auto types = crypto::bodies_of(fields, "Content-Type");
  return std::any_of(types.begin(), types.end(), is_message_type);
}

std::optional<Error> fault_of(std::string_view header, const HeaderFacts& facts) {
  if (const Status good = crypto::check_header(header); !good) return good.error();
  if (!facts.from_domains.too_many) return std::nullopt;
  return permanent_error("fields",
                         "the header names more than " + std::to_string(crypto::kMaxAuthorDomains) +
                             " domains in From (without an address in it, in Sender): who "
                             "wrote this cannot be said");
}

}  // namespace

HeaderFacts facts_of(const std::vector<crypto::HeaderField>& fields, const GateRules& rules) {
  HeaderFacts facts;
  for (const crypto::HeaderField& field : fields)
    note_field(field, rules, facts);
  facts.is_loop =
      facts.received_fields > rules.limits.received_fields || facts.own_passes > kMaxOwnPasses;
  facts.from = crypto::single_from(fields);
  facts.from_domains = crypto::author_domains(fields);
  facts.message_id = crypto::message_id_of(fields);
  facts.sealed = crypto::smime_form(fields) == crypto::SmimeForm::pkcs7_mime;
  facts.of_a_list = std::any_of(fields.begin(), fields.end(), is_lists);
  facts.may_quote =
      rules.null_sender || facts.of_a_list || std::any_of(fields.begin(), fields.end(), may_quote);
  // A list's digest has no marks of the mail in it.
  facts.passed = facts.passed || (facts.of_a_list && is_message(fields));
  return facts;
}

Status HeaderGate::write(ByteView octets) {
  if (facts_) return pass_body(octets);
  if (const Status taken = header_->write(octets); !taken) return taken;
  return header_->has_ended() ? header_ended() : done();
}

Status HeaderGate::finish() {
  if (!facts_) {
    if (const Status ended = header_->finish(); !ended) return ended;
    return header_ended();
  }
  if (quotes_) {
    quotes_->finish();
    facts_->passed = facts_->passed || quotes_->quotes_strangers();
  }
  if (wrapped_) {
    wrapped_->finish();
    facts_->passed = facts_->passed || wrapped_->wraps_stranger();
  }
  return done();
}

Status HeaderGate::header_ended() {
  const auto fields = crypto::fields_of(header_->header());
  facts_ = facts_of(fields, rules_);
  facts_->fault = fault_of(header_->header(), *facts_);
  const std::string kept = crypto::without_fields(
      fields, [this](const crypto::HeaderField& field) { return must_go(field, rules_); });
  facts_->has_utf8 = !is_ascii(kept) && is_utf8(kept);
  if (const Status s = pass(as_bytes(kept)); !s) return s;
  look_into_body(fields);
  const Status passed = header_->rest().empty() ? done() : pass_body(as_bytes(header_->rest()));
  header_.reset();
  return passed;
}

void HeaderGate::look_into_body(const std::vector<crypto::HeaderField>& fields) {
  using Attached = QuotedMarks::Attached;
  if (rules_.blobs == GateRules::Blobs::watch && !facts_->sealed) blobs_.emplace();
  if (facts_->passed) return;
  if (facts_->may_quote) {
    quotes_.emplace(rules_.marks, facts_->of_a_list ? Attached::all : Attached::marked);
  } else if (has_parts(fields)) {
    wrapped_.emplace(rules_.marks, fields);
  }
}

Status HeaderGate::pass_body(ByteView octets) {
  if (quotes_) quotes_->write(octets);
  if (wrapped_) wrapped_->write(octets);
  if (blobs_) {
    blobs_->write(octets);
    facts_->may_hold_blob = blobs_->found();
  }
  std::string& front = facts_->sealed_front;
  if (!facts_->sealed_for.empty() && front.size() < kSealedFrontBytes) {
    front += as_text(octets).substr(0, kSealedFrontBytes - front.size());
  }
  return pass(octets);
}

Status HeaderGate::pass(ByteView octets) { return octets.empty() ? done() : to_.write(octets); }

}  // namespace culvert::node
