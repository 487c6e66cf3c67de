// The demo run: two nodes, their mail servers, an outsider, and an eavesdropper on each way.
#pragma once

#include <filesystem>

#include "store/folder.h"
#include "tools/cli/demo/claims.h"
#include "tools/cli/demo/eavesdropper.h"
#include "tools/cli/demo/node.h"

namespace culvert::cli {

class DemoRun {
 public:
  // `folder` holds the nodes; the caller removes it. `captures` gets the captured mails.
  DemoRun(const std::filesystem::path& folder, store::Folder captures, DemoStory& story);

  // Runs all steps in order. An error means that the demo could not go on; a broken claim is in the
  // story.
  Status play();
  // Tells people how to talk to the nodes while they run.
  void tell_how_to_talk();

 private:
  Status set_up();
  Status pair();
  Status send_both_ways();
  Status let_one_wait();
  Status keep_from_outsider();
  Status look_at_rest();

  struct Leg {
    DemoNode& from;
    DemoNode& to;
    Eavesdropper& between;
    std::string name;  // of the captured files
    enum class Showing { octets, claims_only } showing = Showing::octets;
  };
  Status carry(const Leg& leg, const struct DemoMail& mail);
  void show(const Leg& leg, const std::string& title, const std::string& octets, std::size_t lines);
  void check_arrival(const Leg& leg, const DemoMail& mail, const std::string& arrived);
  void check_secrecy(const Leg& leg, const DemoMail& mail, std::size_t heard_before);
  void capture(const std::string& name, const std::string& octets);

  store::Folder captures_;
  DemoStory& story_;
  std::vector<std::string> secrets_;  // of all mails sent through the tunnel so far
  DemoSink outsider_;
  Eavesdropper to_b_, to_a_;
  DemoNode a_, b_;  // last: they talk to all others
};

}  // namespace culvert::cli
