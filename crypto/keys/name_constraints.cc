#include "crypto/keys/name_constraints.h"

#include <botan/ber_dec.h>

#include <algorithm>
#include <exception>

#include "crypto/keys/extensions.h"

namespace culvert::crypto {
namespace {

using Reach = ConstrainedName::Reach;
using Names = std::vector<ConstrainedName>;

template <typename T>
std::optional<T> parsed(std::string_view text) {
  auto result = T::parse(text);
  if (!result) return std::nullopt;
  return *std::move(result);
}

// A GeneralName, of which the forms that are not compared stay unread.
ConstrainedName read_form(const Botan::BER_Object& object) {
  ConstrainedName name{.form = static_cast<NameForm>(object.type())};
  if (name.form == NameForm::directory) name.directory = comparable_name(object.data());
  if (name.form == NameForm::ip) name.address.assign(object.data().begin(), object.data().end());
  return name;
}

ConstrainedName mail_name(std::string_view text) {
  return {.form = NameForm::mail, .mailbox = parsed<Mailbox>(text)};
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

// `.a.example`: hosts below it. `a.example`: as an address constraint that host alone, as a DNS
// constraint those below it as well. Nothing: as a DNS constraint all of them (an issuer says so of
// what it excludes); of addresses the standard does not tell.
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
    case NameForm::other:
    case NameForm::x400:
    case NameForm::directory:
    case NameForm::edi:
    case NameForm::uri:
    case NameForm::registered:
      return true;
  }
  return false;
}

// A GeneralSubtree has a minimum of 0, which DER leaves out, and no maximum. Throws otherwise.
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
    out.push_back({.form = NameForm::directory, .directory = certificate.subject});
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
    case NameForm::directory:
      return true;
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

bool allows(const Names& permitted, const Names& excluded, const ConstrainedName& name) {
  const auto is_same_form = [&](const ConstrainedName& base) { return base.form == name.form; };
  const bool is_limited = std::any_of(permitted.begin(), permitted.end(), is_same_form);
  if (!is_limited && std::none_of(excluded.begin(), excluded.end(), is_same_form)) return true;
  if (!is_comparable(name)) return false;
  const auto stands_for_it = [&](const ConstrainedName& base) {
    return is_same_form(base) && is_under(name, base);
  };
  if (std::any_of(excluded.begin(), excluded.end(), stands_for_it)) return false;
  return !is_limited || std::any_of(permitted.begin(), permitted.end(), stands_for_it);
}

}  // namespace

bool NameConstraints::add(const CertificateParts& issuer) {
  try {
    const auto der = extension_of(issuer.x509, kNameConstraints);
    if (!der) return true;
    Botan::BER_Decoder outer(*der);
    Botan::BER_Decoder lists = outer.start_sequence();
    Layer layer;
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

bool NameConstraints::allow(const CertificateParts& certificate) const {
  if (layers_.empty()) return true;
  try {
    const Names names = names_of(certificate);
    std::size_t pairs = 0;
    for (const Layer& layer : layers_)
      pairs += names.size() * (layer.permitted.size() + layer.excluded.size());
    if (pairs > kMaxNameComparisons) return false;
    return std::all_of(names.begin(), names.end(), [&](const ConstrainedName& name) {
      return std::all_of(layers_.begin(), layers_.end(), [&](const Layer& layer) {
        return allows(layer.permitted, layer.excluded, name);
      });
    });
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace culvert::crypto
