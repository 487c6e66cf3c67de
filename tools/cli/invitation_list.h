// `culvert peer invite --list` and `--revoke`.
#pragma once

#include "tools/cli/command.h"

namespace culvert::cli {

Result<Report> list_invitations(const Arguments& arguments);
// Makes a code void that was not used yet: by the first digits of its id, as the list shows them,
// or by a domain that it names.
Result<Report> revoke_invitation(const Arguments& arguments);

}  // namespace culvert::cli
