#include "node/intake/intake.h"

#include <algorithm>

#include "crypto/base/hidden_route.h"
#include "crypto/base/log.h"
#include "crypto/base/log_limit.h"
#include "node/flow/mail_log.h"
#include "node/flow/trace_fields.h"
#include "node/smtp/replies.h"
#include "store/trace.h"

namespace culvert::node {
namespace {

bool is_in(const std::string& client, const std::vector<IpNetwork>& networks) {
  const auto address = IpAddress::parse(client);
  return address && std::any_of(networks.begin(), networks.end(), [&](const IpNetwork& network) {
           return network.contains(*address);
         });
}

std::string protocol_name(const SmtpSession& session, const MailCommand& mail) {
  std::string name = mail.parameters.smtputf8 ? "UTF8SMTP" : session.extended ? "ESMTP" : "SMTP";
  return session.encrypted ? name + "S" : name;
}

std::string comma_list(const std::vector<PlannedRecipient>& recipients) {
  std::string out;
  for (const PlannedRecipient& r : recipients) {
    if (!out.empty()) out += ", ";
    out += r.recipient.mailbox.text() + " (" + store::path_name(r.path) + ")";
    if (out.size() > 2000) return out + ", …";
  }
  return out;
}

// Everything that the commit needs, whether or not the connection still stands.
struct Commit {
  FlowContext& context;
  TakenMail mail;
  AnswerCallback answer;
  std::shared_ptr<RoomHold> room;
};

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

// Commits message, entries and trace, and answers from the commit thread.
void commit(std::shared_ptr<Commit> work, store::StagedBody body) {
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
  commit(work, *std::move(body));
}

}  // namespace

Decision Intake::check_own_sender(const Config& config, const ReversePath& sender) {
  if (!sender || !may_be_local(sender->domain(), config.node.domains)) return std::nullopt;
  const auto what = hidden_route(*sender);
  return what ? Decision(replies::hidden_route(*sender, *what)) : std::nullopt;
}

Decision Intake::on_connect(const SmtpSession& session) {
  const std::vector<IpNetwork>& allowed = networks();
  if (allowed.empty() || is_in(session.client_address, allowed)) return std::nullopt;
  static LogLimit log_limit;
  if (const auto line = log_limit.take(std::chrono::steady_clock::now())) {
    log_warning("refused a connection from {}: not in `networks`{}", session.client_address,
                line->left_out_text());
  }
  return replies::connection_refused(session.client_address);
}

Decision Intake::on_mail(const SmtpSession& session, const MailCommand& mail) {
  session_ = session;
  mail_ = mail;
  recipients_.clear();
  held_.release();
  return check_mail(mail);
}

void Intake::on_recipient(const Recipient& rcpt, DecisionCallback decided) {
  settle();
  if (!held_.take(recipients_.size())) return decided(replies::no_room_for_recipient());
  plan_recipient(rcpt, std::move(decided));
}

Decision Intake::on_body_begin(ResumeCallback) {
  settle();
  room_.reset();
  staged_ = std::make_unique<StagedMail>(
      context_.store, store::MessageId::make(context_.clock.now()), gate_rules());
  return std::nullopt;
}

Result<BodyFlow> Intake::on_body(ByteView piece) {
  if (const Status written = staged_->write(piece); !written) return written.error();
  if (const Status grown = body_grew(*staged_); !grown) return grown.error();
  return BodyFlow::going;
}

void Intake::on_body_end(AnswerCallback answer) {
  const auto staged = std::shared_ptr<StagedMail>(std::move(staged_));
  Status whole = staged->end_header();
  if (whole) whole = body_grew(*staged);
  auto room = std::exchange(room_, nullptr);
  if (!whole) return answer(reply_for(whole.error()));
  // Named attack: Two readers. What a program behind us may read otherwise carries no mark of ours.
  if (const auto& fault = staged->facts()->fault) return answer(replies::bad_header(fault->text));
  if (staged->facts()->is_loop) return answer(replies::mail_loop());
  auto work = std::make_shared<Commit>(Commit{context_, {}, std::move(answer), std::move(room)});
  store::Message& message = work->mail.message;
  message.id = staged->id();
  message.size_bytes = staged->size_bytes();
  message.received = context_.clock.now();
  message.listener = listener();
  message.client = session_.hello + " [" + session_.client_address + "]";
  message.client_port = session_.client_port;
  message.client_extended = session_.extended;
  message.sender = mail_.sender;
  message.body_kind = mail_.parameters.body;
  // Clients say it whenever it is offered: what needs it counts (RFC 6531, 3.4), or a next server
  // without it would refuse what it could take. Addresses are looked at with each attempt.
  message.smtputf8 = mail_.parameters.smtputf8 && staged->facts()->has_utf8;
  message.ret = mail_.parameters.ret;
  message.envid = mail_.parameters.envid;
  if (staged->facts()->from) message.from_domain = staged->facts()->from->domain().text();
  message.message_id = staged->facts()->message_id;
  work->mail.recipients = std::move(recipients_);
  recipients_.clear();
  held_.release();
  const std::string field = received_field(
      {session_.hello, session_.client_address, protocol_name(session_, mail_), session_.tls,
       listener() == store::Listener::inside ? ReceivedFrom::Side::inside
                                             : ReceivedFrom::Side::outside},
      context_.config.get()->node.name.text(), message.id.hex(), message.received);
  if (auto refusal = complete(*staged->facts(), field, work->mail)) {
    return work->answer(*std::move(refusal));
  }
  if (!staged->in_file()) return finish_and_commit(work, *staged);
  const Status queued =
      context_.workers.submit([work, staged] { finish_and_commit(work, *staged); });
  if (!queued) work->answer(reply_for(queued.error()));
}

void Intake::on_reset() {
  staged_.reset();
  room_.reset();
  recipients_.clear();
  held_.release();
}

}  // namespace culvert::node
