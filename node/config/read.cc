#include "node/config/read.h"

#include <fmt/format.h>

#include "crypto/base/limits.h"
#include "node/config/values.h"

namespace culvert::node {
namespace {

namespace fs = std::filesystem;

// A shorter time would lose mail that waits for a route that is about to become active.
constexpr std::chrono::hours kLeastHeldTime{1};
constexpr std::chrono::seconds kLeastDelayNotice{1};
constexpr std::chrono::hours kMostDelayNotice{5 * 24};  // mail does not wait longer

// A shorter time would lose the traces of mail that still waits; nobody keeps traces for more than
// ten years.
constexpr std::chrono::hours kLeastTraceTime{1};
constexpr std::chrono::hours kMostTraceTime{3650 * 24};

// Text without a parser of its own. Unprintable characters cannot enter a path or a name.
Result<std::string> parse_plain(std::string_view text) {
  if (printable(text, text.size() + 1) == text) return std::string(text);
  return permanent_error("bad-value", "holds characters that are not shown, or is not UTF-8");
}

void read_path(Section& section, std::string_view key, const fs::path& base, fs::path& into) {
  std::string written;
  section.parsed(key, written, parse_plain);
  if (!written.empty()) into = (base / written).lexically_normal();
}

std::optional<NodeSettings> read_node(Section& section, const fs::path& base) {
  std::optional<Domain> name;
  std::vector<Domain> domains;
  fs::path data_dir = "/var/lib/culvert", key_file = base / "node.key";
  if (!section.has("name")) {
    section.wrong("name", "is missing; write the node's full host name, such as gate.a.example");
  }
  if (const std::string* written = section.text("name")) {
    auto parsed = Domain::parse(*written);
    if (parsed && parsed->text().find('.') != std::string::npos)
      name = *std::move(parsed);
    else
      section.wrong("name", "'" + printable(*written, 80) + "' is not a full host name");
  }
  if (!section.has("domains")) {
    section.wrong("domains", "is missing; write the mail domains of this node, [\"a.example\"]");
  }
  section.parsed_list("domains", domains, Domain::parse);
  if (section.has("domains") && domains.empty()) {
    section.wrong("domains", "names no domain; write at least one");
  }
  for (const Domain& domain : domains) {
    if (domain.is_public_suffix()) {
      section.wrong("domains", fmt::format("'{}' is a public suffix, which no organisation owns; "
                                           "write a domain below it",
                                           domain.text()));
    }
  }
  read_path(section, "data_dir", base, data_dir);
  read_path(section, "key_file", base, key_file);
  if (!name || domains.empty()) return std::nullopt;
  return NodeSettings{*std::move(name), std::move(domains), std::move(data_dir),
                      std::move(key_file)};
}

void read_store(Section section) {
  const std::string* url = section.text("url");
  if (url && *url != "lmdb:") {
    section.wrong("url", "'" + printable(*url, 80) + "' is not supported; write \"lmdb:\"");
  }
}

void read_inside(Section section, InsideSettings& into) {
  section.parsed_list("listen", into.listen, parse_listen_address);
  section.parsed_list("networks", into.networks, parse_network);
  section.choice(
      "senders", into.senders,
      {{"any", InsideSettings::Senders::any}, {"domains", InsideSettings::Senders::own_domains}});
  const std::string* require = section.text("require");
  if (!require || require->empty()) return;
  if (*require == "auth") {
    section.wrong("require",
                  "\"auth\" is not supported by this version, and nothing would be "
                  "demanded; write \"header: X-Our-Secret: …\" or restrict networks");
    return;
  }
  auto header = parse_required_header(*require);
  if (header)
    into.required_header = *std::move(header);
  else
    section.wrong("require", header.error().text);
}

void read_outside(Section section, OutsideSettings& into) {
  section.parsed_list("listen", into.listen, parse_listen_address);
  section.parsed_list("networks", into.networks, parse_network);
  section.choice("verify_recipients", into.verify_recipients,
                 {{"inside", OutsideSettings::VerifyRecipients::inside},
                  {"off", OutsideSettings::VerifyRecipients::off}});
}

void read_smtp(Section section, const fs::path& base, Config& into) {
  SmtpSettings& smtp = into.smtp;
  section.parsed("max_message_size", smtp.max_message_bytes, parse_size);
  // RFC 5321, 4.5.3.1.7 asks for 64 K; above 100 GB the arithmetic of SIZE loses its meaning.
  if (smtp.max_message_bytes < 65536 || smtp.max_message_bytes > 100'000'000'000) {
    section.wrong("max_message_size", "is impossible; write a size from 64KiB to 100GB");
  }
  section.count("max_connections", smtp.max_connections, 1, 100'000);
  read_path(section, "tls_certificate", base, smtp.tls_certificate);
  read_path(section, "tls_key", base, smtp.tls_key);
  if (smtp.tls_certificate.empty() != smtp.tls_key.empty()) {
    section.wrong(smtp.tls_key.empty() ? "tls_certificate" : "tls_key",
                  "tls_certificate and tls_key belong together; set both or neither");
  }
  read_inside(section.below("inside"), into.inside);
  read_outside(section.below("outside"), into.outside);
}

// A next hop: `"smtp://…"`, or `{ url = "smtp://…", user = "…", password_file = "…" }`.
std::optional<NextHop> read_hop(Section& parent, std::string_view key, const fs::path& base) {
  const TreeValue* value = parent.find(key);
  if (!value) return std::nullopt;
  if (std::holds_alternative<std::string>(value->held)) {
    auto parsed = parse_next_hop(std::get<std::string>(value->held));
    if (!parsed) {
      parent.wrong(key, parsed.error().text);
      return std::nullopt;
    }
    parsed->line = value->line;
    return *std::move(parsed);
  }
  if (!std::holds_alternative<TreeTable>(value->held)) {
    parent.wrong(key,
                 "must be \"smtp://host:port\", or { url = …, user = …, password_file = … }, "
                 "not " +
                     value->type_name());
    return std::nullopt;
  }
  Section table = parent.below(key);
  NextHop read;
  table.parsed("url", read, parse_next_hop);
  read.line = value->line;
  if (!table.has("url")) table.wrong("url", "is missing; write url = \"smtp://host:port\"");
  table.parsed("user", read.user, parse_plain);
  read_path(table, "password_file", base, read.password_file);
  if (read.user.empty() != read.password_file.empty()) {
    table.wrong(read.user.empty() ? "user" : "password_file",
                "user and password_file belong together; set both or neither");
  } else if (!read.user.empty() && table.has("url")) {
    table.without_effect("user",
                         "has no effect; this version does not authenticate to a next hop, "
                         "which must take mail from this node's address");
  }
  return read;
}

void read_hosts(Section section, const fs::path& base, std::map<Domain, NextHop>& into) {
  const TreeTable* hosts = section.all();
  if (!hosts) return;
  for (const auto& [name, value] : *hosts) {
    const auto domain = Domain::parse(name);
    const auto hop = read_hop(section, name, base);
    if (!domain) {
      section.error(value.line, printable(name, 80),
                    domain.error().text + "; write \"b.example\" = \"smtp://host:port\"");
    } else if (hop && !into.emplace(*domain, *hop).second) {
      section.error(value.line, domain->text(), "stands there twice; remove one");
    }
  }
}

void read_delivery(Section section, const fs::path& base, DeliverySettings& into) {
  if (auto inside = read_hop(section, "inside", base)) into.inside = *std::move(inside);
  const TreeValue* outside = section.find("outside");
  const auto* word = outside ? std::get_if<std::string>(&outside->held) : nullptr;
  if (!word || *word != "mx") into.outside = read_hop(section, "outside", base);
  read_hosts(section.below("hosts"), base, into.hosts);
}

void read_peering(Section section, PeeringSettings& into) {
  section.parsed_list("listen", into.listen, parse_listen_address);
  const std::string* url = section.text("url");
  if (url && !url->empty()) {
    auto parsed = parse_peering_url(*url);
    if (parsed)
      into.url = *std::move(parsed);
    else
      section.wrong("url", parsed.error().text);
  }
  section.truth("private_addresses", into.private_addresses);
  enum class Approve { named, ask };
  Approve approve = Approve::named;
  section.choice("approve", approve, {{"named", Approve::named}, {"ask", Approve::ask}});
  if (approve == Approve::ask) {
    section.wrong("approve",
                  "\"ask\" is not supported by this version, and routes would become "
                  "active without being asked for; write \"named\"");
  }
}

void read_dns(Section section, const fs::path& base, DnsSettings& into) {
  section.parsed_list("resolvers", into.resolvers, parse_resolver);
  read_path(section, "trust_anchor", base, into.trust_anchor);
  section.choice("validate", into.validate,
                 {{"yes", DnsSettings::Validate::yes}, {"no", DnsSettings::Validate::no}});
  section.parsed_list("insecure", into.insecure, Domain::parse);
  if (into.validate == DnsSettings::Validate::yes) return;
  const bool named = !into.insecure.empty();
  if (named)
    section.without_effect("insecure", "has no effect; validate = \"no\" is for all zones");
  if (!into.trust_anchor.empty())
    section.without_effect("trust_anchor", "has no effect; validate = \"no\" needs none");
}

void read_queue(Section section, QueueSettings& into) {
  section.parsed("delay_notice", into.delay_notice, parse_duration);
  if (into.delay_notice < kLeastDelayNotice || into.delay_notice > kMostDelayNotice) {
    section.wrong("delay_notice",
                  fmt::format("is impossible; write a time from {}s to {}d",
                              kLeastDelayNotice.count(), kMostDelayNotice.count() / 24));
  }
}

void read_trace(Section section, TraceSettings& into) {
  section.parsed("keep", into.keep, parse_duration);
  if (into.keep < kLeastTraceTime || into.keep > kMostTraceTime) {
    section.wrong("keep", fmt::format("is impossible; write a time from {}h to {}d",
                                      kLeastTraceTime.count(), kMostTraceTime.count() / 24));
  }
}

void read_held_time(Section& section, std::string_view key, std::chrono::seconds& into) {
  section.parsed(key, into, parse_duration);
  if (into < kLeastHeldTime || into > kMaxHeldTime) {
    section.wrong(key, fmt::format("is impossible; write a time from {}h to {}d",
                                   kLeastHeldTime.count(), kMaxHeldTime.count() / 24));
  }
}

void read_limits(Section section, LimitSettings& into) {
  read_held_time(section, "held_peer", into.held_peer);
  read_held_time(section, "held_stranger", into.held_stranger);
}

void read_log(Section section, LogSettings& into) {
  section.choice("level", into.level,
                 {{"debug", LogLevel::debug},
                  {"info", LogLevel::info},
                  {"warning", LogLevel::warning},
                  {"error", LogLevel::error}});
  section.choice("format", into.format, {{"text", LogFormat::text}, {"json", LogFormat::json}});
}

// Sections of later versions: checked as far as they are specified, and reported as having no
// effect.
void read_without_effect(Section& root) {
  {
    Section admin = root.below("admin");
    std::vector<SocketAddress> ignored;
    admin.parsed_list("listen", ignored, parse_listen_address);
    if (admin.has("listen")) {
      admin.without_effect("listen", "has no effect; this version has no admin listener");
    }
  }
  Section sms = root.below("sms");
  if (sms.all()) root.without_effect("sms", "has no effect; this version sends no text messages");
}

}  // namespace

std::optional<Config> read_sections(Section& root, const fs::path& file) {
  const fs::path base = file.parent_path();
  std::optional<NodeSettings> node;
  {
    Section section = root.below("node");
    node = read_node(section, base);
  }
  // The other sections are read even without a node, so that all mistakes are reported at once.
  const Domain stand_in = *Domain::parse("invalid");
  Config config{.file = file, .node = node ? *std::move(node) : NodeSettings{stand_in, {}, {}, {}}};
  read_store(root.below("store"));
  read_smtp(root.below("smtp"), base, config);
  read_delivery(root.below("delivery"), base, config.delivery);
  read_peering(root.below("peering"), config.peering);
  read_dns(root.below("dns"), base, config.dns);
  read_queue(root.below("queue"), config.queue);
  read_limits(root.below("limits"), config.limits);
  read_trace(root.below("trace"), config.trace);
  read_without_effect(root);
  read_log(root.below("log"), config.log);
  if (config.node.domains.empty()) return std::nullopt;
  return config;
}

}  // namespace culvert::node
