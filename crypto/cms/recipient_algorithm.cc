#include "crypto/cms/recipient_algorithm.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/cms/algorithms.h"
#include "crypto/cms/oid.h"
#include "crypto/cms/refusal.h"

namespace culvert::crypto {
namespace {

constexpr std::array<std::pair<Oid, std::string_view>, 7> kNames{{
    {Oid{"1.2.840.113549.1.1.1"}, "RSAES-PKCS1-v1_5"},
    {Oid{"1.2.840.113549.1.1.7"}, "RSAES-OAEP"},
    {Oid{"1.2.840.113549.1.9.16.3.9"}, "PWRI-KEK"},
    {Oid{"1.2.840.113549.1.9.16.13.3"}, "KEM"},
    {Oid{"2.16.840.1.101.3.4.4.1"}, "ML-KEM-512"},
    {Oid{"2.16.840.1.101.3.4.4.2"}, "ML-KEM-768"},
    {Oid{"2.16.840.1.101.3.4.4.3"}, "ML-KEM-1024"},
}};

std::string name_of(ByteView oid) {
  if (const AgreementRow* row = find_agreement(oid)) return std::string(row->name);
  if (const WrapRow* row = find_wrap(oid)) return std::string(row->name);
  if (const CipherRow* row = find_cipher(oid)) return std::string(row->name);
  const auto found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& row) { return row.first == oid; });
  return found == kNames.end() ? oid_text(oid) : std::string(found->second);
}

std::string text_of(const AlgorithmName& algorithm) {
  std::string text = name_of(algorithm.oid);
  // The parameter of an agreement and of PWRI-KEK is the algorithm that wraps.
  BerReader inner{ByteView(algorithm.parameters)};
  const bool wraps = find_agreement(algorithm.oid) != nullptr || text == "PWRI-KEK";
  const auto wrap = wraps ? read_algorithm(inner) : Result<AlgorithmName>(AlgorithmName{});
  if (wraps && wrap) text += " with " + name_of(wrap->oid);
  return text;
}

// The first element that is an AlgorithmIdentifier. The names of certificates and keys before it do
// not begin with an OID.
Result<std::string> first_algorithm(BerReader& in) {
  while (true) {
    const auto next = in.peek();
    if (!next) return next.error();
    if (*next == kTagEnd) return refuse(Refusal::unsupported_recipient);
    const auto element = in.element(kMaxRecipientInfoBytes);
    if (!element) return element.error();
    if (*next != kTagSequence) continue;
    BerReader candidate{ByteView(*element)};
    if (const auto algorithm = read_algorithm(candidate)) return text_of(*algorithm);
  }
}

}  // namespace

Result<std::string> key_algorithm_text(const RecipientKind& kind, ByteView info) {
  BerReader in(info);
  if (const Status entered = in.enter(kind.identifier); !entered) return entered.error();
  const auto first = in.peek();
  if (!first) return first.error();
  if (*first == kTagOid) {  // OtherRecipientInfo: its type, and what it holds
    const auto type = in.oid();
    if (!type) return type.error();
    if (const Status entered = in.enter(kTagSequence); !entered) return name_of(*type);
  }
  return first_algorithm(in);
}

}  // namespace culvert::crypto
