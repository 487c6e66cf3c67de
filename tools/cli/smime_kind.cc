#include "tools/cli/smime_kind.h"

#include "crypto/cms/certs_only.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/refusal.h"
#include "crypto/smime/cms_input.h"

namespace culvert::cli {
namespace {

bool holds_only_certificates(RewindableSource& der) {
  return der.rewind() && crypto::read_certs_only(der);
}

}  // namespace

Error say_what_it_is(Error error, RewindableSource& input) {
  if (error.code != crypto::refusal_code(crypto::Refusal::not_cms) || !input.rewind()) return error;
  const auto cms = crypto::CmsInput::open(input);
  if (!cms) return error;
  crypto::BerReader ber((*cms)->der());
  const auto type = crypto::enter_content_info(ber);
  if (!type) return error;
  if (crypto::kOidSignedData == *type) {
    error.text = holds_only_certificates((*cms)->der())
                     ? "this holds certificates only and nothing encrypted: culvert smime inspect "
                       "shows them"
                     : "this is signed and not encrypted: use culvert smime verify";
  } else if (crypto::kOidEnvelopedData == *type || crypto::kOidAuthEnvelopedData == *type) {
    error.text = "this is encrypted: use culvert smime decrypt";
  } else if (crypto::kOidCompressedData == *type) {
    error.text = "this is compressed: culvert smime inspect shows what is in it";
  }
  return error;
}

}  // namespace culvert::cli
