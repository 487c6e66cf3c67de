#include "tools/cli/demo/checks.h"

#include <fmt/format.h>

#include "crypto/base/bytes.h"
#include "crypto/keys/digest.h"

namespace culvert::cli {
namespace {

constexpr std::string_view kOurFields[] = {
    "Received:", "Culvert-Result:", "Authentication-Results:"};

bool starts_with_our_field(std::string_view line) {
  for (const std::string_view field : kOurFields) {
    if (line.starts_with(field)) return true;
  }
  return false;
}

// Reads the lines above the original.
void read_added(std::string_view added, Arrival& arrival) {
  constexpr std::string_view kResult = "Culvert-Result: ";
  std::size_t results = 0;
  while (!added.empty() && arrival.why.empty()) {
    const std::size_t end = added.find("\r\n");
    const std::string_view line = added.substr(0, end);
    added.remove_prefix(end == std::string_view::npos ? added.size() : end + 2);
    if (line.starts_with(' ') || line.starts_with('\t')) continue;
    if (!starts_with_our_field(line))
      arrival.why = "a strange line was added: " + std::string(line);
    ++arrival.added_fields;
    if (!line.starts_with(kResult)) continue;
    ++results;
    arrival.culvert_result = line.substr(kResult.size());
  }
  if (results != 1) arrival.culvert_result.clear();
}

// Where two texts that should be equal begin to differ, counted from the end.
std::string difference(std::string_view a, std::string_view b) {
  std::size_t same = 0;
  while (same < a.size() && same < b.size() && a[a.size() - 1 - same] == b[b.size() - 1 - same]) {
    ++same;
  }
  return fmt::format("of {} octets handed in only the last {} arrived unchanged", a.size(), same);
}

}  // namespace

Arrival compare_arrival(std::string_view handed_in, std::string_view arrived) {
  Arrival arrival;
  if (!arrived.ends_with(handed_in)) {
    arrival.why = difference(handed_in, arrived);
    return arrival;
  }
  read_added(arrived.substr(0, arrived.size() - handed_in.size()), arrival);
  arrival.whole = arrival.why.empty();
  return arrival;
}

std::string last_sealed(std::string_view heard) {
  const std::size_t blob = heard.rfind("smime-type=authEnveloped-data");
  if (blob == std::string_view::npos) return {};
  const std::size_t mail = heard.rfind("MAIL FROM:", blob);
  const std::size_t end = heard.find("\r\n.\r\n", blob);
  if (mail == std::string_view::npos) return {};
  return std::string(heard.substr(mail, end == std::string_view::npos ? end : end + 2 - mail));
}

std::string sha256_hex(std::string_view octets) { return to_hex(crypto::sha256(as_bytes(octets))); }

}  // namespace culvert::cli
