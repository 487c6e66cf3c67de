// A header for readers that differ: what check_header lets pass is read alike by one who knows no
// controls; what is found of authors does not depend on how often it is asked; marks go, and with
// them nothing of what stays.
#include "crypto/mime/authors.h"
#include "crypto/mime/header_check.h"
#include "crypto/mime/header_fields.h"
#include "crypto/mime/trust_mark.h"
#include "tests/fuzz/mime_support.h"

namespace culvert::crypto::fuzz {
namespace {

constexpr std::string_view kOurName = "gate.a.example";

// The octets that some reader passes over or takes for the end of a line are gone.
std::string without_controls(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r' || c == '\n' || !has_control(std::string_view(&c, 1))) out.push_back(c);
  }
  return out;
}

void check_sound(std::string_view header) {
  const auto fields = fields_of(header);
  for (const HeaderField& field : fields)
    expect(!field.name.empty() && !has_control(field.name));
  const std::string bare = without_controls(header);
  const auto again = fields_of(bare);
  expect(again.size() == fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i)
    expect(again[i].name == fields[i].name);
  for (const char* name : {"From", "Sender", "Received"})
    expect(bodies_of(fields, name) == bodies_of(again, name));
}

void check_authors(const std::vector<HeaderField>& fields) {
  const AuthorDomains authors = author_domains(fields);
  for (const Domain& name : authors.names)
    for (const Domain& address : authors.addresses)
      expect(name != address);
  const auto one = single_from(fields);
  if (!one || authors.too_many) return;
  bool found = false;
  for (const Domain& address : authors.addresses)
    found = found || address == one->domain();
  expect(found);
}

}  // namespace
}  // namespace culvert::crypto::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace crypto = culvert::crypto;
  using crypto::fuzz::expect;
  const std::string_view header = culvert::as_text(culvert::ByteView(data, size));
  const culvert::Status good = crypto::check_header(header);
  expect(good.ok() || good.error().code == "fields");
  if (good) crypto::fuzz::check_sound(header);
  const auto fields = crypto::fields_of(header);
  crypto::fuzz::check_authors(fields);
  const auto is_mark = [](const crypto::HeaderField& field) {
    return crypto::is_trust_mark(field, crypto::fuzz::kOurName);
  };
  const std::string kept = crypto::without_fields(fields, is_mark);
  if (good) expect(crypto::without_fields(crypto::fields_of(kept), is_mark) == kept);
  return 0;
}
