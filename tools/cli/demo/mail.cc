#include "tools/cli/demo/mail.h"

#include <array>

#include "crypto/base/clock.h"
#include "crypto/keys/random.h"
#include "tools/cli/demo/socket.h"

namespace culvert::cli {
namespace {

struct Draft {
  std::string from, to, subject;
  std::string first_line, second_line;
};

std::string address_in(const std::string& field) {
  const std::size_t open = field.find('<');
  return field.substr(open + 1, field.find('>') - open - 1);
}

DemoMail write(const Draft& draft) {
  std::array<std::uint8_t, 12> random{};
  crypto::fill_random(random);
  const std::string word = to_hex(random);
  DemoMail mail;
  mail.sender = address_in(draft.from);
  mail.recipient = address_in(draft.to);
  mail.octets = "From: " + draft.from + "\r\nTo: " + draft.to + "\r\nSubject: " + draft.subject +
                "\r\nDate: " + to_rfc5322(SystemClock().now()) + "\r\nMessage-ID: <" + word + "@" +
                mail.sender.substr(mail.sender.find('@') + 1) +
                ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: 8bit\r\n\r\n" +
                draft.first_line + "\r\n" + draft.second_line + "\r\n.hidden dot; codeword " +
                word + "\r\n";
  mail.secrets = {draft.subject, draft.first_line, draft.second_line, "codeword " + word};
  return mail;
}

// The last line of a reply; 000 if the connection broke.
std::string reply_of(DemoSocket& socket) {
  while (auto line = socket.read_line()) {
    if (line->size() < 4 || (*line)[3] != '-') return line->substr(0, line->find('\r'));
  }
  return "000 connection lost";
}

std::string dot_stuffed(const std::string& octets) {
  std::string stuffed;
  bool at_line_start = true;
  for (const char c : octets) {
    if (at_line_start && c == '.') stuffed += '.';
    stuffed += c;
    at_line_start = c == '\n';
  }
  return stuffed + ".\r\n";
}

}  // namespace

DemoMail first_mail() {
  return write({"Alice <alice@a.example>", "Bob <bob@b.example>", "The price that we agreed on",
                "Dear Bob, the board has agreed to the price of the bridge at Loch Tay yesterday.",
                "Please tell nobody before Friday. Kind regards from Zürich, Alice"});
}

DemoMail answer_mail() {
  return write({"Bob <bob@b.example>", "Alice <alice@a.example>", "Re: The price that we agreed on",
                "Dear Alice, thank you; our lawyers have the contract for the bridge since noon.",
                "We sign on Friday at nine. Nobody else has read this. Bob"});
}

DemoMail waiting_mail() {
  return write({"Alice <alice@a.example>", "Bob <bob@b.example>", "One more thing about Friday",
                "Dear Bob, the notary at the castle wants to see the old plans of the bridge too.",
                "I bring them along myself, under my coat. Alice"});
}

DemoMail outsider_mail() {
  return write({"Alice <alice@a.example>", "Carol <carol@outsider.example>", "Our opening hours",
                "Dear Carol, our office is open on weekdays from nine to five, as it always was.",
                "You are welcome any time. Alice"});
}

std::string hand_in(std::uint16_t port, const DemoMail& mail) {
  DemoSocket socket = connect_loopback(port);
  if (!socket) return "000 nobody listens";
  if (const auto greeting = reply_of(socket); !greeting.starts_with("220")) return greeting;
  const std::array<std::pair<std::string, const char*>, 6> steps{{
      {"EHLO mail.client.example\r\n", "250"},
      {"MAIL FROM:<" + mail.sender + "> BODY=8BITMIME\r\n", "250"},
      {"RCPT TO:<" + mail.recipient + ">\r\n", "250"},
      {"DATA\r\n", "354"},
      {dot_stuffed(mail.octets), "250"},
      {"QUIT\r\n", "221"},
  }};
  for (const auto& [text, expected] : steps) {
    socket.write(text);
    if (const auto reply = reply_of(socket); !reply.starts_with(expected)) return reply;
  }
  return {};
}

}  // namespace culvert::cli
