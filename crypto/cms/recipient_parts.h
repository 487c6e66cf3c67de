// What several kinds of RecipientInfo are made of.
#pragma once

#include <optional>

#include "crypto/base/result.h"
#include "crypto/cms/algorithms.h"
#include "crypto/cms/ber_reader.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {

// A content key as it travels under another symmetric key; longer ones are no content keys.
inline constexpr std::size_t kMaxWrappedKeyBytes = 256;

// KeyEncryptionAlgorithmIdentifier and EncryptedKey, with which some kinds of recipient end.
struct WrappedKey {
  AlgorithmName wrap;
  Bytes wrapped;
};
// Reads both, leaves the element that `in` is in, and expects its end and the end of all.
Result<WrappedKey> read_wrapped_key_at_end(BerReader& in);
inline constexpr std::size_t kMaxUkmBytes = 1024;

// A key wrap, and the AlgorithmIdentifier that names it, in DER: that goes into derivations
// with its parameters as they were sent.
struct Wrap {
  const WrapRow* row;
  Bytes name;
};

// `unsupported-recipient` for what is not in the table or weaker than `least`, `bad-key-parameters`
// for parameters other than absent or NULL.
Result<Wrap> wrap_of(const AlgorithmName& algorithm, Strength least = Strength::strong);
// The same for what we write: without parameters.
Wrap wrap_named(const WrapRow& row);

// [number] EXPLICIT UserKeyingMaterial OPTIONAL, if it is the next element. An empty one is not the
// same as none.
Result<std::optional<Bytes>> read_ukm(BerReader& from, std::uint8_t identifier);

// An INTEGER that is not negative; those beyond 64 bits as the largest number.
Result<std::uint64_t> read_count(BerReader& from);

// For `ring_error` of a key ring: the same fault, and the word of the refusal if it is permanent.
Error refuse_for(Refusal refusal, const Error& ring_error);

}  // namespace culvert::crypto
