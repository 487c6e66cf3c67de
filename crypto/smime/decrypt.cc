#include "crypto/smime/decrypt.h"

#include "crypto/cms/enveloped.h"
#include "crypto/smime/cms_input.h"
#include "crypto/smime/object_reason.h"

namespace culvert::crypto {

Result<DecryptReport> decrypt(RewindableSource& input, const KeyRing& keys, Sink& to,
                              OldCiphers old_ciphers) {
  const auto cms = CmsInput::open(input);
  if (!cms) return cms.error();
  const auto opened = EnvelopedReader::open((*cms)->der(), keys, old_ciphers);
  if (!opened) return explain_no_key(opened.error(), (*cms)->der());
  const auto count = copy_all(**opened, to);
  if (!count) return count.error();
  const ContentKey& key = (*opened)->content_key();
  return DecryptReport{.kind = (*opened)->kind(),
                       .cipher = std::string((*opened)->cipher()),
                       .recipient_kind = std::string(key.kind),
                       .recipient = key.recipient,
                       .weak = (*opened)->weak(),
                       .content_bytes = *count,
                       .passed_over = (*cms)->passed_over()};
}

}  // namespace culvert::crypto
