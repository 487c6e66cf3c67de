#include "node/intake/commit.h"

#include "crypto/base/log.h"
#include "node/flow/mail_log.h"
#include "node/smtp/replies.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

std::string comma_list(const std::vector<PlannedRecipient>& recipients) {
  std::string out;
  for (const PlannedRecipient& r : recipients) {
    if (!out.empty()) out += ", ";
    out += r.recipient.mailbox.text() + " (" + store::path_name(r.path) + ")";
    if (out.size() > 2000) return out + ", …";
  }
  return out;
}

store::TraceEvent received_event(const TakenMail& mail) {
  std::string why;
  for (const PlannedRecipient& r : mail.recipients) {
    if (!r.why.empty() && why.find(r.why) == std::string::npos) {
      why += (why.empty() ? "" : "; ") + r.why;
    }
  }
  return {mail.message.received,
          "received",
          {{"message-id", mail.message.message_id},
           {"from", mail.message.client},
           {"sender", path_text(mail.message.sender)},
           {"recipients", comma_list(mail.recipients)},
           {"size", std::to_string(mail.message.size_bytes)},
           {"why", printable(why, 500)}}};
}

// Commits message, entries and trace, and answers from the committing thread.
void commit_body(const std::shared_ptr<Commit>& work, store::StagedBody body) {
  FlowContext& context = work->context;
  work->mail.message.body = body.ref();
  work->mail.message.size_bytes = body.ref().size_bytes;
  store::StagedRecords records(context.store);
  const auto entries = entries_for(work->mail, work->mail.message.received);
  const Status staged =
      stage_mail(records, work->mail.message, body, entries, received_event(work->mail));
  if (!staged) {
    log_error("message {} was not taken: {} {}", work->mail.message.id.hex(), staged.error().text,
              staged.error().detail);
    return work->answer(reply_for(staged.error()));
  }
  auto put = [records = std::move(records), body = std::move(body)](store::WriteTransaction& txn) {
    return store::put_staged(txn, records, body);
  };
  context.store.write_async(std::move(put), [work](const Status& written) {
    if (!written) {
      log_error("message {} was not taken: {} {}", work->mail.message.id.hex(),
                written.error().text, written.error().detail);
      work->answer(reply_for(written.error()));
      return;
    }
    work->context.counters.add(Counted::received);
    work->context.counters.add(Counted::octets_in, work->mail.message.size_bytes);
    if (work->room) work->room->set_taken();
    work->answer(replies::accepted(work->mail.message.id.hex()));
    work->context.wake_dispatcher();
    log_received(work->context, work->mail);
  });
}

void finish_and_commit(const std::shared_ptr<Commit>& work, StagedMail& staged) {
  auto body = staged.finish();
  if (!body) return work->answer(reply_for(body.error()));
  commit_body(work, *std::move(body));
}

}  // namespace

void commit(std::shared_ptr<Commit> work, const std::shared_ptr<StagedMail>& staged) {
  if (!staged->in_file()) return finish_and_commit(work, *staged);
  const Status queued =
      work->context.workers.submit([work, staged] { finish_and_commit(work, *staged); });
  if (!queued) work->answer(reply_for(queued.error()));
}

}  // namespace culvert::node
