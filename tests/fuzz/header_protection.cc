// Header protection: what is protected comes back field by field, and no payload, whatever it says,
// gives a trust mark, a claim that the seal did not prove, or a field without a signature.
//
// The input: one octet that chooses the seal and the policy, the header of a message up to an empty
// line, then a payload.
#include "crypto/mime/header_protection.h"

#include "crypto/mime/header_fields.h"
#include "crypto/mime/mime_refusal.h"
#include "crypto/mime/trust_mark.h"
#include "tests/fuzz/mime_support.h"

namespace culvert::crypto::fuzz {
namespace {

constexpr std::string_view kOurName = "gate.b.example";

Protection seal_from(std::uint8_t choice) { return static_cast<Protection>(choice & 3); }

bool is_signed(Protection seal) {
  return seal == Protection::signed_only || seal == Protection::signed_and_encrypted;
}
bool is_encrypted(Protection seal) {
  return seal == Protection::encrypted_only || seal == Protection::signed_and_encrypted;
}

void check_opened(const OpenedHeader& opened, Protection seal) {
  for (const ProtectedField& field : opened.fields) {
    expect(is_encrypted(seal) || !is_encrypted(field.protection));
    expect(is_signed(seal) || !is_signed(field.protection));
  }
  expect(!opened.is_restored || (is_signed(seal) && opened.from != InnerFrom::differs));
  const std::size_t end = opened.header.find("\r\n\r\n");
  for (const HeaderField& field : fields_of(std::string_view(opened.header).substr(0, end))) {
    expect(!is_trust_mark(field, kOurName));
    expect(!same_name(field.name, kHpOuter));
  }
}

// Returns what was opened, or nothing if it was refused.
std::optional<OpenedHeader> open_payload(std::string_view outer, ByteView payload, Protection seal,
                                         std::size_t step) {
  TricklingSource source(payload, step);
  const auto head = read_payload_head(source);
  if (!head) return std::nullopt;
  auto opened = open_header({outer, *head, seal, kOurName});
  if (!opened) {
    expect(mime_refusal_of(opened.error()).has_value());
    return std::nullopt;
  }
  check_opened(*opened, seal);
  opened->header += to_text(head->rest);
  opened->header += text_of(source, step);
  return *std::move(opened);
}

void check_reading(std::string_view outer, ByteView payload, Protection seal) {
  const auto whole = open_payload(outer, payload, seal, payload.size() + 1);
  const auto cut = open_payload(outer, payload, seal, cut_of(payload));
  expect(whole.has_value() == cut.has_value());
  if (whole) expect(whole->header == cut->header && whole->form == cut->form);
}

std::vector<std::string> author_fields(std::string_view header) {
  std::vector<std::string> fields;
  for (const HeaderField& field : fields_of(header)) {
    if (!is_field_name(field.name) || is_structural_field(field.name) ||
        is_transport_field(field.name) || is_blind_field(field.name) ||
        same_name(field.name, kHpOuter)) {
      continue;
    }
    std::string raw(field.raw);
    if (!raw.ends_with("\r\n")) raw += "\r\n";
    fields.push_back(std::move(raw));
  }
  return fields;
}

void check_writing(std::string_view header, std::uint8_t choice) {
  HeaderProtectionOptions options;
  options.seal = seal_from(choice);
  if (options.seal == Protection::unprotected) return;
  if ((choice & 4) != 0) options.confidentiality = HeaderConfidentiality::no_confidentiality;
  if ((choice & 8) != 0) options.legacy_display = LegacyDisplay::include;
  const auto head = protect_header(header, options);
  if (!head) return;
  PayloadHead payload;
  payload.header = head->payload;
  const auto opened = open_header({head->outer, payload, options.seal, kOurName});
  if (!opened) return;  // a NUL, or a CR or LF alone, in the header
  check_opened(*opened, options.seal);
  expect(opened->form == HeaderProtectionForm::rfc9788);
  const auto expected = author_fields(header);
  expect(opened->fields.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    expect(opened->fields[i].raw == expected[i]);
}

void check_input(ByteView input) {
  if (input.empty()) return;
  const std::uint8_t choice = input[0];
  const std::string_view text = as_text(input.subspan(1));
  const std::size_t end = std::min(text.find("\r\n\r\n"), text.size());
  const std::string_view outer = text.substr(0, std::min(end + 2, text.size()));
  const std::string_view payload = text.substr(std::min(end + 4, text.size()));
  check_reading(outer, as_bytes(payload), seal_from(choice));
  check_writing(outer, choice);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  culvert::crypto::fuzz::check_input({octets, size});
  return 0;
}
