// `culvert status`: the node, its peers, routes, queue, quarantine, certificates and rates on one
// screen.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "crypto/keys/certificate.h"
#include "node/flow/tls_findings.h"
#include "node/system/instance_lock.h"
#include "node/system/rates_file.h"
#include "peering/fingerprint_digits.h"
#include "peering/form_choice.h"
#include "store/invitations.h"
#include "store/keyring.h"
#include "store/quarantine.h"
#include "tools/cli/acceptance_warnings.h"
#include "tools/cli/commands.h"
#include "tools/cli/full_shares.h"
#include "tools/cli/hop_warnings.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/peer_names.h"
#include "tools/cli/peer_warnings.h"
#include "tools/cli/table.h"
#include "tools/cli/used_invitations.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

// Certificates that end within this time get a warning.
constexpr std::chrono::hours kSoon{14 * 24};

struct Facts {
  std::vector<store::Peer> peers;
  std::map<std::string, std::size_t> peers_by_state, routes_by_state;
  std::vector<store::Route> attention;      // routes that hold mail, or wait for a word
  std::vector<std::string> of_peers;        // peer_warnings.h
  std::string incarnation;                  // of the own card, hexadecimal; empty: there is none
  std::vector<std::string> not_understood;  // why mail for active routes waits for another version
  std::vector<store::Invitation> open_invitations;
  std::vector<UsedInvitation> used_invitations;
  std::vector<store::StoredCertificate> certificates;
  std::uint64_t queue_length = 0;
  std::uint64_t held = 0;  // of the queue
  std::optional<store::QueueEntry> oldest;
  std::uint64_t quarantined = 0;
  std::vector<FullShare> full_shares;
  std::vector<node::UnverifiedHop> unverified_hops;
  std::uint64_t set_aside = 0;  // records that do not open
};

// Mail for a withdrawn route waits only until another peer's route for the domain is active.
bool is_replaced(const store::ReadTransaction& txn, const store::Route& route) {
  const auto all = store::routes_of_domain(txn, route.domain);
  return std::any_of(all.begin(), all.end(),
                     [](const auto& r) { return r.state == store::RouteState::active; });
}

bool needs_a_person(const store::ReadTransaction& txn, const store::Route& route) {
  if (route.released) return false;
  return route.state == store::RouteState::degraded || route.state == store::RouteState::paused ||
         route.state == store::RouteState::conflict || route.state == store::RouteState::proved ||
         (route.state == store::RouteState::withdrawn && !is_replaced(txn, route));
}

// A peer's card may list only forms of tunnel mail in which this node does not seal.
void add_not_understood(const store::Route& route, Facts& facts) {
  const auto peer = std::find_if(facts.peers.begin(), facts.peers.end(),
                                 [&route](const auto& p) { return p.fingerprint == route.peer; });
  if (peer == facts.peers.end()) return;
  const auto why = peering::why_not_understood(peer->tunnel_forms, route.domain.text());
  if (!why.empty()) facts.not_understood.push_back(why);
}

Result<Facts> read_facts(const store::ReadTransaction& txn, const node::Config& config, Time now) {
  Facts facts;
  facts.peers = store::list_peers(txn);
  for (const store::Peer& peer : facts.peers)
    ++facts.peers_by_state[store::state_name(peer.state)];
  for (const store::Route& route : store::list_routes(txn)) {
    ++facts.routes_by_state[store::state_name(route.state)];
    if (needs_a_person(txn, route)) facts.attention.push_back(route);
    if (route.state == store::RouteState::active) add_not_understood(route, facts);
  }
  for (store::Invitation& invitation : store::list_invitations(txn)) {
    if (!invitation.used && invitation.expires > now) {
      facts.open_invitations.push_back(std::move(invitation));
    }
  }
  facts.used_invitations = recently_used_invitations(txn, now);
  facts.certificates = store::list_certificates(txn);
  facts.queue_length = store::queue_length(txn);
  facts.held = store::held_length(txn);
  const auto page = store::list_queue(txn, std::nullopt, 1);
  if (!page.entries.empty()) facts.oldest = page.entries.front();
  facts.quarantined = store::quarantine_length(txn);
  facts.full_shares = full_shares(txn, config);
  facts.of_peers = peer_warnings(txn, now);
  for (std::string& line : acceptance_warnings(txn, config.node.domains, now))
    facts.of_peers.push_back(std::move(line));
  if (const auto card = store::own_card(txn)) facts.incarnation = to_hex(card->incarnation);
  facts.set_aside = txn.count(store::Table::damaged);
  return facts;
}

