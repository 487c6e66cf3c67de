// All commands of the program. A command's file defines one of these functions, or several of one
// family. commands.cc lists them in the order in which `culvert help` shows them.
#pragma once

#include <vector>

#include "tools/cli/command.h"

namespace culvert::cli {

std::vector<Command> all_commands();

Command init_command();
Command serve_command();
Command demo_command();
Command check_command();
Command status_command();
Command peer_invite_command();
Command peer_accept_command();
std::vector<Command> peer_list_commands();
std::vector<Command> introduction_commands();
Command peer_remove_command();
Command peer_renew_command();
std::vector<Command> decision_commands();
std::vector<Command> route_commands();
std::vector<Command> cert_commands();
Command cert_renew_command();
Command cert_revoke_command();
std::vector<Command> policy_commands();
std::vector<Command> queue_list_commands();
std::vector<Command> queue_change_commands();
std::vector<Command> quarantine_commands();
std::vector<Command> quarantine_change_commands();
Command smime_sign_command();
Command smime_encrypt_command();
std::vector<Command> smime_open_commands();
Command smime_verify_command();
Command trace_command();
Command migrate_command();

}  // namespace culvert::cli
