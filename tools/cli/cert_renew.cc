// `culvert cert renew`.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/keys/certificate.h"
#include "node/flow/key_renewal.h"
#include "store/keyring.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/open_node.h"
#include "tools/cli/running_node.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

// The newest certificate of each tunnel role.
Result<std::vector<crypto::Certificate>> newest_pair(const store::ReadTransaction& txn) {
  std::vector<crypto::Certificate> pair;
  for (const auto role :
       {store::CertificateRole::tunnel_sign, store::CertificateRole::tunnel_encrypt}) {
    const auto of_role = store::list_certificates(txn, role);
    if (of_role.empty()) return internal_error("not-renewed", "the new certificates are missing");
    auto certificate = crypto::Certificate::from_der(of_role.front().der);
    if (!certificate) return certificate.error();
    pair.push_back(*std::move(certificate));
  }
  return pair;
}

Result<Report> cert_renew(const Arguments& arguments) {
  auto node = open_node(arguments);
  if (!node) return node.error();
  const auto renewed = node::renew_tunnel_keys(*node->store, node->now, node::Renewal::now);
  if (!renewed) return renewed.error();
  const auto pair = read_store<std::vector<crypto::Certificate>>(*node->store, newest_pair);
  if (!pair) return pair.error();
  const bool runs = !bound_addresses(node->config, "smtp.inside").empty();
  Report report;
  report.text = fmt::format(
      "Made new tunnel keys and certificates; they end at {}.\n"
      "The node announces them {}. A partner gets mail signed by the new one as soon as it has\n"
      "taken the card that lists it. The old keys open what was sealed to them, for 90 days after\n"
      "their certificates left the card.\n",
      to_rfc3339(pair->front().not_after()),
      runs ? "now" : "when it runs: it does not run at present");
  Json list = Json::array();
  for (const crypto::Certificate& certificate : *pair) {
    list.push_back({{"fingerprint", certificate.certificate_hash().hex()},
                    {"not_before", to_rfc3339(certificate.not_before())},
                    {"not_after", to_rfc3339(certificate.not_after())}});
  }
  list[0]["name"] = store::role_name(store::CertificateRole::tunnel_sign);
  list[1]["name"] = store::role_name(store::CertificateRole::tunnel_encrypt);
  report.json = json_text(list);
  return report;
}

}  // namespace

Command cert_renew_command() {
  return {
      .name = "cert renew",
      .summary = "makes new tunnel keys and certificates at once",
      .operands = {},
      .options = {},
      .detail =
          "A node renews them by itself after 60 of their 90 days. This is for a key that "
          "others may\nknow. No mail is lost or waits because of it, and nobody has to be told.",
      .example = "culvert cert renew",
      .run = cert_renew};
}

}  // namespace culvert::cli
