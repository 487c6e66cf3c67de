// The last step of taking a message: one commit puts body, message, entries and trace on the disk,
// and only then does the client get 250.
#pragma once

#include <memory>

#include "node/flow/flow_context.h"
#include "node/flow/quarantine_room.h"
#include "node/flow/taken_mail.h"
#include "node/intake/staged_mail.h"
#include "node/smtp/mail_receiver.h"

namespace culvert::node {

// All that the commit needs, whether or not the connection still exists.
struct Commit {
  FlowContext& context;
  TakenMail mail;
  AnswerCallback answer;           // called once, from any thread
  std::shared_ptr<RoomHold> room;  // in the quarantine, or nothing
};

// Finishes the body and commits. A body that waits for the disk is finished in a worker; the commit
// and what follows it run on the committing thread.
void commit(std::shared_ptr<Commit> work, const std::shared_ptr<StagedMail>& staged);

}  // namespace culvert::node
