#include "store/sent.h"

#include <algorithm>

#include "store/message_codec.h"
#include "store/queue_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of SentMail. Frozen.
enum : std::uint32_t {
  kMessage = 1,
  kSender = 2,
  kEnvid = 3,
  kReceived = 4,
  kSealed = 5,
  kRecipient = 6,
  kReported = 7,
};

Bytes time_key(Time sealed, ByteView token) { return KeyWriter().time(sealed).bytes(token).take(); }

// The oldest mails, at most `limit`, as keys of `sent_by_time`.
std::vector<Bytes> oldest(const ReadTransaction& txn, Time before, std::size_t limit) {
  std::vector<Bytes> keys;
  each_key(txn, Table::sent_by_time, {}, [&](ByteView key) {
    if (keys.size() == limit || key.size() < 8 || read_time(key) >= before) return false;
    keys.emplace_back(key.begin(), key.end());
    return true;
  });
  return keys;
}

}  // namespace

Bytes encode(const SentMail& mail) {
  RecordWriter out;
  out.bytes(kMessage, mail.message.view());
  if (mail.sender) out.text(kSender, mail.sender->text());
  out.text(kEnvid, mail.envid).time(kReceived, mail.received).time(kSealed, mail.sealed);
  for (const Recipient& recipient : mail.recipients)
    out.item(kRecipient, encode(recipient));
  for (const Recipient& recipient : mail.reported)
    out.item(kReported, encode(recipient));
  return out.take();
}

Result<SentMail> decode_sent_mail(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  SentMail mail;
  mail.message = read_message_id(*in, kMessage);
  mail.sender = in->path(kSender);
  mail.envid = in->text(kEnvid);
  mail.received = in->time_or_zero(kReceived);
  mail.sealed = in->time_or_zero(kSealed);
  mail.recipients = read_recipients(*in, kRecipient);
  mail.reported = read_recipients(*in, kReported);
  if (const Status ok = in->status(); !ok) return ok.error();
  return mail;
}

void note_sent(WriteTransaction& txn, ByteView token, const SentMail& mail) {
  if (const auto old = find_sent(txn, token)) {
    txn.erase(Table::sent_by_time, time_key(old->sealed, token));
  } else if (txn.count(Table::sent) >= kMaxSentMails) {
    purge_sent(txn, Time::max(), 1);
  }
  txn.put(Table::sent, token, encode(mail));
  txn.put(Table::sent_by_time, time_key(mail.sealed, token), {});
}

std::optional<SentMail> find_sent(const ReadTransaction& txn, ByteView token) {
  return load<SentMail>(txn, Table::sent, token, decode_sent_mail);
}

bool note_reported(WriteTransaction& txn, ByteView token, const std::vector<Mailbox>& recipients) {
  auto mail = find_sent(txn, token);
  if (!mail) return false;
  for (const Mailbox& mailbox : recipients) {
    const auto at = std::find_if(mail->recipients.begin(), mail->recipients.end(),
                                 [&mailbox](const Recipient& r) { return r.mailbox == mailbox; });
    if (at == mail->recipients.end()) return false;
    mail->reported.push_back(std::move(*at));
    mail->recipients.erase(at);
  }
  txn.put(Table::sent, token, encode(*mail));
  return true;
}

std::size_t purge_sent(WriteTransaction& txn, Time before, std::size_t limit) {
  const std::vector<Bytes> keys = oldest(txn, before, limit);
  for (const Bytes& key : keys) {
    txn.erase(Table::sent_by_time, key);
    txn.erase(Table::sent, ByteView(key).subspan(8));
  }
  return keys.size();
}

}  // namespace culvert::store
