#include "crypto/keys/name_constraints.h"

#include <botan/ber_dec.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "crypto/base/log.h"
#include "crypto/keys/extensions.h"
#include "crypto/keys/name_strings.h"

namespace culvert::crypto {
namespace {

using Reach = ConstrainedName::Reach;
using Names = std::vector<ConstrainedName>;

constexpr std::size_t kMaxShownOctets = 100;
constexpr std::size_t kMaxShownNames = 3;

template <typename T>
std::optional<T> parsed(std::string_view text) {
  auto result = T::parse(text);
  if (!result) return std::nullopt;
  return *std::move(result);
}

// `192.0.2.0/255.255.255.0`; hexadecimal for IPv6.
std::string ip_text(ByteView octets) {
  if (octets.size() != 4 && octets.size() != 8) {
    return to_hex(octets.first(std::min(octets.size(), kMaxShownOctets)));
  }
  std::string out;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) out += i == 4 ? "/" : ".";
    out += std::to_string(octets[i]);
  }
  return out;
}

// The notation of openssl's configuration.
std::string shown_form(NameForm form, ByteView content) {
  switch (form) {
    case NameForm::mail:
      return "email:" + printable(as_text(content), kMaxShownOctets);
    case NameForm::dns:
      return "DNS:" + printable(as_text(content), kMaxShownOctets);
    case NameForm::uri:
      return "URI:" + printable(as_text(content), kMaxShownOctets);
    case NameForm::ip:
      return "IP:" + ip_text(content);
    case NameForm::directory:
      return "dirName:" + name_text(content);
    case NameForm::other:
      return "otherName";
    case NameForm::x400:
    case NameForm::edi:
    case NameForm::registered:
      break;
  }
  return "a name of another form";
}

// A GeneralName. Forms that are not compared are not parsed.
ConstrainedName read_form(const Botan::BER_Object& object) {
  ConstrainedName name{.form = static_cast<NameForm>(object.type())};
  name.text = shown_form(name.form, object.data());
  if (name.form == NameForm::directory) {
    name.directory = comparable_name(object.data());
    name.is_unsure = has_unsure_string(object.data());
  }
  if (name.form == NameForm::ip) name.address.assign(object.data().begin(), object.data().end());
  return name;
}

ConstrainedName mail_name(std::string_view text) {
  return {.form = NameForm::mail,
          .mailbox = parsed<Mailbox>(text),
          .text = shown_form(NameForm::mail, as_bytes(text))};
}

ConstrainedName name_of(const Botan::BER_Object& object) {
  ConstrainedName name = read_form(object);
  std::string_view text = as_text(object.data());
  if (name.form == NameForm::mail) return mail_name(text);
  if (name.form == NameForm::dns) {
    if (text.starts_with("*.")) text.remove_prefix(2);
    name.host = parsed<Domain>(text);
  }
  return name;
}

// `.a.example`: hosts below it. `a.example`: as an address constraint only that host, as a DNS
// constraint also those below it. Empty: as a DNS constraint all hosts (an issuer excludes all
// hosts in this way); for addresses the standard does not say.
ConstrainedName base_of(const Botan::BER_Object& object) {
  ConstrainedName base = read_form(object);
  std::string_view text = as_text(object.data());
  if (base.form == NameForm::mail && text.find('@') != std::string_view::npos) {
    return mail_name(text);
  }
  if (base.form != NameForm::mail && base.form != NameForm::dns) return base;
  base.reach = base.form == NameForm::mail ? Reach::itself : Reach::within;
  if (text.starts_with('.')) {
    base.reach = Reach::below;
    text.remove_prefix(1);
  }
  if (base.form == NameForm::dns && text.empty()) base.reach = Reach::all;
  base.host = parsed<Domain>(text);
  return base;
}

bool is_readable(const ConstrainedName& base) {
  switch (base.form) {
    case NameForm::mail:
      return base.mailbox || base.host;
    case NameForm::dns:
      return base.host || base.reach == Reach::all;
    case NameForm::ip:
      return base.address.size() == 8 || base.address.size() == 32;
    case NameForm::directory:
      return !base.is_unsure;
    case NameForm::other:
    case NameForm::x400:
    case NameForm::edi:
    case NameForm::uri:
    case NameForm::registered:
      return true;
  }
  return false;
}

// A GeneralSubtree has a minimum of 0, which DER omits, and no maximum. Throws otherwise.
Names read_subtrees(const Botan::BER_Object& list) {
  Botan::BER_Decoder decoder(list.data());
  Names out;
  while (decoder.more_items()) {
    Botan::BER_Decoder subtree = decoder.start_sequence();
    out.push_back(base_of(subtree.get_next_object()));
    subtree.end_cons();
    if (!is_readable(out.back())) throw Botan::Decoding_Error("a subtree cannot be read");
  }
  return out;
}

