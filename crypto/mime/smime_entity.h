// S/MIME entities written as a stream (RFC 8551, 3.2 to 3.6): the header, and the CMS object in
// base64 lines of 76 characters. The caller provides the object.
//
// Each writer writes a whole message or entity. `fields` are its other header fields, from a header
// as in crypto/mime/header.h; structural ones (MIME-Version, Content-*) among them are left out,
// since the writer adds its own.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/delimiter_scanner.h"

namespace culvert::crypto {

// What a CMS object is (RFC 8551, 3.2.2).
enum class CmsKind { enveloped_data, auth_enveloped_data, signed_data, certs_only };

// MIME-Version, Content-Type with `smime-type` and a name, Content-Transfer-Encoding: base64 and
// Content-Disposition, each with CRLF; without an empty line.
std::string pkcs7_mime_fields(CmsKind kind);

// A CMS object in, an application/pkcs7-mime out.
class Pkcs7MimeWriter final : public Sink {
 public:
  // `to` must outlive this. The first write also writes the header, and an error of `to` shows
  // there.
  Pkcs7MimeWriter(CmsKind kind, std::string_view fields, Sink& to);
  Status write(ByteView octets) override;
  // The end of the object; call it once.
  Status finish();

 private:
  Status start();

  Sink& to_;
  std::string header_;
  Base64Encoder encoder_;
};

// A boundary made of at least 16 random octets; it cannot occur in base64 or quoted-printable.
std::string make_boundary(ByteView random_octets);

// The name in `micalg` (RFC 8551, 3.4.3.2) of a digest (`sha256`, as in crypto/cms/algorithms.h);
// `unknown` for one that has no name there.
std::string_view micalg_of(std::string_view digest_name);

struct MultipartSignedHead {
  std::string boundary;          // from make_boundary
  std::string micalg;            // from micalg_of; several are joined by commas
  std::string_view fields = {};  // see above; must outlive the constructor only
};

// An entity and a detached CMS object in, a multipart/signed out. The entity passes through while
// it is hashed, so that one pass is enough: call write_entity for all of it, then write_signature.
class MultipartSignedWriter {
 public:
  // `to` must outlive this. An error of `to` shows with the first write.
  MultipartSignedWriter(const MultipartSignedHead& head, Sink& to);

  // The signed entity from its header on; it must be canonical (see canonical.h) and is written as
  // it is. internal `boundary-occurs` if a line of it begins with the boundary.
  Status write_entity(ByteView octets);
  Status write_signature(ByteView octets);
  // The end of the object; call it once.
  Status finish();

 private:
  Status start();
  Status end_entity();
  Status refuse_boundary_lines();

  Sink& to_;
  std::string boundary_;
  std::string header_;
  DelimiterScanner scanner_;
  std::vector<BoundaryLine> found_;
  bool entity_ended_ = false;
  Base64Encoder encoder_;
};

}  // namespace culvert::crypto
