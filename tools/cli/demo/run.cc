#include "tools/cli/demo/run.h"

#include <fmt/format.h>

#include <thread>

#include "tools/cli/demo/checks.h"
#include "tools/cli/demo/mail.h"
#include "tools/cli/demo/search.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

constexpr std::chrono::seconds kPatience{15};

Error not_arrived(const std::string& who) {
  return temporary_error("not-arrived", "the mail did not reach " + who + " within 15 seconds");
}

Error refused(const std::string& reply) {
  return temporary_error("refused", "the node refused a mail that it must take: " + reply);
}

std::string short_code(const std::string& code) { return code.substr(0, 28) + "…"; }

// Removes the replies of the receiving node, which say nothing about the mail.
std::string without_replies(std::string_view dialogue) {
  std::string text;
  bool in_header = false;
  while (!dialogue.empty()) {
    const std::size_t end = dialogue.find('\n');
    const std::string_view line = dialogue.substr(0, end);
    dialogue.remove_prefix(end == std::string_view::npos ? dialogue.size() : end + 1);
    in_header = in_header || line.starts_with("From:");
    const bool is_reply = !in_header && (line.starts_with("250") || line.starts_with("354"));
    if (!is_reply) text += std::string(line) + "\n";
  }
  return text;
}

// Repeats `test` until it is true; false after kPatience.
template <typename Test>
bool eventually(Test test) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!test()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace

DemoRun::DemoRun(const std::filesystem::path& folder, store::Folder captures, DemoStory& story)
    : captures_(std::move(captures)),
      story_(story),
      a_(folder / "a", "a.example"),
      b_(folder / "b", "b.example") {}

Status DemoRun::play() {
  for (const auto step :
       {&DemoRun::set_up, &DemoRun::pair, &DemoRun::send_both_ways, &DemoRun::let_one_wait,
        &DemoRun::look_at_rest, &DemoRun::keep_from_outsider}) {
    if (const Status stepped = (this->*step)(); !stepped) return stepped.error();
  }
  return done();
}

void DemoRun::capture(const std::string& name, const std::string& octets) {
  // Replaces a link instead of following it: in a directory such as /tmp, others may have put one
  // there.
  constexpr store::FileTraits kCaught{store::Readers::everybody, store::Lasting::until_power_cut};
  const Status kept = captures_.replace(name, as_bytes(octets), kCaught);
  if (!kept) story_.claim("what was caught is kept", false, kept.error().text);
}

Status DemoRun::set_up() {
  story_.chapter("Two organisations; beside the mail server of each runs a node");
  if (const Status made = a_.init({"b.example", to_b_.address(), outsider_.address()}); !made) {
    return made.error();
  }
  if (const Status made = b_.init({"a.example", to_a_.address(), outsider_.address()}); !made) {
    return made.error();
  }
  for (DemoNode* node : {&a_, &b_}) {
    if (const Status started = node->start(); !started) return started.error();
    story_.say(
        fmt::format("{}  node {}  inside 127.0.0.1:{}  outside 127.0.0.1:{}  fingerprint {}…",
                    node->domain(), node->name(), node->inside_port(), node->outside_port(),
                    node->fingerprint().substr(0, 16)));
  }
  to_b_.lead_to(b_.outside_port());
  to_a_.lead_to(a_.outside_port());
  return done();
}

