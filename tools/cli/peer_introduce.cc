// Pairing without a code: `culvert peer add`, `confirm`, `export` and `import`.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "crypto/keys/pem.h"
#include "node/flow/key_renewal.h"
#include "node/flow/own_keys.h"
#include "node/peers/https_carrier.h"
#include "node/peers/own_card.h"
#include "node/peers/srv_lookup.h"
#include "peering/fingerprint_digits.h"
#include "peering/introduction.h"
#include "peering/revocation.h"
#include "tools/cli/asking.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/running_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

// RFC 7468, 8: the card is a CMS message.
constexpr std::string_view kCardLabel = "CMS";

Result<Fingerprint> own_fingerprint(const OpenNode& node) {
  const auto keys = node::load_own_keys(*node.store, node.now);
  if (!keys) return keys.error();
  return (*keys)->identity.key_id();
}

Result<Report> introduced(const OpenNode& node, const peering::ReadCard& card,
                          const peering::Introduction& how) {
  const Status written = node.store->write([&](store::WriteTransaction& txn) {
    return peering::introduce(txn, card, how, {node.config.node.domains, node.now, how.address});
  });
  if (!written) return written.error();
  const auto own = own_fingerprint(node);
  if (!own) return own.error();
  const Fingerprint& peer = card.card.sender;
  const std::string number = peering::common_number(*own, peer);
  Report report;
  report.text = fmt::format(
      "The node {} serves {}. It is not confirmed yet, and no mail is sealed for it.\n"
      "The number of the two nodes is\n"
      "  {}\n"
      "  {}\n"
      "The partner's administrator gets the same one, by `culvert peer add` or `peer import` "
      "there.\n"
      "Compare it by telephone; then both run, each with the name of the other:\n"
      "  culvert peer confirm {}\n",
      printable(card.card.node, 80), joined(card.card.domains), number.substr(0, 35),
      number.substr(36), peer.hex().substr(0, 16));
  report.json = json_text({{"peer", card.card.node},
                           {"fingerprint", peer.hex()},
                           {"state", "unconfirmed"},
                           {"domains", card.card.domains},
                           {"number", number}});
  return report;
}

Result<Report> peer_add(const Arguments& arguments) {
  const auto domain = domain_operand(*arguments.value("DOMAIN"));
  if (!domain) return domain.error();
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto own_url = peering_url(node->config);
  if (!own_url) return own_url.error();
  const auto given = arguments.value("--url");
  const auto url = given ? Result<std::string>(*given) : node::url_by_srv(node->config, *domain);
  if (!url) return url.error();
  if (!peering::is_peering_url(*url))
    return usage_error("--url takes an https URL without a query");
  node::HttpsCarrier carrier({.addresses = node::address_rule(node->config, *own_url)});
  const auto message = carrier.fetch_card(*url);
  if (!message) return message.error();
  const auto card = peering::open_card(*message);
  if (!card) {
    return permanent_error(
        "bad-card", "what answers at " + *url + " gives no card of a node: " + card.error().text);
  }
  return introduced(*node, *card, {store::PeerOrigin::domain, *url, {*domain}});
}

// The octets of a card in a file: PEM, or as they are.
Result<Bytes> card_in(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  Bytes octets(2 * kMaxPeeringMessageBytes);
  in.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  if (!in.is_open() || in.bad()) {
    return permanent_error("not-readable", "'" + file + "' cannot be read");
  }
  octets.resize(static_cast<std::size_t>(in.gcount()));
  auto pem = crypto::from_pem(as_text(octets), kCardLabel);
  return pem ? std::move(pem) : Result<Bytes>(std::move(octets));
}

// What an identity signed about itself, perhaps long ago, counts whoever brings it.
Result<Report> take_revocation_file(const Arguments& arguments,
                                    const peering::Revocation& revocation) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  std::optional<store::Peer> peer;
  bool is_gone = false;
  const Status written = node->store->write([&](store::WriteTransaction& txn) {
    peering::take_revocation(txn, revocation, node->now);
    peer = store::find_peer(txn, revocation.sender);
    is_gone = store::is_revoked(txn, revocation.sender, revocation.sender.view());
    return done();
  });
  if (!written) return written.error();
  const std::string name = peer ? printable(peer->name, 80) : "an identity that is no peer";
  return Report{
      .text = fmt::format("Took what {} ({}…) revoked of its own, for ever.\n{}", name,
                          revocation.sender.hex().substr(0, 16),
                          is_gone && peer ? "Its identity is revoked: it is no peer any more, and "
                                            "mail for its domains waits.\n"
                                          : ""),
      .json = json_text({{"fingerprint", revocation.sender.hex()},
                         {"revoked", revocation.revoked.size()},
                         {"identity", is_gone}})};
}

