#include "crypto/cms/recipient_peek.h"

#include "crypto/cms/recipient_info.h"
#include "crypto/cms/recipient_kekri.h"
#include "crypto/cms/refusal.h"
#include "crypto/cms/sealed_head.h"

namespace culvert::crypto {

Result<RecipientPeek> peek_recipients(Source& der) {
  BerReader in(der);
  RecipientPeek peek;
  const auto kind = enter_sealed(in);
  if (!kind) return kind.error();
  peek.kind = *kind;
  const Status visited =
      visit_recipients(in, [&](const RecipientKind& row, ByteView info) -> Result<std::size_t> {
        auto names = names_in(row, info);
        if (!names) return names.error();
        if (!*names) {
          ++peek.unnamed;
          if (row.identifier == context_tag(3)) ++peek.passwords;
          const auto shared = shared_key_name(info);
          if (shared) peek.shared_keys.push_back(*shared);
          return std::size_t{1};
        }
        for (CertificateName& name : **names)
          peek.names.push_back(std::move(name));
        return (*names)->size();
      });
  if (!visited) return visited.error();
  return peek;
}

Status check_sealed_form(Source& der) {
  BerReader in(der);
  const auto kind = enter_sealed(in);
  if (!kind) return kind.error();
  const Status recipients =
      visit_recipients(in, [](const RecipientKind&, ByteView) { return Result<std::size_t>(1); });
  if (!recipients) return recipients;
  const auto head = enter_sealed_content(in);
  if (!head) return head.error();
  return pass_sealed_content(in, *kind);
}

}  // namespace culvert::crypto
