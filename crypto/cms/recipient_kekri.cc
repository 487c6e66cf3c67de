#include "crypto/cms/recipient_kekri.h"

#include "crypto/cms/certificate_name.h"
#include "crypto/cms/content_info.h"
#include "crypto/cms/der_writer.h"
#include "crypto/cms/recipient_parts.h"
#include "crypto/cms/refusal.h"
#include "crypto/keys/key_wrap.h"

namespace culvert::crypto {
namespace {

constexpr std::uint8_t kVersion = 4;

struct SharedInfo {
  Bytes identifier;
  WrappedKey key;
};

// KEKIdentifier. Its `date` and `other` name nothing that we know and decide nothing.
Result<Bytes> read_identifier(BerReader& in) {
  if (const Status entered = in.enter(kTagSequence); !entered) return entered.error();
  auto identifier = in.octets(kTagOctetString, kMaxRecipientInfoBytes);
  if (!identifier) return identifier.error();
  // It is somebody else's key: none of ours has so long a name.
  if (identifier->size() > kMaxKeyIdentifierBytes) return refuse(Refusal::no_key);
  for (const std::uint8_t optional : {kTagGeneralizedTime, kTagSequence}) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next != optional) continue;
    if (const Status skipped = in.skip(); !skipped) return skipped.error();
  }
  if (const Status left = in.leave(); !left) return left.error();
  return identifier;
}

Result<SharedInfo> read_info(ByteView octets) {
  BerReader in(octets);
  if (const Status entered = in.enter(context_tag(2)); !entered) return entered.error();
  const auto version = read_version(in);
  if (!version) return version.error();
  if (*version != kVersion) return refuse(Refusal::unexpected_element, "version of the recipient");
  auto identifier = read_identifier(in);
  if (!identifier) return identifier.error();
  auto key = read_wrapped_key_at_end(in);
  if (!key) return key.error();
  return SharedInfo{*std::move(identifier), *std::move(key)};
}

}  // namespace

Result<Bytes> shared_key_name(ByteView info) {
  auto read = read_info(info);
  if (!read) return read.error();
  return std::move(read->identifier);
}

Result<Bytes> seal_key_by_shared(const SharedKey& shared, const SecretBytes& content_key) {
  const WrapRow& row = *find_wrap(kOidAes256Wrap.octets());
  if (shared.key == nullptr || shared.key->size() != row.key_bytes) {
    return refuse(Refusal::bad_key_size, "a shared key has 32 octets");
  }
  if (shared.identifier.empty() || shared.identifier.size() > kMaxKeyIdentifierBytes) {
    return refuse(Refusal::unsupported_recipient, "the identifier of a shared key");
  }
  const auto wrapped = wrap_key(*shared.key, content_key);
  if (!wrapped) return wrapped.error();
  return der(context_tag(2),
             {der_integer(kVersion), der_sequence({der_octet_string(shared.identifier)}),
              der_algorithm(row.oid), der_octet_string(*wrapped)});
}

Result<OpenedKey> open_key_by_shared(const KeyRequest& request) {
  const auto read = read_info(request.info);
  if (!read) return read.error();
  const auto wrap = wrap_of(read->key.wrap);
  if (!wrap) return wrap.error();
  auto key = request.keys.unwrap_shared(read->identifier, wrap->row->key_bytes, read->key.wrapped);
  if (!key) return key.error();
  return OpenedKey{*std::move(key)};
}

}  // namespace culvert::crypto
