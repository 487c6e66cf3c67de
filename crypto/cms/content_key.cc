#include "crypto/cms/content_key.h"

#include <algorithm>

#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

// Collects the recipients that may be ours.
class Matching {
 public:
  explicit Matching(const KeyRing& keys) : keys_(keys) {}

  // Looks at one RecipientInfo; returns how many recipients it holds.
  Result<std::size_t> see(const RecipientKind& kind, ByteView info) {
    if (kind.names == nullptr) {
      keep({&kind, Bytes(info.begin(), info.end()), 0, std::nullopt});
      return std::size_t{1};
    }
    const auto names = names_in(kind, info);
    if (!names) return names.error();
    if (!*names) return std::size_t{1};
    for (std::size_t i = 0; i < (*names)->size(); ++i) {
      auto held = keys_.find((**names)[i]);
      if (held) keep({&kind, Bytes(info.begin(), info.end()), i, *std::move(held)});
    }
    return (*names)->size();
  }

  std::vector<MatchedRecipient> take() { return std::move(matched_); }

 private:
  void keep(MatchedRecipient recipient) {
    const auto count =
        std::count_if(matched_.begin(), matched_.end(),
                      [&](const MatchedRecipient& other) { return other.kind == recipient.kind; });
    if (static_cast<std::size_t>(count) < recipient.kind->most_tried) {
      matched_.push_back(std::move(recipient));
    }
  }

  const KeyRing& keys_;
  std::vector<MatchedRecipient> matched_;
};

Result<ContentKey> open_one(const MatchedRecipient& recipient, const CipherRow& cipher,
                            const KeyRing& keys, std::uint64_t& iterations_left) {
  const HeldKey* held = recipient.held ? &*recipient.held : nullptr;
  if (held != nullptr && held->rule == ContentRule::aead_only && cipher.kind != CipherKind::aead) {
    return refuse(Refusal::not_aead, "the key opens AEAD content only");
  }
  auto opened = recipient.kind->open(
      {recipient.info, recipient.index, held, cipher.key_bytes, keys, iterations_left});
  if (!opened) return opened.error();
  if (opened->key.size() != cipher.key_bytes) return refuse(Refusal::key_size_mismatch);
  std::optional<Certificate> certificate;
  if (held != nullptr) certificate = held->certificate;
  return ContentKey{std::move(opened->key), std::move(certificate), recipient.kind->name,
                    opened->weakness};
}

}  // namespace

Result<std::vector<MatchedRecipient>> match_recipients(BerReader& from, const KeyRing& keys) {
  Matching matching(keys);
  const Status visited =
      visit_recipients(from, [&](const RecipientKind& kind, ByteView info) -> Result<std::size_t> {
        return matching.see(kind, info);
      });
  if (!visited) return visited.error();
  return matching.take();
}

Result<ContentKey> open_content_key(const std::vector<MatchedRecipient>& recipients,
                                    const CipherRow& cipher, const KeyRing& keys) {
  Error refusal = refuse(Refusal::no_key);
  std::uint64_t iterations_left = kMaxPbkdf2Iterations;
  for (const Turn turn : {Turn::usual, Turn::costly, Turn::silent}) {
    for (const MatchedRecipient& recipient : recipients) {
      if (recipient.kind->turn != turn) continue;
      auto key = open_one(recipient, cipher, keys, iterations_left);
      if (key) return key;
      const bool says_more = refusal_of(key.error()) != Refusal::no_key;
      if (says_more && refusal_of(refusal) == Refusal::no_key) refusal = std::move(key).error();
    }
  }
  return refusal;
}

}  // namespace culvert::crypto
