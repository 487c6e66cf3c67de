// What the tests of the SMTP connections share: a receiver that keeps what it is told, and a
// message that is made on demand.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "node/session/smtp_client_connection.h"
#include "node/session/smtp_server.h"
#include "node/smtp/replies.h"

namespace culvert::node::test {

// What all receivers of one server were told, and how they behave. Thread-safe.
class Mailroom {
 public:
  struct Mail {
    SmtpSession session;
    MailCommand command;
    std::vector<Mailbox> recipients;
    std::string body;
  };

  // A receiver's decisions about recipients and its answers are kept until they are asked for.
  bool hold_recipients = false;
  bool hold_answers = false;
  // While true, the receiver keeps the thread that brings it a piece. For servers on loops of their
  // own.
  std::atomic<bool> stalls = false;
  // Its answer to a whole message; 250 if nothing.
  std::optional<Reply> answer;

  std::unique_ptr<MailReceiver> receiver();

  std::vector<Mail> mails() const {
    const std::lock_guard lock(mutex_);
    return mails_;
  }
  std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::size_t count(const std::string& event) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(events_.begin(), events_.end(), event));
  }
  // The oldest thing that is held.
  std::function<void()> take_held() {
    const std::lock_guard lock(mutex_);
    if (held_.empty()) return {};
    auto first = std::move(held_.front());
    held_.erase(held_.begin());
    return first;
  }
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  class Receiver;
  void happened(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  void hold(std::function<void()> what) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(what));
  }

  mutable std::mutex mutex_;
  std::vector<Mail> mails_;
  std::vector<std::string> events_;
  std::vector<std::function<void()>> held_;
};

class Mailroom::Receiver final : public MailReceiver {
 public:
  explicit Receiver(Mailroom& room) : room_(room) {}

  Decision on_connect(const SmtpSession&) override { return std::nullopt; }
  Decision on_mail(const SmtpSession& session, const MailCommand& mail) override {
    mail_ = {session, mail, {}, {}};
    room_.happened("mail");
    return std::nullopt;
  }
  void on_recipient(const Recipient& rcpt, DecisionCallback decided) override {
    room_.happened("rcpt");
    Decision decision;
    if (rcpt.mailbox.local_part() == "refused") {
      decision = replies::relaying_denied(rcpt.mailbox);
    } else {
      mail_.recipients.push_back(rcpt.mailbox);
    }
    if (!room_.hold_recipients) return decided(decision);
    room_.hold([decided, decision] { decided(decision); });
  }
  Decision on_body_begin() override {
    room_.happened("begin");
    return std::nullopt;
  }
  Status on_body(ByteView piece) override {
    mail_.body += as_text(piece);
    if (room_.stalls) room_.happened("stall");
    room_.stalls.wait(true);
    return done();
  }
  void on_body_end(AnswerCallback answer) override {
    {
      const std::lock_guard lock(room_.mutex_);
      room_.mails_.push_back(std::move(mail_));
    }
    room_.happened("end");
    const Reply reply = room_.answer.value_or(replies::accepted("00ff"));
    if (!room_.hold_answers) return answer(reply);
    room_.hold([answer, reply] { answer(reply); });
  }
  void on_reset() override { room_.happened("reset"); }

 private:
  Mailroom& room_;
  Mail mail_;
};

inline std::unique_ptr<MailReceiver> Mailroom::receiver() {
  return std::make_unique<Receiver>(*this);
}

// Lines of a message that are the same whoever makes them: 62 characters, the number last.
inline Bytes numbered_lines(std::size_t first_line, std::size_t count) {
  Bytes out;
  for (std::size_t line = first_line; line < first_line + count; ++line) {
    std::string text = std::to_string(line);
    text.insert(0, 62 - text.size(), '-');
    append(out, text + "\r\n");
  }
  return out;
}

// A message of `lines` numbered lines, made piece by piece.
class NumberedMessage final : public PieceSource {
 public:
  static constexpr std::size_t kLinesAtOnce = 512;  // 32 KiB
  NumberedMessage(std::size_t lines, std::atomic<std::size_t>* made_bytes = nullptr,
                  std::size_t fails_at_line = ~std::size_t{0})
      : lines_(lines), made_bytes_(made_bytes), fails_at_line_(fails_at_line) {}

  Result<Bytes> next() override {
    if (at_ >= fails_at_line_) return temporary_error("no-key", "the key is not here");
    const std::size_t count = std::min(kLinesAtOnce, lines_ - at_);
    Bytes piece = numbered_lines(at_, count);
    at_ += count;
    if (made_bytes_) *made_bytes_ += piece.size();
    return piece;
  }

 private:
  std::size_t lines_;
  std::atomic<std::size_t>* made_bytes_;
  std::size_t fails_at_line_;
  std::size_t at_ = 0;
};

}  // namespace culvert::node::test
