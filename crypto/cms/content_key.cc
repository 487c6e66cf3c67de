#include "crypto/cms/content_key.h"

#include <algorithm>

#include "crypto/cms/refusal.h"
#include "crypto/keys/random.h"

namespace culvert::crypto {
namespace {

// Keys without a certificate are tried on at most this many recipients of a kind: nobody writes to
// more at once without saying for whom.
constexpr std::size_t kMostByBareKey = 32;

// True for a recipient that may be anybody, since our key has no certificate.
bool is_bare(const MatchedRecipient& recipient) {
  return recipient.held && !recipient.held->certificate;
}

// Collects the recipients that may be ours.
class Matching {
 public:
  explicit Matching(const KeyRing& keys) : keys_(keys), bare_keys_(keys.bare_keys()) {}

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
      if (held) {
        keep({&kind, Bytes(info.begin(), info.end()), i, *std::move(held)});
        continue;
      }
      for (const HeldKey& bare : bare_keys_) {
        if (kind.fits(bare.kind())) keep({&kind, Bytes(info.begin(), info.end()), i, bare});
      }
    }
    return (*names)->size();
  }

  std::vector<MatchedRecipient> take() { return std::move(matched_); }

 private:
  void keep(MatchedRecipient recipient) {
    const bool bare = is_bare(recipient);
    const auto count =
        std::count_if(matched_.begin(), matched_.end(), [&](const MatchedRecipient& other) {
          return other.kind == recipient.kind && is_bare(other) == bare;
        });
    if (static_cast<std::size_t>(count) < (bare ? kMostByBareKey : recipient.kind->most_tried)) {
      matched_.push_back(std::move(recipient));
    }
  }

  const KeyRing& keys_;
  const std::vector<HeldKey> bare_keys_;
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

// Sets `chosen` to `once` if that equals `twice`. Takes the same time either way.
void choose_if_equal(SecretBytes& chosen, const SecretBytes& once, const SecretBytes& twice) {
  const ByteView a = once.view();
  const ByteView b = twice.view();
  const MutableBytes out = chosen.writable();
  unsigned difference = 0;
  for (std::size_t i = 0; i < out.size(); ++i)
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  const unsigned take = (difference - 1) >> 8;  // all ones if there is none
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>((a[i] & take) | (out[i] & ~take));
}

ContentKey made_up(const MatchedRecipient& recipient, const CipherRow& cipher) {
  return {random_secret(cipher.key_bytes), std::nullopt, recipient.kind->name, {}};
}

// PKCS#1 v1.5 gives a made-up key if the padding is wrong, a different one each time. So the
// recipient that gives the same key twice is ours. Which one is ours, if any, shows neither in the
// result, which is always a key, nor in the time (RFC 3218, 2.3.2). A number that is not below our
// modulus is surely somebody else's, which shows in the time only, and to everybody.
std::optional<ContentKey> open_silent_bare(const std::vector<MatchedRecipient>& recipients,
                                           const CipherRow& cipher, const KeyRing& keys,
                                           std::uint64_t& iterations_left) {
  std::optional<ContentKey> chosen;
  for (const MatchedRecipient& recipient : recipients) {
    if (recipient.kind->turn != Turn::silent || !is_bare(recipient)) continue;
    auto once = open_one(recipient, cipher, keys, iterations_left);
    if (!once) {
      if (!chosen) chosen = made_up(recipient, cipher);
      continue;
    }
    if (!chosen) {
      chosen = *std::move(once);
      continue;
    }
    const auto twice = open_one(recipient, cipher, keys, iterations_left);
    if (twice) choose_if_equal(chosen->key, once->key, twice->key);
  }
  return chosen;
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
      if (turn == Turn::silent && is_bare(recipient)) continue;
      auto key = open_one(recipient, cipher, keys, iterations_left);
      if (key) return key;
      if (is_bare(recipient)) continue;  // most likely somebody else's
      const bool says_more = refusal_of(key.error()) != Refusal::no_key;
      if (says_more && refusal_of(refusal) == Refusal::no_key) refusal = std::move(key).error();
    }
  }
  if (auto key = open_silent_bare(recipients, cipher, keys, iterations_left))
    return *std::move(key);
  return refusal;
}

}  // namespace culvert::crypto