Status DemoRun::pair() {
  story_.chapter("The two administrators pair their nodes, once");
  const auto code = a_.command_member({"peer", "invite", "b.example"}, "code");
  if (!code) return code.error();
  story_.say("a: culvert peer invite b.example            -> " + short_code(*code));
  const auto peer = b_.command_member({"peer", "accept", *code, "--yes"}, "fingerprint");
  if (!peer) return peer.error();
  story_.say("b: culvert peer accept " + short_code(*code) + " -> paired");
  story_.claim("b paired with the identity of a, and nobody else", *peer == a_.fingerprint(), {});
  const auto start = std::chrono::steady_clock::now();
  for (const auto& [node, domain] : {std::pair(&a_, "b.example"), std::pair(&b_, "a.example")}) {
    const auto active = node->command({"route", "wait", domain, "--timeout", "15s"});
    if (!active) return active.error();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  story_.claim("both routes are active: each node proved that it gets its domain's mail", true,
               fmt::format("{:.1f} s", took.count()));
  return done();
}

Status DemoRun::send_both_ways() {
  story_.chapter("Alice writes to Bob");
  if (const Status carried = carry({a_, b_, to_b_, "1-alice-to-bob"}, first_mail()); !carried) {
    return carried.error();
  }
  story_.chapter("Bob answers; the same the other way");
  return carry({b_, a_, to_a_, "2-bob-to-alice", Leg::Showing::claims_only}, answer_mail());
}

Status DemoRun::carry(const Leg& leg, const DemoMail& mail) {
  const std::size_t heard_before = leg.between.heard().size();
  const std::size_t sunk_before = leg.to.mail_server().mails().size();
  secrets_.insert(secrets_.end(), mail.secrets.begin(), mail.secrets.end());
  show(leg, "What the mail server of " + leg.from.domain() + " hands to its node:", mail.octets,
       14);
  capture(leg.name + "-handed-in.eml", mail.octets);
  if (const auto reply = hand_in(leg.from.inside_port(), mail); !reply.empty())
    return refused(reply);
  if (!leg.to.mail_server().wait_for(sunk_before + 1, kPatience)) {
    check_secrecy(leg, mail, heard_before);
    return not_arrived("the mail server of " + leg.to.domain());
  }
  check_secrecy(leg, mail, heard_before);
  check_arrival(leg, mail, leg.to.mail_server().mails().back().octets);
  return done();
}

void DemoRun::show(const Leg& leg, const std::string& title, const std::string& octets,
                   std::size_t lines) {
  if (leg.showing == Leg::Showing::claims_only) return;
  story_.say(title);
  story_.excerpt(octets, lines);
}

void DemoRun::check_secrecy(const Leg& leg, const DemoMail& mail, std::size_t heard_before) {
  const std::string heard = leg.between.heard();
  const std::string now = heard.substr(heard_before);
  const std::string sealed = last_sealed(now);
  show(leg, "What an eavesdropper between the nodes sees, even when he takes their TLS away:",
       without_replies(sealed), 16);
  if (leg.showing == Leg::Showing::octets) {
    story_.say("(Who writes to whom, when and how much remains visible to him.)");
  }
  capture(leg.name + "-between-the-nodes.txt", now);
  story_.claim("a sealed message passed between the nodes", !sealed.empty(),
               fmt::format("{} octets", sealed.size()));
  // The same search must find the text in the clear mail, or it would prove nothing.
  story_.claim("the search that follows finds this mail's text in the mail itself",
               find_clear(mail.octets, mail.secrets).has_value(), {});
  const auto clear = find_clear(heard, secrets_);
  story_.claim("nothing of its subject or text is readable there, nor behind base64", !clear,
               clear ? "found: " + *clear : fmt::format("searched {} octets", heard.size()));
}

void DemoRun::check_arrival(const Leg& leg, const DemoMail& mail, const std::string& arrived) {
  show(leg, "What the mail server of " + leg.to.domain() + " gets:", arrived, 24);
  capture(leg.name + "-arrived.eml", arrived);
  const Arrival arrival = compare_arrival(mail.octets, arrived);
  story_.claim("it arrived byte for byte as it was handed in, under added trace fields",
               arrival.whole,
               arrival.whole ? fmt::format("{} octets, sha256 {}…", mail.octets.size(),
                                           sha256_hex(mail.octets).substr(0, 16))
                             : arrival.why);
  const std::string expected = "tunnel; peer=" + leg.from.domain() + "; signed=yes";
  story_.claim("the node vouches for where it came from",
               arrival.culvert_result.starts_with(expected),
               "Culvert-Result: " + arrival.culvert_result);
}

Status DemoRun::let_one_wait() {
  story_.chapter("The other node cannot be reached; Alice writes again");
  to_b_.cut();
  const DemoMail mail = waiting_mail();
  secrets_.insert(secrets_.end(), mail.secrets.begin(), mail.secrets.end());
  const std::size_t sunk_before = b_.mail_server().mails().size();
  if (const auto reply = hand_in(a_.inside_port(), mail); !reply.empty()) return refused(reply);
  std::string listed;
  const bool waits = eventually([&] {
    const auto output = a_.command({"queue", "list"});
    listed = output ? *output : "";
    return listed.find("deferred") != std::string::npos;
  });
  story_.say("a: culvert queue list");
  story_.excerpt(listed, 4);
  story_.claim("it waits; nothing of it left in clear",
               waits && outsider_.mails().empty() && b_.mail_server().mails().size() == sunk_before,
               {});
  const auto at_rest = collect_files({a_.folder()});
  const auto clear = find_clear(at_rest.octets, secrets_);
  story_.claim("the mail that waits is not readable on the disk of its node", !clear,
               clear ? "found: " + *clear
                     : fmt::format("searched {}, {}", counted(at_rest.files, "file"),
                                   size_text(at_rest.octets.size())));
  to_b_.lead_to(b_.outside_port());
  const auto retried = a_.command({"queue", "retry", "--all"});
  if (!retried) return retried.error();
  if (!b_.mail_server().wait_for(sunk_before + 1, kPatience)) return not_arrived("Bob");
  const auto arrived = b_.mail_server().mails().back().octets;
  capture("3-alice-to-bob-arrived.eml", arrived);
  const Arrival arrival = compare_arrival(mail.octets, arrived);
  story_.claim("once the node is back the mail arrives, byte for byte", arrival.whole, arrival.why);
  return done();
}

Status DemoRun::look_at_rest() {
  story_.chapter("Afterwards");
  const auto at_rest = collect_files({a_.folder(), b_.folder()});
  const auto on_disk = find_clear(at_rest.octets, secrets_);
  story_.claim("no data directory and no log of either node holds a word of the three mails",
               !on_disk,
               on_disk ? "found: " + *on_disk
                       : fmt::format("searched {}, {}", counted(at_rest.files, "file"),
                                     size_text(at_rest.octets.size())));
  const std::string heard = to_b_.heard() + to_a_.heard();
  const auto on_wire = find_clear(heard, secrets_);
  story_.claim(
      "nor did anything that passed between the nodes", !on_wire,
      on_wire ? "found: " + *on_wire : fmt::format("searched {}", size_text(heard.size())));
  const std::size_t to_bob = b_.mail_server().mails().size();
  const std::size_t to_alice = a_.mail_server().mails().size();
  story_.claim("each mail arrived exactly once", to_bob == 2 && to_alice == 1,
               fmt::format("{} for Bob, {} for Alice", to_bob, to_alice));
  return done();
}

Status DemoRun::keep_from_outsider() {
  story_.chapter("Carol has no node: policy decides");
  const DemoMail mail = outsider_mail();
  if (const auto reply = hand_in(a_.inside_port(), mail); !reply.empty()) return refused(reply);
  if (!outsider_.wait_for(1, kPatience)) return not_arrived("Carol");
  story_.claim("without a rule mail to her goes as it always went",
               compare_arrival(mail.octets, outsider_.mails().front().octets).whole, {});
  const auto set = a_.command({"policy", "set", "domain:outsider.example", "encrypt=mandatory"});
  if (!set) return set.error();
  story_.say("a: culvert policy set domain:outsider.example encrypt=mandatory");
  std::string reply;
  const bool is_refused = eventually([&] {
    reply = hand_in(a_.inside_port(), outsider_mail());
    return !reply.empty();
  });
  story_.claim("with the rule her mail is refused at once, not sent in clear",
               is_refused && reply.starts_with("5"), reply);
  capture("4-refused.txt", reply + "\n");
  return done();
}

void DemoRun::tell_how_to_talk() {
  story_.chapter("Both nodes go on running");
  for (const DemoNode* node : {&a_, &b_}) {
    story_.say(fmt::format("{}: hand in mail at 127.0.0.1:{}; culvert status --config {}",
                           node->domain(), node->inside_port(), node->config().string()));
  }
  story_.say("For example: swaks --server 127.0.0.1:" + std::to_string(a_.inside_port()) +
             " --from alice@a.example --to bob@b.example");
  story_.say("Ctrl-C ends both and removes them.");
}

}  // namespace culvert::cli