Names names_of(const CertificateParts& certificate) {
  Names out;
  if (!certificate.subject.empty()) {
    out.push_back({.form = NameForm::directory,
                   .directory = certificate.subject,
                   .is_unsure = has_unsure_string(certificate.subject_der),
                   .text = shown_form(NameForm::directory, certificate.subject_der)});
  }
  for (const std::string& text : certificate.x509.subject_info("PKCS9.EmailAddress"))
    out.push_back(mail_name(text));
  const auto der = extension_of(certificate.x509, kSubjectAltName);
  if (!der) return out;
  Botan::BER_Decoder outer(*der);
  Botan::BER_Decoder list = outer.start_sequence();
  while (list.more_items())
    out.push_back(name_of(list.get_next_object()));
  return out;
}

bool reaches(const ConstrainedName& base, const Domain& host) {
  switch (base.reach) {
    case Reach::itself:
      return host == *base.host;
    case Reach::below:
      return host.is_within(*base.host) && host != *base.host;
    case Reach::within:
      return host.is_within(*base.host);
    case Reach::all:
      return true;
  }
  return false;
}

// The second half of a base is the mask.
bool is_in_network(const Bytes& address, const Bytes& base) {
  if (base.size() != 2 * address.size()) return false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if ((address[i] ^ base[i]) & base[address.size() + i]) return false;
  }
  return true;
}

bool is_comparable(const ConstrainedName& name) {
  switch (name.form) {
    case NameForm::mail:
      return name.mailbox.has_value();
    case NameForm::dns:
      return name.host.has_value();
    // An excluded name in letters could appear as octets that are shown as these letters.
    case NameForm::directory:
      return !name.is_unsure;
    case NameForm::ip:
      return name.address.size() == 4 || name.address.size() == 16;
    case NameForm::other:
    case NameForm::x400:
    case NameForm::edi:
    case NameForm::uri:
    case NameForm::registered:
      return false;
  }
  return false;
}

// Both are comparable and of the same form.
bool is_under(const ConstrainedName& name, const ConstrainedName& base) {
  if (name.form == NameForm::directory) return is_within(name.directory, base.directory);
  if (name.form == NameForm::ip) return is_in_network(name.address, base.address);
  if (name.form == NameForm::dns) return reaches(base, *name.host);
  if (base.mailbox) return *name.mailbox == *base.mailbox;
  return reaches(base, name.mailbox->domain());
}

std::string list_text(const Names& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxShownNames); ++i)
    out += (i == 0 ? "" : ", ") + names[i].text;
  if (names.size() <= kMaxShownNames) return out;
  return out + " and " + std::to_string(names.size() - kMaxShownNames) + " more";
}

Names of_form(const Names& names, NameForm form) {
  Names out;
  std::copy_if(names.begin(), names.end(), std::back_inserter(out),
               [&](const ConstrainedName& one) { return one.form == form; });
  return out;
}

// The objection of the lists to a name, as the end of a sentence; empty if there is none.
std::string objection_of(const Names& permitted, const Names& excluded,
                         const ConstrainedName& name) {
  const auto is_same_form = [&](const ConstrainedName& base) { return base.form == name.form; };
  const bool is_limited = std::any_of(permitted.begin(), permitted.end(), is_same_form);
  if (!is_limited && std::none_of(excluded.begin(), excluded.end(), is_same_form)) return {};
  if (!is_comparable(name)) return "names of this form are constrained and cannot be compared";
  const auto stands_for_it = [&](const ConstrainedName& base) {
    return is_same_form(base) && is_under(name, base);
  };
  const auto excluding = std::find_if(excluded.begin(), excluded.end(), stands_for_it);
  if (excluding != excluded.end()) return "its name constraints exclude " + excluding->text;
  if (!is_limited || std::any_of(permitted.begin(), permitted.end(), stands_for_it)) return {};
  return "its name constraints permit only " + list_text(of_form(permitted, name.form));
}

}  // namespace

bool NameConstraints::add(const CertificateParts& issuer) {
  try {
    const auto der = extension_of(issuer.x509, kNameConstraints);
    if (!der) return true;
    Botan::BER_Decoder outer(*der);
    Botan::BER_Decoder lists = outer.start_sequence();
    Layer layer{{}, {}, shown_name(issuer)};
    while (lists.more_items()) {
      const Botan::BER_Object list = lists.get_next_object();
      const auto tag = static_cast<std::uint32_t>(list.type());
      if (tag > 1) return false;
      (tag == 0 ? layer.permitted : layer.excluded) = read_subtrees(list);
    }
    layers_.push_back(std::move(layer));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string NameConstraints::objection_to(const CertificateParts& certificate) const {
  if (layers_.empty()) return {};
  try {
    const Names names = names_of(certificate);
    std::size_t pairs = 0;
    for (const Layer& layer : layers_)
      pairs += names.size() * (layer.permitted.size() + layer.excluded.size());
    if (pairs > kMaxNameComparisons) return "there are too many names and constraints to compare";
    for (const Layer& layer : layers_) {
      for (const ConstrainedName& name : names) {
        const std::string why = objection_of(layer.permitted, layer.excluded, name);
        if (!why.empty()) return layer.issuer + " may not issue for " + name.text + ": " + why;
      }
    }
    return {};
  } catch (const std::exception&) {
    return "a name that is constrained cannot be read";
  }
}

}  // namespace culvert::crypto
