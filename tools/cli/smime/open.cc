// `culvert smime decrypt` and `culvert smime inspect`.
#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/smime/decrypt.h"
#include "crypto/smime/inspect.h"
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

const Option kKeyOption{"--key", "FILE…", "private keys: PEM, DER or PKCS#12"};
const Option kCertOption{"--cert", "FILE…",
                         "their certificates, if not in the same files; a key without one is "
                         "tried on every recipient"};
const Option kKekOption{"--kek", "ID:HEXFILE…", "a key that both sides hold"};

crypto::OldCiphers old_ciphers_of(const Arguments& arguments) {
  return arguments.has("--legacy") ? crypto::OldCiphers::read : crypto::OldCiphers::refuse;
}

bool gives_keys(const Arguments& arguments) {
  return arguments.has("--key") || arguments.has("--cert") || arguments.has("--kek") ||
         arguments.has("--password-file");
}

Result<Report> smime_inspect(const Arguments& arguments) {
  crypto::MemoryKeyRing keys;
  if (const Status added = add_given_keys(arguments, keys); !added) return added.error();
  const auto input = open_input(arguments.value("--in"));
  if (!input) return input.error();
  const auto layers = crypto::inspect(**input, keys, old_ciphers_of(arguments));
  if (!layers) return layers.error();
  const bool is_broken = std::any_of(layers->begin(), layers->end(),
                                     [](const crypto::Layer& layer) { return layer.is_broken; });
  return Report{.text = crypto::layers_text(*layers),
                .json = crypto::layers_json(*layers),
                .exit_status = is_broken ? kExitFailed : kExitDone};
}

std::string notes_on(const crypto::DecryptReport& opened) {
  std::string notes;
  if (opened.kind != crypto::SealKind::auth_enveloped) {
    notes += "note: nothing authenticates this content\n";
  }
  if (opened.weak) notes += "note: it is weakly protected\n";
  if (opened.passed_over > 0) {
    notes +=
        fmt::format("note: {} octets that are no base64 were passed over\n", opened.passed_over);
  }
  return notes;
}

Report report_of(const crypto::DecryptReport& opened) {
  const std::string by =
      opened.recipient ? "sealed for " + opened.recipient->subject_text() : opened.recipient_kind;
  Report report{
      .text = fmt::format("opened: {} octets, {}, {}\n", opened.content_bytes, opened.cipher, by) +
              notes_on(opened)};
  report.json = json_text(
      Json{{"octets", opened.content_bytes},
           {"cipher", opened.cipher},
           {"kind", opened.recipient_kind},
           {"recipient", opened.recipient ? Json(opened.recipient->subject_text()) : Json()},
           {"authenticated", opened.kind == crypto::SealKind::auth_enveloped},
           {"weak", opened.weak},
           {"passed_over", opened.passed_over}});
  return report;
}

// Nothing is written before the content is authentic. An unfinished file is removed.
Result<Report> decrypt_to(const Arguments& arguments, Sink& output) {
  crypto::MemoryKeyRing keys;
  const Status added =
      gives_keys(arguments) ? add_given_keys(arguments, keys) : add_node_keys(arguments, keys);
  if (!added) return added.error();
  const auto input = open_input(arguments.value("--in"));
  if (!input) return input.error();
  const auto opened = crypto::decrypt(**input, keys, output, old_ciphers_of(arguments));
  if (!opened) return say_what_it_is(opened.error(), **input);
  if (writes_to_standard_output(arguments)) {
    tell_people(notes_on(*opened));
    return Report{};
  }
  return report_of(*opened);
}

}  // namespace

std::vector<Command> smime_open_commands() {
  return {
      {.name = "smime decrypt",
       .summary = "opens a sealed object",
       .operands = {},
       .options = {kInOption, kOutOption, kKeyOption, kCertOption, kKekOption, kPasswordOption,
                   kLegacyOption},
       .detail = "Reads a message, a MIME entity, PEM or DER. Without --key, --kek or "
                 "--password-file it opens with the tunnel keys of the node of this configuration. "
                 "The password opens encrypted key files, and messages that are sealed with one. "
                 "Nothing is written before the whole content is authenticated.",
       .example = "culvert smime decrypt --key tunnel.pem --in caught.eml --out entity",
       .run = writes_output<Secrecy::plain, decrypt_to>},
      {.name = "smime inspect",
       .summary = "tells what an S/MIME object is, layer by layer",
       .operands = {},
       .options = {kInOption, kKeyOption, kCertOption, kKekOption, kPasswordOption, kLegacyOption},
       .detail =
           "Reads a message, a MIME entity, PEM or DER. With keys it looks through what is "
           "sealed for them. Nothing is trusted and nothing is released. Ends with 1 if a layer is "
           "damaged, cut or malformed, or a signature is wrong.",
       .example = "culvert smime inspect --in caught.eml",
       .run = smime_inspect}};
}

}  // namespace culvert::cli
