// Is it tunnel mail, and where in the message do its CMS octets stand (protocol.md, "Is it tunnel
// mail?")? Told by whom it is sealed for, without any private key, before anything is trusted.
#pragma once

#include <memory>
#include <vector>

#include "crypto/base/stream.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/keys/certificate.h"

namespace culvert::peering {

// What is known of tunnel recipients of ours: the identity that issued them, and every tunnel
// certificate that was ever announced.
struct OwnRecipients {
  const crypto::Certificate& identity;
  const std::vector<crypto::IssuerAndSerial>& announced;
};

// True if one of the recipients is ours (protocol.md, "Is it tunnel mail?"). Such mail is opened or
// quarantined; any other passes untouched.
bool is_tunnel_mail(const crypto::RecipientPeek& recipients, const OwnRecipients& own);

// Whom a body is sealed for, by its first octets as they came: DER, or base64. `unknown`: they are
// no CMS, or end before its recipients do.
enum class SealedFor { unknown, us, others };
SealedFor sealed_for(ByteView front, const OwnRecipients& own);

// The CMS octets of a message whose top-level entity is a blob by its media type: reads the header
// of `message` and gives its decoded body. Nothing if the top-level entity is no
// application/pkcs7-mime in base64 or binary. `message` must outlive it.
Result<std::unique_ptr<RewindableSource>> cms_body_of(RewindableSource& message);

// Of a part that is no pkcs7-mime, the first octets of the body in which recipients are looked for.
inline constexpr std::uint64_t kMaxPeekedPartBytes = 64 * 1024;

// Lines with which a blob may begin that are looked at where MIME shows none.
inline constexpr std::size_t kMaxRawPlaces = 10;

struct TunnelBlob {
  enum class Place {
    nowhere,
    alone,          // it is all that people would be shown (EFAIL: it is opened here only)
    beside_others,  // something was added to it on the way, or nobody could read it
  };
  Place place = Place::nowhere;
  std::unique_ptr<RewindableSource>
      octets{};  // CMS, from its first octet on; null if they cannot be read
};

// Looks for CMS octets with a recipient of ours: as the body, whatever media type a relay gave it,
// or as a leaf of multiparts (crypto/mime/leaves.h), in base64 or binary; or elsewhere (an attached
// message, another encoding, a boundary that nobody understands), where it is `beside_others`.
// `message` must be at its beginning and outlive the result, and nobody else may read it. temporary
// and internal errors of `message`.
Result<TunnelBlob> find_tunnel_blob(RewindableSource& message, const OwnRecipients& own);

}  // namespace culvert::peering
