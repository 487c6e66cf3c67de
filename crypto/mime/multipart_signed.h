// multipart/signed (RFC 1847, RFC 8551, 3.5.3), read from a stream of any length: the signed
// content and the signature, each as a source. Nothing is verified here. Only the top-level entity
// counts: a signed part of something else is not a signed message.
//
// What readers could understand in two ways is refused (mime_refusal.h), not guessed at: the
// signature would cover one thing and people would see another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/stream.h"
#include "crypto/mime/base64.h"
#include "crypto/mime/canonical.h"
#include "crypto/mime/delimiter_scanner.h"
#include "crypto/mime/part_source.h"

namespace culvert::crypto {

// The signed content, and the signature.
inline constexpr std::size_t kSignedParts = 2;

class MultipartSigned {
 public:
  // Reads `message`, an entity from its header on, once up to its closing boundary. It must be at
  // its beginning, outlive this, and have no other reader. Lines end in CRLF or LF. The two parts
  // are found, not read: damaged base64 shows only when the signature is read.
  static Result<std::unique_ptr<MultipartSigned>> open(RewindableSource& message);

  // The header of the message, every line with CRLF.
  const std::string& header() const { return header_; }
  // The first part from its own header on, without the line end before the next boundary: exactly
  // what is hashed. Lines that end in LF alone are given with CRLF (RFC 8551, 3.1.1) unless there
  // are two readings; line_ends() tells whether there are such lines.
  RewindableSource& content();
  // True if the part says that it is binary and has lines that end in LF alone. Either they were
  // signed so (RFC 8551, 3.1.1 asks for CRLF in text only; AS2 sends such parts), or a file of the
  // message has lost its CRs; only the signature tells which. The content is given as it is, and
  // with CRLF after read_as_text().
  bool has_two_readings() const { return is_binary_; }
  void read_as_text() { is_binary_ = false; }
  LineEnds line_ends() const { return line_ends_; }
  // The CMS object, decoded. Both sources may be read in turns; switching between them may cost a
  // pass over the message.
  RewindableSource& signature();
  // The digests that the sender names, lower case; empty if none. Only a hint.
  const std::string& micalg() const { return micalg_; }

 private:
  struct Layout;
  MultipartSigned(RewindableSource& message, const Layout& layout);
  static Result<Layout> find_parts(RewindableSource& message);
  static Status place_parts(RewindableSource& message, const std::vector<BoundaryLine>& lines,
                            std::string_view boundary, Layout& layout);

  SharedInput input_;
  PartSource raw_content_;
  CanonicalSource canonical_content_{raw_content_};
  PartSource raw_signature_;
  std::optional<Base64Source> decoded_signature_;
  std::string header_;
  std::string micalg_;
  LineEnds line_ends_ = LineEnds::crlf;
  bool is_binary_ = false;
};

}  // namespace culvert::crypto
