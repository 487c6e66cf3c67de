// The mails of the demo, and a small SMTP client that hands them to a node as a mail server does.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace culvert::cli {

struct DemoMail {
  std::string sender;
  std::string recipient;
  std::string octets;                // CRLF line ends
  std::vector<std::string> secrets;  // parts that nobody between the nodes may read
};

// Alice of a.example writes to Bob of b.example, Bob answers, Alice writes once more. Each mail
// holds a random word, so that no search can find an old copy.
DemoMail first_mail();
DemoMail answer_mail();
DemoMail waiting_mail();
// To an outsider, who has no node.
DemoMail outsider_mail();

// Hands a mail to the node that listens at 127.0.0.1:`port`. Empty if it was taken, otherwise the
// reply that refused it.
std::string hand_in(std::uint16_t port, const DemoMail& mail);

}  // namespace culvert::cli
