// A report of somebody else's system: nothing crashes, codes have the one form that may go further,
// and what was read is read the same from a report of ours that says it.
#include <cstdlib>

#include "crypto/base/limits.h"
#include "node/reports/dsn.h"
#include "node/reports/dsn_reader.h"

namespace {

using culvert::Domain;
using culvert::Mailbox;
using culvert::node::ReportedRecipient;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_code(const std::string& status) {
  return status.size() >= 5 && status.size() <= 9 && (status[0] == '4' || status[0] == '5') &&
         status.find_first_not_of("0123456789.") == std::string::npos;
}

void check_round_trip(const std::vector<ReportedRecipient>& read) {
  const Domain own = *Domain::parse("a.example");
  culvert::node::DsnRequest request{"gate.a.example",
                                    own,
                                    *Mailbox::parse("x@a.example"),
                                    "",
                                    "b",
                                    "id@a.example",
                                    {},
                                    {},
                                    {},
                                    "",
                                    culvert::node::DsnRequest::Original::sealed};
  std::vector<ReportedRecipient> wanted;
  for (const ReportedRecipient& r : read) {
    require(is_code(r.status));
    if (!r.failed || !r.final_recipient) continue;
    request.recipients.push_back({*r.final_recipient, "", r.status, "no", ""});
    wanted.push_back({r.final_recipient, std::nullopt, true, r.status});
  }
  if (wanted.empty()) return;
  const culvert::Bytes report = culvert::node::make_dsn(request);
  const auto again = culvert::node::read_dsn(culvert::as_text(report));
  require(again.ok() && *again == wanted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = culvert::node::read_dsn(culvert::as_text({data, size}));
  if (!read) return 0;
  require(!read->empty() && read->size() <= culvert::kMaxRecipients);
  check_round_trip(*read);
  return 0;
}
