// What issuers say about the names below them (RFC 5280, 4.2.1.10), and whether a certificate
// keeps to it. For the sources of crypto/keys alone.
//
// Mail addresses, DNS names, directory names and IP addresses are compared; the e-mail attributes
// of a subject count as addresses as well. A name of another form that is constrained, or one that
// cannot be read, is refused: nobody could say that it is allowed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/keys/certificate_parts.h"

namespace culvert::crypto {

// The choices of GeneralName; frozen by the standard.
enum class NameForm : std::uint32_t {
  other = 0,
  mail = 1,
  dns = 2,
  x400 = 3,
  directory = 4,
  edi = 5,
  uri = 6,
  ip = 7,
  registered = 8
};

// Names of a certificate that are compared with constraints, each with each: at most so many pairs
// for one certificate of one chain.
inline constexpr std::size_t kMaxNameComparisons = 65'536;

// A name of a certificate, or the base of a subtree. Where the form has a field, an empty one tells
// that the name could not be read.
struct ConstrainedName {
  // Hosts that a base stands for: itself, what is below it, both, or all that there are.
  enum class Reach { itself, below, within, all };

  NameForm form = NameForm::other;
  std::optional<Mailbox> mailbox{};
  std::optional<Domain> host{};
  Reach reach = Reach::itself;
  ComparableName directory{};
  bool is_unsure = false;  // a directory name with text that readers take differently
  Bytes address{};         // of a base: address and mask
  std::string text{};      // as it stands there, for people: `email:jane@a.example`; printable
};

class NameConstraints {
 public:
  // Adds those of an issuer, if it has any. False if one cannot be read.
  bool add(const CertificateParts& issuer);
  // Empty if all names of the certificate are allowed by all that were added; else which name is
  // not, whose constraint that is and what it says, for people.
  std::string objection_to(const CertificateParts& certificate) const;

 private:
  struct Layer {
    std::vector<ConstrainedName> permitted;
    std::vector<ConstrainedName> excluded;
    std::string issuer;  // its name
  };
  std::vector<Layer> layers_;
};

}  // namespace culvert::crypto