// "2 active, 1 proving", or "none".
std::string tally(const std::map<std::string, std::size_t>& counts) {
  std::string text;
  for (const auto& [state, count] : counts) {
    text += (text.empty() ? "" : ", ") + fmt::format("{} {}", count, state);
  }
  return text.empty() ? "none" : text;
}

// The newest certificate of each role.
std::vector<const store::StoredCertificate*> newest_of_each(const Facts& facts) {
  std::map<store::CertificateRole, const store::StoredCertificate*> newest;
  for (const store::StoredCertificate& certificate : facts.certificates) {
    auto& best = newest[certificate.role];
    if (!best || best->not_before < certificate.not_before) best = &certificate;
  }
  std::vector<const store::StoredCertificate*> all;
  for (const auto& [role, certificate] : newest)
    all.push_back(certificate);
  return all;
}

// The fingerprint of this node; nothing if its identity cannot be read.
std::optional<Fingerprint> fingerprint_of(const Facts& facts) {
  for (const store::StoredCertificate* certificate : newest_of_each(facts)) {
    if (certificate->role != store::CertificateRole::identity) continue;
    const auto identity = crypto::Certificate::from_der(certificate->der);
    if (identity) return identity->key_id();
  }
  return std::nullopt;
}

std::string certificates_text(const Facts& facts, Time now) {
  std::string text;
  for (const store::StoredCertificate* certificate : newest_of_each(facts)) {
    text += (text.empty() ? "" : ", ") +
            fmt::format("{} ends {}{}", store::role_name(certificate->role),
                        relative_time(certificate->not_after, now),
                        certificate->not_after < now + kSoon ? " (SOON)" : "");
  }
  return text;
}

// "12 received, 10 sealed, 1.5 MB in": the counts that are not zero, or "nothing".
std::string counts_text(const node::Counts& counts) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto what = static_cast<node::Counted>(i);
    if (counts[i] == 0) continue;
    if (what == node::Counted::octets_in) {
      add(size_text(counts[i]) + " in");
    } else if (what == node::Counted::octets_out) {
      add(size_text(counts[i]) + " out");
    } else {
      add(fmt::format("{} {}", counts[i], node::counted_name(what)));
    }
  }
  return text.empty() ? "nothing" : text;
}

Json json_of(const node::Counts& counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    json[std::string(node::counted_name(static_cast<node::Counted>(i)))] = counts[i];
  }
  return json;
}

// The node's own certificate for STARTTLS is unused if another one is configured.
bool is_unused(const store::StoredCertificate& certificate, const node::Config& config) {
  return certificate.role == store::CertificateRole::starttls &&
         !config.smtp.tls_certificate.empty();
}

std::vector<std::string> certificate_warnings(const Facts& facts, const node::Config& config,
                                              Time now) {
  std::vector<std::string> lines;
  for (const store::StoredCertificate* certificate : newest_of_each(facts)) {
    if (certificate->not_after >= now + kSoon || is_unused(*certificate, config)) continue;
    lines.push_back(fmt::format(
        "the {} certificate {} {}: `culvert serve` renews it by itself, and its log says why it "
        "could not",
        store::role_name(certificate->role), certificate->not_after < now ? "ended" : "ends",
        relative_time(certificate->not_after, now)));
  }
  return lines;
}

