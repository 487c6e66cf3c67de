#include "tools/cli/smime/author.h"

#include <string>

#include "crypto/base/log.h"
#include "crypto/mime/header.h"
#include "tools/cli/standard_streams.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kShownOctets = 100;

std::string addresses_of(const crypto::Certificate& signer) {
  std::string text;
  for (const Mailbox& address : signer.addresses())
    text += (text.empty() ? "" : ", ") + address.text();
  return text.empty() ? "no address at all" : text;
}

std::string no_author(std::string_view header) {
  const auto fields = crypto::fields_of(header);
  const auto from = crypto::bodies_of(fields, "From");
  if (from.empty()) return "the message has no From";
  return "From, '" + crypto::unfolded(from.front()) + "', is not exactly one author";
}

}  // namespace

void warn_if_for_another(const crypto::Certificate& signer, std::string_view header,
                         crypto::LocalParts local_parts) {
  const auto author = crypto::author_of(header);
  if (!author) return;
  if (author->mailbox && crypto::names_address(signer, *author->mailbox, local_parts)) return;
  const std::string whom =
      author->mailbox ? "From is " + author->mailbox->text() : no_author(header);
  tell_people("note: " + printable(whom, kShownOctets) + "; the certificate that signs names " +
              printable(addresses_of(signer), kShownOctets) +
              ": readers will not take the signature for the author's (give the author's key and "
              "certificate, or correct From)\n");
}

}  // namespace culvert::cli
