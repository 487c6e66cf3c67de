#include "tools/cli/commands.h"

namespace culvert::cli {
namespace {

// For the parser and the overview only; main.cc runs it.
Command help_command() {
  return {.name = "help",
          .summary = "tells about a command, or lists all",
          .operands = {{"COMMAND", Operand::Count::any, "for example: peer invite"}},
          .options = {},
          .detail = {},
          .example = "culvert help peer invite",
          .run = nullptr};
}

void add(std::vector<Command>& to, std::vector<Command> more) {
  for (Command& command : more)
    to.push_back(std::move(command));
}

}  // namespace

std::vector<Command> all_commands() {
  std::vector<Command> all;
  all.push_back(init_command());
  all.push_back(serve_command());
  all.push_back(check_command());
  all.push_back(status_command());
  all.push_back(demo_command());
  all.push_back(peer_invite_command());
  all.push_back(peer_accept_command());
  add(all, introduction_commands());
  add(all, peer_list_commands());
  all.push_back(peer_remove_command());
  all.push_back(peer_renew_command());
  add(all, route_commands());
  add(all, decision_commands());
  add(all, cert_commands());
  all.push_back(cert_renew_command());
  all.push_back(cert_revoke_command());
  add(all, policy_commands());
  add(all, queue_list_commands());
  add(all, queue_change_commands());
  add(all, quarantine_commands());
  add(all, quarantine_change_commands());
  all.push_back(trace_command());
  all.push_back(migrate_command());
  all.push_back(smime_sign_command());
  all.push_back(smime_encrypt_command());
  add(all, smime_open_commands());
  all.push_back(smime_verify_command());
  all.push_back(help_command());
  return all;
}

}  // namespace culvert::cli
