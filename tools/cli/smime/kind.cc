#include "tools/cli/smime/kind.h"

#include <algorithm>

#include "crypto/cms/certs_only.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/refusal.h"
#include "crypto/mime/base64.h"
#include "crypto/smime/cms_input.h"

namespace culvert::cli {
namespace {

constexpr std::size_t kShownOctets = 30;

bool holds_only_certificates(RewindableSource& der) {
  return der.rewind() && crypto::read_certs_only(der);
}

// Adds the octets found where the object should begin; as base64 if they are not text.
Error tell_front(Error error, crypto::CmsInput& cms) {
  if (cms.wrapping() == crypto::Wrapping::der || !cms.der().rewind()) return error;
  const auto front = read_front(cms.der(), kShownOctets);
  if (!front || front->empty()) return error;
  const bool is_text =
      std::all_of(front->begin(), front->end(), [](auto c) { return c >= 0x20 && c < 0x7f; });
  const std::string shown = is_text ? to_text(*front) : crypto::to_base64(*front);
  error.text += ": where it should begin stands '" + shown +
                "'; words in front of an object, or header lines of PEM, are no part of it";
  return error;
}

}  // namespace

Error say_what_it_is(Error error, RewindableSource& input) {
  if (error.code != crypto::refusal_code(crypto::Refusal::not_cms) || !input.rewind()) return error;
  const auto cms = crypto::CmsInput::open(input);
  if (!cms) return error;
  crypto::BerReader ber((*cms)->der());
  const auto type = crypto::enter_content_info(ber);
  if (!type) return tell_front(error, **cms);
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
