#include "crypto/cms/content_key.h"

#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

// One message names each of our keys once; more would only make us compute.
constexpr std::size_t kMaxMatchedRecipients = 8;

Result<SecretBytes> open_one(const MatchedRecipient& recipient, const CipherRow& cipher,
                             const KeyRing& keys) {
  if (recipient.kind->open == nullptr) {
    return refuse(Refusal::unsupported_recipient, std::string(recipient.kind->name));
  }
  if (recipient.key.rule == ContentRule::aead_only && cipher.kind != CipherKind::aead) {
    return refuse(Refusal::not_aead, "the key opens AEAD content only");
  }
  auto key = recipient.kind->open(recipient.info, recipient.index, recipient.key, keys);
  if (key && key->size() != cipher.key_bytes) return refuse(Refusal::key_size_mismatch);
  return key;
}

}  // namespace

Result<std::vector<MatchedRecipient>> match_recipients(BerReader& from, const KeyRing& keys) {
  std::vector<MatchedRecipient> matched;
  const Status visited =
      visit_recipients(from, [&](const RecipientKind& kind, ByteView info) -> Result<std::size_t> {
        if (kind.names == nullptr) return std::size_t{1};
        const auto names = kind.names(info);
        if (!names) return names.error();
        for (std::size_t i = 0; i < names->size(); ++i) {
          if (matched.size() == kMaxMatchedRecipients) break;
          auto held = keys.find((*names)[i]);
          if (!held) continue;
          matched.push_back({&kind, Bytes(info.begin(), info.end()), i, *std::move(held)});
        }
        return names->size();
      });
  if (!visited) return visited.error();
  return matched;
}

Result<ContentKey> open_content_key(const std::vector<MatchedRecipient>& recipients,
                                    const CipherRow& cipher, const KeyRing& keys) {
  Error last = refuse(Refusal::no_key);
  for (const MatchedRecipient& recipient : recipients) {
    auto key = open_one(recipient, cipher, keys);
    if (key) return ContentKey{*std::move(key), recipient.key.certificate};
    last = std::move(key).error();
  }
  return last;
}

}  // namespace culvert::crypto
