#include "node/smtp/client_session.h"

#include <utility>

namespace culvert::node {
namespace {

bool is_2xx(const Reply& reply) { return reply.code / 100 == 2; }
bool is_3xx(const Reply& reply) { return reply.code / 100 == 3; }
bool is_negative(const Reply& reply) { return reply.code >= 400; }

Error out_of_turn(std::string_view when, const Reply& reply) {
  return temporary_error("bad-reply", "the server answered " + std::string(when) + " with '" +
                                          reply.summary() + "', which makes no sense there");
}

}  // namespace

void ClientDialog::Session::on_reply(const Reply& reply) {
  ++progress;
  switch (state) {
    case ClientState::banner:
      return on_banner(reply);
    case ClientState::ehlo:
      return on_ehlo(reply);
    case ClientState::helo:
      return on_helo(reply);
    case ClientState::starttls:
      return on_starttls(reply);
    case ClientState::xclient:
      return on_xclient(reply);
    case ClientState::envelope:
      return on_envelope(reply);
    case ClientState::body:
      return on_body(reply);
    case ClientState::final_reply:
      return on_final(reply);
    case ClientState::rset:
      return on_rset(reply);
    case ClientState::ready:
      return on_unasked(reply);
    case ClientState::quit:
      return enter(ClientState::closed, ClientWait::close);
    case ClientState::connecting:
    case ClientState::handshake:
    case ClientState::closed:
      return;
  }
}

void ClientDialog::Session::on_unasked(const Reply& reply) {
  fail_with_reply("session-ended", "the session was ended", reply);
}

void ClientDialog::Session::on_banner(const Reply& reply) {
  if (reply.code != 220) return fail_with_reply("refused", "the connection was refused", reply);
  features = parse_features(reply);
  say_hello();
}

void ClientDialog::Session::say_hello() {
  // Once we speak for a client, the client's name counts: Postfix's filters see the last EHLO name,
  // and an SPF record of ours would refuse every stranger's address.
  const bool for_client = shown && !shown->hello.empty();
  send_line("EHLO " + (for_client ? shown->hello : rules.hello_name));
  enter(ClientState::ehlo, ClientWait::peer);
}

void ClientDialog::Session::on_ehlo(const Reply& reply) {
  const bool tls_missing = rules.tls == TlsUse::required && !encrypted;
  // If the server objects to the client's name or address, that is its answer to this message.
  if (!is_2xx(reply) && introduced) return fail_with_reply("refused", "EHLO was refused", reply);
  if (!is_2xx(reply)) {
    // Only a server that does not know EHLO gets HELO, but never if that would mean no TLS.
    if (tls_missing) return fail(no_tls("refused", "refused EHLO: " + reply.summary()));
    if (!reply.permanent()) return fail_with_reply("refused", "EHLO was refused", reply);
    send_line("HELO " + rules.hello_name);
    return enter(ClientState::helo, ClientWait::peer);
  }
  features = parse_features(reply);
  // With TLS, a server forgets what it was told in clear (RFC 3207, 4.2), including the client.
  if (encrypted || rules.tls == TlsUse::never || introduced) return be_ready();
  if (features.starttls) {
    send_line("STARTTLS");
    return enter(ClientState::starttls, ClientWait::peer);
  }
  if (!tls_missing) return be_ready();
  fail(
      no_tls("tls-not-offered",
             "does not offer STARTTLS; turn TLS on there (if it is on, somebody in between removes "
             "the offer)"));
}

// Always temporary: a reply before TLS may come from somebody in between, who must not be able to
// return mail to its sender.
Error ClientDialog::Session::no_tls(std::string_view code, const std::string& what) const {
  return temporary_error(code, (rules.host.empty() ? "the server" : rules.host) + " " + what +
                                   " (its URL in [delivery] demands TLS, so nothing was sent)");
}

void ClientDialog::Session::on_helo(const Reply& reply) {
  if (!is_2xx(reply)) return fail_with_reply("refused", "HELO was refused", reply);
  features = parse_features({reply.code, "", {features.name}});
  be_ready();
}

void ClientDialog::Session::on_starttls(const Reply& reply) {
  if (reply.code == 220) {
    features = {};
    return enter(ClientState::handshake, ClientWait::tls);
  }
  if (rules.tls == TlsUse::required) {
    return fail(no_tls("tls-refused", "refused STARTTLS: " + reply.summary()));
  }
  if (reply.code == 421) return fail_with_reply("tls-refused", "STARTTLS was refused", reply);
  be_ready();
}

void ClientDialog::Session::be_ready() {
  enter(ClientState::ready, ClientWait::message);
  if (!introduced) return;
  const ClientEnvelope envelope = *std::exchange(introduced, std::nullopt);
  const auto reply = obstacle(envelope);  // the server may offer less to that client
  if (!reply) return begin_envelope(envelope);
  decide_rest({*reply, false});
  finish_delivery();
}

// 220: the session begins again, as that client's. For the other codes see XCLIENT_README, "server
// reply codes".
void ClientDialog::Session::on_xclient(const Reply& reply) {
  if (is_2xx(reply)) {
    shown = introduced->client;
    return say_hello();
  }
  if (reply.code == 501 && !shown) {
    // Named attack: Borrowed place. What the client says of itself, or has its DNS say, must not
    // make the server refuse the line: its mail would come as ours.
    if (tell_plainly()) return;
    // Postfix without IPv6 does not know such addresses. The message goes on as if there were no
    // XCLIENT; holding it back would hold back every IPv6 client.
    if (introduced->client->address.find(':') != std::string::npos) {
      client_refusal = reply;
      return begin_envelope(*std::exchange(introduced, std::nullopt));
    }
  }
  const bool about_client = reply.code < 500 || reply.code == 521 || reply.code == 554;
  if (about_client) return fail_with_reply("refused", "the client was refused", reply);
  fail(temporary_error("xclient-refused", (rules.host.empty() ? "the server" : rules.host) +
                                              " offers XCLIENT and refused it: " + reply.summary() +
                                              " (in Postfix see smtpd_authorized_xclient_hosts)"));
}

// Tells the address alone, without a word of the client's. False if no more was told before.
bool ClientDialog::Session::tell_plainly() {
  const ShownClient& client = *introduced->client;
  const std::string told = xclient_command(client, introduced->client_name, features.xclient);
  introduced->client_name = {};
  ShownClient plain = client;
  plain.hello.clear();
  const std::string line = xclient_command(plain, {}, features.xclient);
  if (told_plainly || line == told) return false;
  told_plainly = true;
  send_line(line);
  enter(ClientState::xclient, ClientWait::peer);
  return true;
}

void ClientDialog::Session::on_envelope(const Reply& reply) {
  const Command command = std::move(delivery->unanswered.front());
  delivery->unanswered.pop_front();
  if (reply.code == 421) return fail_with_reply("session-ended", "the session was ended", reply);
  if (is_3xx(reply) && command.kind != Command::Kind::data) {
    return fail(out_of_turn(command.line, reply));
  }
  switch (command.kind) {
    case Command::Kind::xforward:  // For its log only: mail goes on without it.
      break;
    case Command::Kind::mail:
      on_mail(reply);
      break;
    case Command::Kind::rcpt:
      on_rcpt(command.recipient, reply);
      break;
    case Command::Kind::data:
      return on_data(reply);
  }
  send_commands();
  if (delivery->unanswered.empty()) end_envelope();
}

void ClientDialog::Session::on_mail(const Reply& reply) {
  if (is_2xx(reply)) return;
  decide_rest({reply, true});
  delivery->unsent.clear();
}

void ClientDialog::Session::on_rcpt(std::size_t recipient, const Reply& reply) {
  const bool deliver = delivery->purpose == ClientEnvelope::Purpose::deliver;
  if (delivery->decided[recipient]) return;  // MAIL was refused; this reply tells nothing new.
  if (is_2xx(reply) && deliver) {
    delivery->accepted.push_back(recipient);
  } else {
    delivery->decided[recipient] = {.reply = reply, .at_rcpt = true};
  }
  const bool only_data_left = delivery->unsent.size() == 1 && deliver;
  if (only_data_left && delivery->accepted.empty()) delivery->unsent.clear();
}

void ClientDialog::Session::on_data(const Reply& reply) {
  if (is_negative(reply)) {
    for (const std::size_t recipient : delivery->accepted)
      decide(recipient, reply);
    return end_envelope();
  }
  if (reply.code != 354) return fail(out_of_turn("DATA", reply));
  if (!delivery->accepted.empty()) return enter(ClientState::body, ClientWait::body);
  // RFC 2920, 3.1: a server may say 354 though it refused all recipients; it gets an empty message.
  send_line(".");
  enter(ClientState::final_reply, ClientWait::peer);
}

void ClientDialog::Session::end_envelope() {
  send_line("RSET");
  enter(ClientState::rset, ClientWait::peer);
}

// A reply before the end of the data: the server gives up. The session cannot go on, because the
// server would take the rest of the data for commands.
void ClientDialog::Session::on_body(const Reply& reply) {
  if (!is_negative(reply)) return fail(out_of_turn("half a message", reply));
  fail_with_reply("refused", "the message was refused before its end", reply);
}

void ClientDialog::Session::on_final(const Reply& reply) {
  if (is_3xx(reply)) return fail(out_of_turn("the message", reply));
  for (const std::size_t recipient : delivery->accepted)
    decide(recipient, reply);
  finish_delivery();
  if (reply.code == 421) return on_unasked(reply);
  be_ready();
}

void ClientDialog::Session::on_rset(const Reply& reply) {
  finish_delivery();
  if (!is_2xx(reply)) return fail_with_reply("session-ended", "RSET was refused", reply);
  be_ready();
}

}  // namespace culvert::node
