// `culvert smime`: looks into, opens and verifies S/MIME objects in files and pipes.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "crypto/smime/decrypt.h"
#include "crypto/smime/inspect.h"
#include "crypto/smime/verify.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/smime_files.h"
#include "tools/cli/smime_keys.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxTrustFileBytes = 4 * 1024 * 1024;

const Operand kIn{"IN", Operand::Count::optional,
                  "the file to read; without it or for `-` standard input"};
const Option kKey{"--key", "FILE", "private key in PEM; its certificate may be in the same file"};
const Option kCertificate{"--certificate", "FILE", "certificates of that key, in PEM"};

bool is_standard_output(const std::optional<std::string>& name) { return !name || *name == "-"; }

Result<Report> smime_inspect(const Arguments& arguments) {
  crypto::MemoryKeyRing keys;
  if (const Status added = add_given_keys(arguments, keys); !added) return added.error();
  const auto input = open_input(arguments.value("IN"));
  if (!input) return input.error();
  const auto layers = crypto::inspect(**input, keys);
  if (!layers) return layers.error();
  return Report{.text = crypto::layers_text(*layers), .json = crypto::layers_json(*layers)};
}

// Nothing is written before the content is authentic; a file that could not be finished goes again.
Result<Report> smime_decrypt(const Arguments& arguments) {
  crypto::MemoryKeyRing keys;
  const Status added =
      arguments.has("--key") ? add_given_keys(arguments, keys) : add_node_keys(arguments, keys);
  if (!added) return added.error();
  const auto input = open_input(arguments.value("IN"));
  if (!input) return input.error();
  const auto output = OutputFile::create(arguments.value("OUT"));
  if (!output) return output.error();
  const auto report = crypto::decrypt(**input, keys, **output);
  if (!report) return report.error();
  if (const Status kept = (*output)->keep(); !kept) return kept.error();
  if (is_standard_output(arguments.value("OUT"))) return Report{};
  const std::string recipient =
      report->recipient ? report->recipient->subject_text() : "a shared key or a password";
  return Report{.text = fmt::format("opened: {} octets, {}, sealed for {}\n", report->content_bytes,
                                    report->cipher, recipient),
                .json = json_text(Json{{"octets", report->content_bytes},
                                       {"cipher", report->cipher},
                                       {"recipient", recipient}})};
}

Result<crypto::Trust> trust_of(const Arguments& arguments) {
  crypto::Trust trust{{}, SystemClock().now()};
  for (const std::string& name : arguments.all("--trust")) {
    const auto pem = read_small_file(name, kMaxTrustFileBytes);
    if (!pem) return pem.error();
    auto found = crypto::Certificate::all_from_pem(*pem);
    if (!found) return found.error();
    if (found->empty()) return usage_error("'" + printable(name, 80) + "' holds no certificate");
    trust.trusted.insert(trust.trusted.end(), found->begin(), found->end());
  }
  if (const auto at = arguments.value("--at")) {
    const auto time = from_rfc3339(*at);
    if (!time) return usage_error("--at takes a time like 2026-03-01T12:00:00Z");
    trust.now = *time;
  }
  return trust;
}

Json json_of(const crypto::SignerVerdict& signer) {
  Json object{{"address", signer.address.empty() ? Json() : Json(signer.address)},
              {"valid", signer.valid()},
              {"reason", signer.reason ? Json(signer.reason->code) : Json()}};
  if (signer.reason) object["text"] = signer.reason->text;
  object["subject"] = signer.subject;
  object["fingerprint"] = signer.fingerprint;
  if (signer.signing_time) object["signed_at"] = to_rfc3339(*signer.signing_time);
  object["type"] = crypto::signature_type_name(signer.type);
  return object;
}

Report report_of(const crypto::VerifyReport& verified) {
  Report report;
  Json signers = Json::array();
  for (const crypto::SignerVerdict& signer : verified.signers) {
    const std::string who = signer.address.empty() ? signer.subject : signer.address;
    report.text += fmt::format("{}: {}\n", who.empty() ? "an unknown signer" : who,
                               signer.reason ? "NOT VALID: " + signer.reason->text : "valid");
    signers.push_back(json_of(signer));
  }
  report.json = json_text(Json{{"valid", verified.valid()}, {"signers", std::move(signers)}});
  report.exit_status = verified.valid() ? kExitDone : kExitFailed;
  return report;
}

Status write_content(const std::string& name, RewindableSource& input, const crypto::Trust& trust) {
  const auto output = OutputFile::create(name);
  if (!output) return output.error();
  const auto written = crypto::write_verified_content(input, trust, **output);
  if (!written) return written.error();
  return (*output)->keep();
}

// The first pass judges, the second writes: content whose signature is not valid goes nowhere.
Result<Report> smime_verify(const Arguments& arguments) {
  const auto trust = trust_of(arguments);
  if (!trust) return trust.error();
  const auto input = open_input(arguments.value("IN"));
  if (!input) return input.error();
  const auto verified = crypto::verify(**input, *trust);
  if (!verified) return verified.error();
  Report report = report_of(*verified);
  const auto out = arguments.value("OUT");
  if (!verified->valid() || !out) return report;
  if (const Status written = write_content(*out, **input, *trust); !written) {
    return written.error();
  }
  if (*out != "-") return report;
  std::fputs(report.text.c_str(), stderr);
  return Report{};
}

}  // namespace

std::vector<Command> smime_commands() {
  return {
      {.name = "smime inspect",
       .summary = "tells what an S/MIME object is, layer by layer",
       .operands = {kIn},
       .options = {kKey, kCertificate},
       .detail = "Reads a message, a MIME entity, PEM or DER. With keys it looks through what is "
                 "sealed for them. Nothing is trusted and nothing is released.",
       .example = "culvert smime inspect caught.eml",
       .run = smime_inspect},
      {.name = "smime decrypt",
       .summary = "opens a sealed object",
       .operands = {kIn,
                    {"OUT", Operand::Count::optional,
                     "the file to write; without it or for `-` standard output"}},
       .options = {kKey, kCertificate},
       .detail = "Without --key it opens with the tunnel keys of the node of this configuration. "
                 "Nothing is written before the whole content is authenticated.",
       .example = "culvert smime decrypt --key tunnel.pem caught.eml entity.mime",
       .run = smime_decrypt},
      {.name = "smime verify",
       .summary = "verifies a signed object",
       .operands = {kIn,
                    {"OUT", Operand::Count::optional,
                     "where the content goes if every signature is valid; nowhere without"}},
       .options = {{"--trust", "FILE", "certificates to be believed, or their issuer's, in PEM"},
                   {"--at", "TIME", "when certificates must be valid; default: now"}},
       .detail = "A signature is valid if it is right and its certificate is meant for mail, valid "
                 "when it signed and now, and one of the --trust certificates or issued by one.",
       .example = "culvert smime verify --trust identity.pem entity.mime content",
       .run = smime_verify},
  };
}

}  // namespace culvert::cli
