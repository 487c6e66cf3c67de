// Finds everyone who may be taken for a message's author, however lenient the program and however
// hurried the person. RFC 5322, 3.6.2; 2047; 5890.
#pragma once

#include <cstddef>
#include <vector>

#include "crypto/base/names.h"
#include "crypto/mime/header.h"

namespace culvert::crypto {

// No real mail has more. Such mail is refused, because reading it all would take too long and
// reading a part would miss domains.
inline constexpr std::size_t kMaxAuthorDomains = 1000;

// The domains of a header's authors, ascending; each is in one of the lists only.
struct AuthorDomains {
  // Domains of what some reader takes for an author's address.
  std::vector<Domain> addresses;
  // Domains only in the name beside an address: in a display name that is quoted, encoded or made
  // of plain words, or in a comment. People may take one for the author's address, but mailing
  // lists write them honestly: `"bob@b.example via List" <list@c.example>`.
  std::vector<Domain> names;
  // There are more than kMaxAuthorDomains; the two lists are incomplete.
  bool too_many = false;
  // An encoded word in an address has a charset that is unknown or that readers interpret
  // differently (charset.h): some reader may see any domain.
  bool doubtful_address = false;
  bool doubtful_name = false;  // the same in a name, and in no address
};

// Looks after every `@` in every From field (if they hold no address: in Sender, Resent-From and
// Resent-Sender). Reads each field with and without decoding its encoded words, in the form that is
// seen (unicode.h; fillers of Hangul both dropped and as blanks), with and without comments, quotes
// and the blanks inside an address, and reversed where a sign reverses it. A domain ends where no
// name can continue.
//
// In a field that is not a plain list of `name <address>` and `address`, nothing counts as a name:
// all domains in it count as addresses. Each lenient reader understands in its own way what a
// strict one rejects.
AuthorDomains author_domains(const std::vector<HeaderField>& fields);

}  // namespace culvert::crypto
