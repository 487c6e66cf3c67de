#include "crypto/smime/decrypt.h"

#include "crypto/cms/enveloped.h"
#include "crypto/smime/cms_input.h"

namespace culvert::crypto {

Result<DecryptReport> decrypt(RewindableSource& input, const KeyRing& keys, Sink& to) {
  const auto cms = CmsInput::open(input);
  if (!cms) return cms.error();
  const auto opened = EnvelopedReader::open((*cms)->der(), keys);
  if (!opened) return opened.error();
  const auto count = copy_all(**opened, to);
  if (!count) return count.error();
  return DecryptReport{std::string((*opened)->cipher()), (*opened)->content_key().recipient, *count};
}

}  // namespace culvert::crypto
