// What a local part may hide. A mail server that gets `victim%world.example@b.example` may take the
// local part for an address of its own and send the mail on: our recipient's server would relay for
// whoever wrote it (attack: Relay). So an address is handed on, or reported to, only if its local
// part can be nothing but the name of a mailbox.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"

namespace culvert {

// Nothing if the local part, without its quotes, is safe; else what is not, for a refusal's text
// (`"%"`, `"-" at the front`). Not safe, because the servers named take it for a way elsewhere:
// - `@`: a second address. Postfix resolves `"victim@world"@ours` and relays; sendmail and Exim
//   strip a local domain and start again (RFC 5321, F.2: source routes)
// - `%`: a second address in another dress. Postfix's `allow_percent_hack`, sendmail's class O, a
//   `percent_hack` router of Exim, qmail's control/percenthack, OpenSMTPD behind any of them
// - `!`: UUCP paths. Postfix's `swap_bangpath`, sendmail's class O, smail and its heirs
// - `|`: a command. Aliases of sendmail, Postfix and Exim whose right side holds the local part
// - `/` at the front: a file, in the same places; `../`: a file beside the mailbox (Exim's own
//   default ACL refuses it, virtual mailboxes are named by local part)
// - `-` at the front: an option of the delivery program (Exim's and qmail's manuals warn of it)
// - `:` at the front: an order. `:include:file`, `:fail:`, `:blackhole:` of Exim and sendmail
// - `${`: an expansion that old Exim runs as a command (CVE-2019-10149)
// - controls, also those of U+0080 to U+009F: what they end differs from program to program
//
// The same signs of compatibility (full width, small, vertical forms), because a program that
// normalises a UTF-8 local part (RFC 6532, 3.1 allows NFKC) then finds the sign itself.
// `+`, `=`, `#`, `*` and the rest pass: BATV, SRS, VERP and subaddresses are honest.
std::optional<std::string> hidden_route(const Mailbox& mailbox);

// True if the mail server of `own_domains` may take the domain for one of its own, and so look for
// a route in the local part: one of these or below one, a name of one label, and what RFC 6761
// keeps for the machine itself. Postfix has `localhost` and its own host name in `mydestination`,
// and its reports to `<victim%world@localhost>` would leave for the world.
bool may_be_local(const Domain& domain, const std::vector<Domain>& own_domains);

}  // namespace culvert
