// Name constraints: what issuers say about the names below them (RFC 5280, 4.2.1.10), and whether a
// certificate keeps to it. For the sources of crypto/keys only.
//
// Mail addresses, DNS names, directory names and IP addresses are compared; the e-mail attributes
// of a subject count as addresses. A constrained name of another form, or one that cannot be read,
// is refused: nobody could say that it is allowed.
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

// The names of a certificate are compared with the constraints, each with each. This is the most
// pairs for one certificate of one chain.
inline constexpr std::size_t kMaxNameComparisons = 65'536;

// A name of a certificate, or the base of a subtree. Where the form has a field, an empty field
// means that the name could not be read.
struct ConstrainedName {
  // The hosts that a base covers: itself, those below it, both, or all hosts.
  enum class Reach { itself, below, within, all };

  NameForm form = NameForm::other;
  std::optional<Mailbox> mailbox{};
  std::optional<Domain> host{};
  Reach reach = Reach::itself;
  ComparableName directory{};
  bool is_unsure = false;  // a directory name with text that readers take differently
  Bytes address{};         // for a base: address and mask
  std::string text{};      // as written, for people: `email:jane@a.example`; printable
};

class NameConstraints {
 public:
  // Adds the constraints of an issuer, if it has any. False if one cannot be read.
  bool add(const CertificateParts& issuer);
  // Empty if every constraint that was added allows all names of the certificate. Otherwise says,
  // for people, which name is not allowed, whose constraint forbids it, and what that constraint
  // says.
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
