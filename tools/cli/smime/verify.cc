// `culvert smime verify`: verifies a signed object, and says whom to believe.
#include "crypto/smime/verify.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crypto/base/log.h"
#include "tools/cli/commands.h"
#include "tools/cli/json_text.h"
#include "tools/cli/smime/files.h"
#include "tools/cli/smime/keys.h"
#include "tools/cli/smime/kind.h"
#include "tools/cli/smime/options.h"
#include "tools/cli/standard_streams.h"

namespace culvert::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<crypto::Trust> trust_of(const Arguments& arguments) {
  auto trusted = given_certificates(arguments, "--trust");
  if (!trusted) return trusted.error();
  crypto::Trust trust{*std::move(trusted), SystemClock().now()};
  trust.local_parts = given_local_parts(arguments);
  if (const auto at = arguments.value("--at")) {
    const auto time = from_rfc3339(*at);
    if (!time) return usage_error("--at takes a time like 2026-03-01T12:00:00Z");
    trust.now = *time;
  }
  return trust;
}

// Says to people what weakens the signature; empty if nothing does.
std::string weaknesses_of(const crypto::SignerVerdict& signer) {
  std::string text;
  if (signer.weak_key) text = "an RSA key of fewer than 2,048 bits";
  if (!signer.is_authority) return text;
  return text + (text.empty() ? "" : ", ") +
         "a CA certificate (CA:TRUE), and trusting it means trusting all that its key issues";
}

std::string verdict_text(const crypto::SignerVerdict& signer) {
  if (signer.reason) return "NOT VALID: " + signer.reason->text;
  const std::string weak = weaknesses_of(signer);
  return weak.empty() ? "valid" : "valid, weak: " + weak;
}

Json json_of(const crypto::SignerVerdict& signer) {
  Json object{{"address", signer.address.empty() ? Json() : Json(signer.address)},
              {"valid", signer.valid()},
              {"reason", signer.reason ? Json(signer.reason->code) : Json()}};
  if (signer.reason) object["text"] = signer.reason->text;
  if (!signer.chain_reason.empty()) object["chain"] = signer.chain_reason;
  object["subject"] = signer.subject;
  object["fingerprint"] = signer.fingerprint;
  if (signer.signing_time) object["signed_at"] = to_rfc3339(*signer.signing_time);
  object["type"] = crypto::signature_type_name(signer.type);
  if (signer.content_matches) object["content_altered"] = !*signer.content_matches;
  object["weak"] = !weaknesses_of(signer).empty();
  if (!weaknesses_of(signer).empty()) object["weakness"] = weaknesses_of(signer);
  return object;
}

Report report_of(const crypto::VerifyReport& verified) {
  Report report;
  Json signers = Json::array();
  for (const crypto::SignerVerdict& signer : verified.signers) {
    const std::string who = signer.address.empty() ? signer.subject : signer.address;
    report.text += fmt::format("{}: {}\n", who.empty() ? "an unknown signer" : printable(who),
                               verdict_text(signer));
    signers.push_back(json_of(signer));
  }
  report.json = json_text(Json{{"valid", verified.valid()}, {"signers", std::move(signers)}});
  report.exit_status = verified.valid() ? kExitDone : kExitFailed;
  return report;
}

struct Inputs {
  std::unique_ptr<RewindableSource> object;
  std::unique_ptr<RewindableSource> content;  // null unless --content was given
};

Result<Inputs> open_inputs(const Arguments& arguments) {
  auto object = open_input(arguments.value("--in"));
  if (!object) return object.error();
  Inputs inputs{*std::move(object), nullptr};
  if (const auto name = arguments.value("--content")) {
    auto content = open_input(*name);
    if (!content) return content.error();
    inputs.content = *std::move(content);
  }
  return inputs;
}

// The first pass verifies, the second writes: content without a valid signature is never written.
Result<Report> verify_to(const Arguments& arguments, Sink* output) {
  const auto trust = trust_of(arguments);
  if (!trust) return trust.error();
  const auto inputs = open_inputs(arguments);
  if (!inputs) return inputs.error();
  const auto verified = crypto::verify(*inputs->object, *trust, inputs->content.get());
  if (!verified) return say_what_it_is(verified.error(), *inputs->object);
  Report report = report_of(*verified);
  if (!verified->valid() || output == nullptr) return report;
  const auto written =
      crypto::write_verified_content(*inputs->object, *trust, *output, inputs->content.get());
  if (!written) return written.error();
  if (arguments.value("--out") != "-") return report;
  tell_people(report.text);
  return Report{};
}

Result<Report> smime_verify(const Arguments& arguments) {
  if (!arguments.has("--out")) return verify_to(arguments, nullptr);
  return with_output(arguments, Secrecy::plain,
                     [&](Sink& output) { return verify_to(arguments, &output); });
}

}  // namespace

Command smime_verify_command() {
  return {
      .name = "smime verify",
      .summary = "verifies a signed object",
      .operands = {},
      .options =
          {kInOption,
           {"--out", "FILE",
            "where the content goes if every signature is valid (`-`: standard output); "
            "nowhere without. Otherwise no file of that name is left, not even an older one"},
           {"--trust", "FILE…", "certificates to be believed, or their issuers'"},
           {"--at", "TIME", "when certificates must be valid; default: now"},
           kIgnoreCaseOption,
           {"--content", "FILE", "what a detached signature in DER or PEM is over"},
           kLegacyOption},
      .detail =
          "A signature is valid if it is right and its certificate is meant for mail, "
          "valid when it signed and now, and one of the --trust certificates or issued by "
          "one. In a message the certificate must also name the one author in From. A certificate "
          "that is a CA's (CA:TRUE) counts too if it may sign, and is marked weak.",
      .example = "culvert smime verify --trust ca.pem --in signed.eml --out content",
      .run = smime_verify};
}

}  // namespace culvert::cli
