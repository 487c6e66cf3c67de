// Whom somebody may take for a message's author, however lenient the program and however hurried
// the person. RFC 5322, 3.6.2; 2047; 5890.
#pragma once

#include <cstddef>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/mime/header.h"

namespace culvert::crypto {

// More is no mail: the mail is refused rather than read for long, or read in part.
inline constexpr std::size_t kMaxAuthorDomains = 1000;

// Domains of a header's authors, each once in all, ascending.
struct AuthorDomains {
  // Of what some reader takes for an author's address.
  std::vector<Domain> addresses;
  // Only in the name beside an address: in a display name that is quoted, encoded or made of plain
  // words, or in a comment. People may take it for the author's address, and mailing lists write it
  // honestly: `"bob@b.example via List" <list@c.example>`.
  std::vector<Domain> names;
  // There are more than kMaxAuthorDomains; the two lists are not whole.
  bool too_many = false;
  // An encoded word there has a charset that is unknown, or that readers take for different ones
  // (charset.h): some reader may see any domain.
  bool doubtful_address = false;
  bool doubtful_name = false;  // and in no address
};

// Looks behind every `@` in every From field (if they hold no address: in Sender, Resent-From and
// Resent-Sender): as it stands, with encoded words decoded, in the form that is seen (unicode.h;
// fillers of Hangul both gone and as blanks), with and without comments, quotes and the blanks
// inside an address, turned round where a sign turns it. A domain ends where no name can go on.
//
// A field that is not a plain list of `name <address>` and `address` hides nothing as a name: what
// a strict reader does not understand, each lenient one understands in its own way, so that all
// domains in it count as addresses.
AuthorDomains author_domains(const std::vector<HeaderField>& fields);

}  // namespace culvert::crypto