// Everything that needs a person, one line each.
std::vector<std::string> warnings_of(const OpenNode& node, const Facts& facts) {
  std::vector<std::string> lines = certificate_warnings(facts, node.config, node.now);
  if (node.store->is_altered()) lines.push_back(node.store->altered());
  if (facts.set_aside > 0) {
    lines.push_back(counted(facts.set_aside, "record") + (facts.set_aside == 1 ? " was" : " were") +
                    " altered on disk or damaged, and set aside: culvert check");
  }
  for (const store::Route& route : facts.attention) {
    lines.push_back(fmt::format("route {} is {}: {}", route.domain.text(),
                                store::state_name(route.state), route_advice(route)));
  }
  for (const std::string& why : facts.not_understood)
    lines.push_back("mail waits: " + why);
  for (const store::Peer& peer : facts.peers) {
    if (peer.state == store::PeerState::unconfirmed) {
      lines.push_back(fmt::format(
          "peer {} waits until its number was compared: culvert peer show {} tells it, then: "
          "culvert peer confirm {}",
          printable(peer.name), peer.fingerprint.hex().substr(0, 16),
          peer.fingerprint.hex().substr(0, 16)));
    }
    if (peer.outbound_held.empty() || !store::is_partner(peer.state)) continue;
    lines.push_back(fmt::format(
        "peer {}: mail for it waits: {}; call its administrator, then: culvert peer resume {}",
        printable(peer.name), printable(peer.outbound_held), printable(peer.name)));
  }
  lines.insert(lines.end(), facts.of_peers.begin(), facts.of_peers.end());
  if (facts.held > 0) {
    lines.push_back((facts.held == 1 ? std::string("1 entry of the queue is")
                                     : fmt::format("{} entries of the queue are", facts.held)) +
                    " held, and not tried before a person says so: culvert queue list tells why, "
                    "culvert queue retry goes on");
  }
  if (facts.quarantined > 0) {
    lines.emplace_back("mail in quarantine waits for a person: culvert quarantine list");
  }
  for (const std::string& warning : full_shares_warnings(facts.full_shares))
    lines.push_back(warning);
  for (const node::Finding& finding : node::tls_findings(node.config, node.now))
    lines.push_back(finding.key + ": " + finding.text);
  for (const node::UnverifiedHop& hop : facts.unverified_hops)
    lines.push_back(hop.key + ": " + hop.text);
  return lines;
}

// Whether the node runs, and what it has done since its start.
struct Running {
  bool now = false;
  std::optional<node::Rates> rates;  // only if it runs
};

// For programs that watch the node.
int exit_status_of(const Running& running, const std::vector<std::string>& warnings) {
  if (!running.now) return kExitFailed;
  return warnings.empty() ? kExitDone : kExitNeedsPerson;
}

std::string words_of(const OpenNode& node, const Facts& facts, const Running& running,
                     const std::vector<std::string>& warnings) {
  const auto line = [](std::string_view name, const std::string& value) {
    return fmt::format("{:<13} {}\n", name, value);
  };
  std::vector<std::string> domains;
  for (const Domain& domain : node.config.node.domains)
    domains.push_back(domain.text());
  std::string text = line("node", node.config.node.name.text() + " for " + joined(domains));
  if (const auto fingerprint = fingerprint_of(facts)) {
    text += line("fingerprint", peering::fingerprint_digits(*fingerprint));
  }
  if (!facts.incarnation.empty()) text += line("incarnation", facts.incarnation);
  text += line("state", running.now ? "running" : "not running (start it: culvert serve)");
  text += line("peers", tally(facts.peers_by_state));
  if (!facts.open_invitations.empty()) {
    text += line("invitations", counted(facts.open_invitations.size(), "code") + " not used yet");
  }
  text += used_invitations_text(facts.used_invitations, node.now);
  text += line("routes", tally(facts.routes_by_state));
  text +=
      line("queue",
           facts.queue_length == 0
               ? "empty"
               : fmt::format(
                     "{}, the oldest from {}{}",
                     facts.queue_length == 1 ? std::string("1 entry")
                                             : fmt::format("{} entries", facts.queue_length),
                     relative_time(facts.oldest->created, node.now),
                     facts.oldest->reason.empty() ? "" : ": " + printable(facts.oldest->reason)));
  text += line("quarantine", facts.quarantined == 0 ? "empty" : counted(facts.quarantined, "mail"));
  text += line("certificates", certificates_text(facts, node.now));
  if (running.rates) {
    text += line("last minute", counts_text(running.rates->last_minute));
    text += line("since start", counts_text(running.rates->since_start) + " (started " +
                                    relative_time(running.rates->since, node.now) + ")");
  }
  if (!warnings.empty()) text += "\n";
  for (const std::string& warning : warnings)
    text += "! " + warning + "\n";
  return text;
}

