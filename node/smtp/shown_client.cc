#include "node/smtp/shown_client.h"

#include <algorithm>

#include "node/smtp/parameters.h"

namespace culvert::node {
namespace {

constexpr const char* kUnavailable = "[UNAVAILABLE]";

struct Attribute {
  const char* name;
  std::string value;
};

std::string value_of(const ClientName& name) {
  switch (name.known) {
    case ClientName::Known::none:
      break;
    case ClientName::Known::not_now:
      return "[TEMPUNAVAIL]";
    case ClientName::Known::yes:
      return encode_xtext(name.name);
  }
  return kUnavailable;
}

std::string address_value(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "IPV6:" + address;
}

std::string command(const std::string& verb, const std::vector<Attribute>& attributes,
                    const std::vector<std::string>& offered) {
  std::string line = verb;
  for (const Attribute& attribute : attributes) {
    if (std::find(offered.begin(), offered.end(), attribute.name) == offered.end()) continue;
    line += std::string(" ") + attribute.name + "=" + attribute.value;
  }
  return line;
}

std::vector<Attribute> attributes_of(const ShownClient& client, const ClientName& name) {
  return {{"NAME", value_of(name)},
          {"ADDR", address_value(client.address)},
          {"PORT", client.port == 0 ? kUnavailable : std::to_string(client.port)},
          {"PROTO", client.extended ? "ESMTP" : "SMTP"},
          {"HELO", client.hello.empty() ? kUnavailable : encode_xtext(client.hello)},
          {"SOURCE", "REMOTE"}};
}

std::string short_command(const std::string& verb, ShownClient client, ClientName name,
                          const std::vector<std::string>& offered) {
  std::string line = command(verb, attributes_of(client, name), offered);
  if (line.size() <= kMaxShownClientOctets) return line;
  client.hello.clear();
  line = command(verb, attributes_of(client, name), offered);
  if (line.size() <= kMaxShownClientOctets) return line;
  return command(verb, attributes_of(client, {}), offered);
}

}  // namespace

std::string xclient_command(const ShownClient& client, const ClientName& name,
                            const std::vector<std::string>& offered) {
  return short_command("XCLIENT", client, name, offered);
}

std::string xforward_command(const ShownClient& client, const std::vector<std::string>& offered) {
  return short_command("XFORWARD", client, {}, offered);
}

}  // namespace culvert::node
