// What a local part may hide. A mail server that gets `victim%world.example@b.example` may read the
// local part as another address and send the mail on: the recipient's server would relay for
// whoever wrote it (attack: Relay). So an address is passed on, or reported to, only if its local
// part can be nothing but the name of a mailbox.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/names.h"

namespace culvert {

// Nothing if the local part, without its quotes, is safe. Otherwise the part that is not, for a
// refusal's text (`"%"`, `"-" at the front`). Not safe, because the servers named see a route
// there:
// - `@`: a second address. Postfix resolves `"victim@world"@ours` and relays; sendmail and Exim
//   strip a local domain and start again (RFC 5321, F.2: source routes)
// - `%`: another form of a second address. Postfix's `allow_percent_hack`, sendmail's class O, a
//   `percent_hack` router of Exim, qmail's control/percenthack, OpenSMTPD behind any of them
// - `!`: UUCP paths. Postfix's `swap_bangpath`, sendmail's class O, smail and its heirs
// - `|`: a command. Aliases of sendmail, Postfix and Exim whose right side holds the local part
// - `/` at the front: a file, in the same places; `../`: a file beside the mailbox (Exim's own
//   default ACL refuses it; virtual mailboxes are named by local part)
// - `-` at the front: an option of the delivery program (Exim's and qmail's manuals warn of it)
// - `:` at the front: a directive. `:include:file`, `:fail:`, `:blackhole:` of Exim and sendmail
// - `${`: an expansion that old versions of Exim run as a command (CVE-2019-10149)
// - controls, including U+0080 to U+009F: programs differ in what a control ends
//
// The compatibility forms of these signs (full width, small, vertical) are not safe either: a
// program that normalises a UTF-8 local part (RFC 6532, 3.1 allows NFKC) turns them into the sign
// itself. `+`, `=`, `#`, `*` and the rest pass: BATV, SRS, VERP and subaddresses are honest.
std::optional<std::string> hidden_route(const Mailbox& mailbox);

// True if the mail server of `own_domains` may take the domain for its own and so look for a route
// in the local part: one of these domains or below one, a name of one label, or a name that
// RFC 6761 reserves for the machine itself. Postfix has `localhost` and its own host name in
// `mydestination`, and its reports to `<victim%world@localhost>` would go out to the world.
bool may_be_local(const Domain& domain, const std::vector<Domain>& own_domains);

}  // namespace culvert
