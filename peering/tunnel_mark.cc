#include "peering/tunnel_mark.h"

#include <algorithm>

#include "crypto/mime/authors.h"
#include "crypto/mime/header.h"
#include "peering/routes.h"

namespace culvert::peering {
namespace {

bool serves(const OpenContext& context, const Domain& domain) {
  return std::find(context.own_domains.begin(), context.own_domains.end(), domain) !=
         context.own_domains.end();
}

// True if mail whose author is of the domain should come from inside, or sealed as the author's
// own. The signing peer's domains count like any other's: mail that the peer only passed on may
// claim one of them, and the peer does not vouch for that.
Result<bool> has_a_tunnel(const Domain& domain, const OpenContext& context) {
  if (serves(context, domain)) return true;
  auto holders = context.holders_of(domain);
  if (!holders) return holders.error();
  return std::any_of(holders->begin(), holders->end(), [](const RouteHolder& holder) {
    return holder.in_force || is_in_use(holder.route_state);
  });
}

Result<bool> any_has_a_tunnel(const std::vector<Domain>& domains, const OpenContext& context) {
  for (const Domain& domain : domains) {
    const auto has_one = has_a_tunnel(domain, context);
    if (!has_one || *has_one) return has_one;
  }
  return false;
}

// Named attack: Mailsploit. `"ceo@b.example"@a.example` and encoded words before the `@` are one
// address of a.example, but some programs show another.
Result<bool> all_of_peer(const crypto::AuthorDomains& authors, const OpenContext& context,
                         const Fingerprint& peer) {
  for (const Domain& domain : authors.addresses) {
    const auto of_peer = is_of_peer(domain, context, peer);
    if (!of_peer || !*of_peer) return of_peer;
  }
  return !authors.too_many && !authors.doubtful_address;
}

enum class Author { of_the_peer, of_others, also_of_others, not_one };

Result<Author> author_of(const std::vector<crypto::HeaderField>& fields,
                         const crypto::AuthorDomains& authors, const OpenContext& context,
                         const Fingerprint& peer) {
  const auto from = crypto::single_from(fields);
  if (!from) return Author::not_one;
  const auto of_peer = is_of_peer(from->domain(), context, peer);
  if (!of_peer) return of_peer.error();
  if (!*of_peer) return Author::of_others;
  const auto nobody_else = all_of_peer(authors, context, peer);
  if (!nobody_else) return nobody_else.error();
  return *nobody_else ? Author::of_the_peer : Author::also_of_others;
}

// Why the mail is not the peer's own; empty if it is.
std::string why_relayed(const SealedEnvelope& envelope, Author author) {
  if (envelope.form == TunnelForm::old) return "old form";
  if (envelope.origin == SealedOrigin::passed) return "passed on";
  switch (author) {
    case Author::of_the_peer:
      return {};
    case Author::of_others:
      return "From is not of the peer";
    case Author::also_of_others:
      return "From names other domains";
    case Author::not_one:
      return "no single From address";
  }
  return "no single From address";
}

}  // namespace

Result<bool> is_of_peer(const Domain& domain, const OpenContext& context, const Fingerprint& peer) {
  if (serves(context, domain)) return false;
  auto holders = context.holders_of(domain);
  if (!holders) return holders.error();
  return std::any_of(holders->begin(), holders->end(), [&](const RouteHolder& holder) {
    return holder.peer == peer && is_in_use(holder.route_state);
  });
}

Status set_mark(std::string_view header, const OpenContext& context, OpenedTunnelMail& mail) {
  const auto fields = crypto::fields_of(header);
  const auto authors = crypto::author_domains(fields);
  const auto author = author_of(fields, authors, context, mail.peer);
  if (!author) return author.error();
  mail.why = why_relayed(mail.envelope, *author);
  mail.mark = mail.why.empty() ? SignedMark::yes : SignedMark::relay;
  if (mail.mark == SignedMark::yes) return done();
  const auto claims = any_has_a_tunnel(authors.addresses, context);
  if (!claims) return claims.error();
  mail.expected_tunnel = *claims || authors.too_many || authors.doubtful_address;
  if (mail.expected_tunnel) return done();
  // Honest lists write `bob@b.example via List`. `display-name` replaces any other reason, so that
  // nobody acts on a name as on an author.
  const auto mentions = any_has_a_tunnel(authors.names, context);
  if (!mentions) return mentions.error();
  mail.expected_tunnel = *mentions || authors.doubtful_name;
  if (mail.expected_tunnel) mail.why = "display-name";
  return done();
}

}  // namespace culvert::peering