Json json_of(const OpenNode& node, const Facts& facts, const Running& running,
             const std::vector<std::string>& warnings) {
  Json rates;  // null if the node does not run
  if (running.rates) {
    rates = {{"since", to_rfc3339(running.rates->since)},
             {"last_minute", json_of(running.rates->last_minute)},
             {"since_start", json_of(running.rates->since_start)}};
  }
  Json domains = Json::array(), certificates = Json::array();
  for (const Domain& domain : node.config.node.domains)
    domains.push_back(domain.text());
  for (const store::StoredCertificate* certificate : newest_of_each(facts)) {
    certificates.push_back({{"name", store::role_name(certificate->role)},
                            {"not_after", to_rfc3339(certificate->not_after)}});
  }
  Json hops = Json::array();
  for (const node::UnverifiedHop& hop : facts.unverified_hops) {
    hops.push_back({{"key", hop.key}, {"text", hop.text}});
  }
  const auto fingerprint = fingerprint_of(facts);
  return {{"node", node.config.node.name.text()},
          {"fingerprint", fingerprint ? Json(fingerprint->hex()) : Json()},
          {"incarnation", facts.incarnation},
          {"domains", std::move(domains)},
          {"running", running.now},
          {"peers", facts.peers_by_state},
          {"routes", facts.routes_by_state},
          {"invitations", facts.open_invitations.size()},
          {"used_invitations", used_invitations_json(facts.used_invitations)},
          {"queue", {{"length", facts.queue_length}}},
          {"quarantine",
           {{"length", facts.quarantined}, {"full", full_shares_json(facts.full_shares)}}},
          {"store", {{"altered", node.store->altered()}, {"set_aside", facts.set_aside}}},
          {"certificates", std::move(certificates)},
          {"unverified_hops", std::move(hops)},
          {"warnings", warnings},
          {"rates", std::move(rates)}};
}

Result<Report> status(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  auto facts =
      read_store<Facts>(*node->store, [&](const store::ReadTransaction& txn) -> Result<Facts> {
        return read_facts(txn, node->config, node->now);
      });
  if (!facts) return facts.error();
  auto hops = hops_to_warn_of(node->config, *node->store);
  if (!hops) return hops.error();
  facts->unverified_hops = *std::move(hops);
  Running running{node::InstanceLock::is_held(node->config.node.data_dir), {}};
  if (running.now) running.rates = node::read_rates(node->config.node.data_dir);
  const std::vector<std::string> warnings = warnings_of(*node, *facts);
  return Report{.text = words_of(*node, *facts, running, warnings),
                .json = json_text(json_of(*node, *facts, running, warnings)),
                .exit_status = exit_status_of(running, warnings)};
}

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .summary = "shows node, peers, routes, queue, certificates and rates on one screen",
      .operands = {},
      .options = {},
      .detail =
          "Ends with 0 if the node runs and nothing needs a person, 3 if something does (the "
          "lines with `!`,\n`warnings` in JSON), 1 if the node does not run or cannot be asked.",
      .example = "culvert status",
      .run = status};
}

}  // namespace culvert::cli