Result<Report> peer_import(const Arguments& arguments) {
  const std::string file = *arguments.value("FILE");
  const auto message = card_in(file);
  if (!message) return message.error();
  if (const auto document = peering::verify_document(*message)) {
    if (const auto revocation = peering::read_revocation(*document)) {
      return take_revocation_file(arguments, *revocation);
    }
  }
  const auto card = peering::open_card(*message);
  if (!card) {
    return permanent_error("bad-card", file +
                                           " holds no card of a node (`culvert peer export` "
                                           "writes one): " +
                                           card.error().text);
  }
  std::vector<Domain> named;
  for (const std::string& text : arguments.all("--domain")) {
    auto domain = domain_operand(text);
    if (!domain) return domain.error();
    named.push_back(*std::move(domain));
  }
  if (named.empty()) {
    return usage_error(
        "name the domains that the partner is to have, with --domain: the card lists " +
        joined(card->card.domains));
  }
  auto node = open_node(arguments);
  if (!node) return node.error();
  return introduced(*node, *card, {store::PeerOrigin::file, file, named});
}

Result<Report> peer_export(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto url = peering_url(node->config);
  if (!url) return url.error();
  const auto renewed = node::renew_tunnel_keys(*node->store, node->now, node::Renewal::if_due);
  if (!renewed) return renewed.error();
  const auto keys = node::load_own_keys(*node->store, node->now);
  if (!keys) return keys.error();
  const auto card = node::current_card(*node->store, **keys, node->config, *url, node->now);
  if (!card) return card.error();
  const std::string pem = crypto::to_pem(card->card, kCardLabel);
  return Report{.text = pem, .json = json_text({{"card", pem}})};
}

// The number that the administrator typed: as operands, or in standard input.
std::string typed_number(const Arguments& arguments) {
  std::string typed;
  for (const std::string& group : arguments.all("NUMBER"))
    typed += group;
  if (!typed.empty()) return typed;
  if (::isatty(STDIN_FILENO) != 0)
    std::cerr << "The number that the partner reads out: " << std::flush;
  for (std::string line; typed.size() < 60 && std::getline(std::cin, line);) {
    for (const char c : line)
      if (c >= '0' && c <= '9') typed.push_back(c);
  }
  return typed;
}

Result<Report> peer_confirm(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto peer = read_store<store::Peer>(*node->store, [&](const store::ReadTransaction& txn) {
    return peering::find_peer_by_name(txn, *arguments.value("NAME"));
  });
  if (!peer) return peer.error();
  const auto own = own_fingerprint(*node);
  if (!own) return own.error();
  if (!peering::is_number(typed_number(arguments),
                          peering::common_number(*own, peer->fingerprint))) {
    return permanent_error("wrong-number",
                           "that is not the number of this node and " + printable(peer->name, 80) +
                               ". Do not go on if the partner reads out another number than this "
                               "node printed: somebody may be between the two");
  }
  const Status written = node->store->write([&](store::WriteTransaction& txn) {
    return peering::confirm_peer(txn, peer->fingerprint, node->now);
  });
  if (!written) return written.error();
  const std::string domain = peer->named.empty() ? "DOMAIN" : peer->named.front().text();
  return Report{
      .text = fmt::format("Confirmed {}. Once it was confirmed there, too, the nodes prove their "
                          "domains to each other:\n  culvert route wait {} --peer {}\n",
                          printable(peer->name, 80), domain, peer->fingerprint.hex().substr(0, 16)),
      .json = json_text(
          {{"peer", peer->name}, {"fingerprint", peer->fingerprint.hex()}, {"state", "paired"}})};
}

}  // namespace

std::vector<Command> introduction_commands() {
  return {{.name = "peer add",
           .summary = "finds the node of a partner's domain, to pair without a code",
           .operands = {{"DOMAIN", Operand::Count::one, "a mail domain of the partner"}},
           .options = {{"--url", "URL",
                        "where its node is; default: the SRV record "
                        "_culvert._tcp.DOMAIN"}},
           .detail = "Nothing is sealed for it before both administrators have compared the number "
                     "and run\n`culvert peer confirm`.",
           .example = "culvert peer add b.example",
           .run = peer_add},
          {.name = "peer confirm",
           .summary = "pairs with a node whose number was compared",
           .operands = {{"NAME", Operand::Count::one,
                         "a domain of the peer, its node name, or 16 hex digits of its "
                         "fingerprint"},
                        {"NUMBER", Operand::Count::any,
                         "the 60 digits; without them they are read from standard input"}},
           .options = {},
           .detail = "Type the digits that the partner's administrator reads out, not those that "
                     "this node printed.",
           .example = "culvert peer confirm b.example",
           .run = peer_confirm},
          {.name = "peer export",
           .summary = "prints this node's card, for a partner that cannot be reached",
           .operands = {},
           .options = {},
           .detail = "The card is public. It counts for 14 days.",
           .example = "culvert peer export > a.card",
           .run = peer_export},
          {.name = "peer import",
           .summary = "takes a partner's card, or its revocation, from a file",
           .operands = {{"FILE", Operand::Count::one,
                         "what `culvert peer export` printed there, or revocation-….pem"}},
           .options = {{"--domain", "DOMAIN…", "the domains that the partner is to have"}},
           .detail = "Nothing is sealed for it before both administrators have compared the number "
                     "and run\n`culvert peer confirm`. Mail then carries everything that the nodes "
                     "tell each other.",
           .example = "culvert peer import b.card --domain b.example",
           .run = peer_import}};
}

}  // namespace culvert::cli
