#include "crypto/cms/recipient_pwri.h"

#include "crypto/cms/content_info.h"
#include "crypto/cms/password_wrap.h"
#include "crypto/cms/pbkdf2_parameters.h"
#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kVersion = 0;

struct PasswordInfo {
  AlgorithmName derivation;
  WrappedKey key;
};

Result<PasswordInfo> read_info(ByteView octets) {
  BerReader in(octets);
  if (const Status entered = in.enter(context_tag(3)); !entered) return entered.error();
  const auto version = read_version(in);
  if (!version) return version.error();
  if (*version != kVersion) return refuse(Refusal::unexpected_element, "version of the recipient");
  const auto next = in.peek();
  if (!next) return next.error();
  // If absent, the key would come from elsewhere; KEKRecipientInfo is for that.
  if (*next != context_tag(0)) return refuse(Refusal::bad_key_parameters, "no key derivation");
  auto derivation = read_algorithm(in, context_tag(0));
  if (!derivation) return derivation.error();
  auto key = read_wrapped_key_at_end(in);
  if (!key) return key.error();
  return PasswordInfo{*std::move(derivation), *std::move(key)};
}

}  // namespace

Result<OpenedKey> open_key_by_password(const KeyRequest& request) {
  const auto read = read_info(request.info);
  if (!read) return read.error();
  const auto wrap = read_password_wrap(read->key.wrap);
  if (!wrap) return wrap.error();
  if (!is_password_wrapped(read->key.wrapped)) return refuse(Refusal::key_unwrap_failed);
  const auto parameters = read_pbkdf2(read->derivation, wrap->key_bytes);
  if (!parameters) return parameters.error();
  if (parameters->iterations > request.iterations_left) {
    return refuse(Refusal::too_many_iterations, "all recipients together");
  }
  request.iterations_left -= parameters->iterations;
  const auto wrapping = request.keys.derive_from_password(*parameters);
  if (!wrapping) return wrapping.error();
  auto key = unwrap_by_password(*wrap, *wrapping, read->key.wrapped, request.key_bytes);
  if (!key) return key.error();
  return OpenedKey{*std::move(key)};
}

}  // namespace culvert::crypto
