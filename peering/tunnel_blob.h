// Whether a message is tunnel mail, and where its CMS octets stand (protocol.md, "Is it tunnel
// mail?"). The recipients tell, without any private key and before anything is trusted.
#pragma once

#include <memory>
#include <vector>

#include "crypto/base/stream.h"
#include "crypto/cms/recipient_peek.h"
#include "crypto/keys/certificate.h"

namespace culvert::peering {

// How our own tunnel recipients are known: by the identity that issued them, and by every tunnel
// certificate that was ever announced.
struct OwnRecipients {
  const crypto::Certificate& identity;
  const std::vector<crypto::IssuerAndSerial>& announced;
};

// True if one of the recipients is ours (protocol.md, "Is it tunnel mail?"). Such mail is opened or
// quarantined; any other passes untouched.
bool is_tunnel_mail(const crypto::RecipientPeek& recipients, const OwnRecipients& own);

// Whom a body is sealed for, by its first octets as they came, in DER or base64. `unknown`: they
// are no CMS, or they end before the recipients do.
enum class SealedFor { unknown, us, others };
SealedFor sealed_for(ByteView front, const OwnRecipients& own);

// The CMS octets of a message whose top-level entity is a blob by its media type. Reads the header
// of `message` and gives the decoded body. Nothing if the top-level entity is no
// application/pkcs7-mime in base64 or binary. `message` must outlive the result.
Result<std::unique_ptr<RewindableSource>> cms_body_of(RewindableSource& message);

// How many octets at the start of a body that is no pkcs7-mime are searched for recipients.
inline constexpr std::uint64_t kMaxPeekedPartBytes = 64 * 1024;

// How many places where a blob may begin are looked at if MIME shows no blob.
inline constexpr std::size_t kMaxRawPlaces = 10;

struct TunnelBlob {
  enum class Place {
    nowhere,
    alone,          // it is all that people would see (EFAIL: only then is it opened)
    beside_others,  // something was added on the way, or the blob is unreadable
  };
  Place place = Place::nowhere;
  std::unique_ptr<RewindableSource>
      octets{};  // CMS, from its first octet on; null if it cannot be read
};

// Looks for CMS octets with a recipient of ours: as the body, whatever media type a relay gave it,
// or as a leaf of multiparts (crypto/mime/leaves.h), in base64 or binary. A blob elsewhere (in an
// attached message, in another encoding, behind a boundary that nobody understands) is
// `beside_others`. `message` must be at its beginning and outlive the result, and nobody else may
// read it. temporary and internal errors of `message`.
Result<TunnelBlob> find_tunnel_blob(RewindableSource& message, const OwnRecipients& own);

}  // namespace culvert::peering
