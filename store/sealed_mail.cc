#include "store/sealed_mail.h"

#include <algorithm>

#include "store/message_codec.h"
#include "store/queue_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Fields of SealedMail. Frozen.
enum : std::uint32_t {
  kPeer = 1,
  kMessage = 2,
  kCertificate = 3,
  kSender = 4,
  kEnvid = 5,
  kReceived = 6,
  kOrigin = 7,
  kRecipient = 8,
  kMessageId = 9,
};

// Adds another attempt for the same mail. If an answer was lost, a recipient is in two attempts.
void join(SealedMail& all, SealedMail more) {
  for (std::string& certificate : more.certificates) {
    const auto& known = all.certificates;
    if (std::find(known.begin(), known.end(), certificate) == known.end()) {
      all.certificates.push_back(std::move(certificate));
    }
  }
  for (Recipient& recipient : more.recipients) {
    const bool is_known =
        std::any_of(all.recipients.begin(), all.recipients.end(),
                    [&](const Recipient& one) { return one.mailbox == recipient.mailbox; });
    if (!is_known) all.recipients.push_back(std::move(recipient));
  }
}

}  // namespace

Bytes encode(const SealedMail& mail) {
  RecordWriter out;
  out.bytes(kPeer, mail.peer.view()).bytes(kMessage, mail.message.view());
  for (const std::string& certificate : mail.certificates)
    out.item(kCertificate, certificate);
  if (mail.sender) out.text(kSender, mail.sender->text());
  out.text(kEnvid, mail.envid).time(kReceived, mail.received);
  out.integer(kOrigin, static_cast<std::int64_t>(mail.origin));
  for (const Recipient& recipient : mail.recipients)
    out.item(kRecipient, encode(recipient));
  return out.text(kMessageId, mail.message_id).take();
}

Result<SealedMail> decode_sealed_mail(ByteView record) {
  auto in = RecordReader::parse(record);
  if (!in) return in.error();
  SealedMail mail;
  mail.peer = in->fingerprint(kPeer);
  mail.message = read_message_id(*in, kMessage);
  mail.certificates = in->all_texts(kCertificate);
  mail.sender = in->path(kSender);
  mail.envid = in->text(kEnvid);
  mail.received = in->time_or_zero(kReceived);
  mail.origin = in->choice(kOrigin, Origin::node);
  mail.recipients = read_recipients(*in, kRecipient);
  mail.message_id = in->text(kMessageId);
  if (const Status ok = in->status(); !ok) return ok.error();
  return mail;
}

void note_sealed_mail(RecordSink& out, ByteView name, std::uint32_t attempt,
                      const SealedMail& mail) {
  const auto number = static_cast<std::uint16_t>(attempt);
  out.put(Table::sealed_mails, KeyWriter().bytes(name).number16(number).take(), encode(mail));
}

std::optional<SealedMail> find_sealed_mail(const ReadTransaction& txn, ByteView name) {
  if (name.size() != kSealedNameBytes) return std::nullopt;
  std::optional<SealedMail> found;
  for (SealedMail& mail :
       load_all<SealedMail>(txn, Table::sealed_mails, name, decode_sealed_mail)) {
    if (!found) {
      found = std::move(mail);
    } else {
      join(*found, std::move(mail));
    }
  }
  return found;
}

std::size_t purge_sealed_mails(WriteTransaction& txn, Time before, std::size_t limit) {
  const std::uint64_t count = txn.count(Table::sealed_mails);
  std::uint64_t too_many = count > kMaxSealedMails ? count - kMaxSealedMails : 0;
  std::vector<Bytes> old;
  each_key(txn, Table::sealed_mails, {}, [&](ByteView key) {
    const bool whole = key.size() > kSealedTimeBytes;
    const Time made =
        whole ? from_unix(static_cast<std::int64_t>(read_big_endian(key.first(kSealedTimeBytes))))
              : Time{};
    if (old.size() == limit || (too_many == 0 && made >= before)) return false;
    if (too_many > 0) --too_many;
    old.emplace_back(key.begin(), key.end());
    return true;
  });
  for (const Bytes& key : old)
    txn.erase(Table::sealed_mails, key);
  return old.size();
}

}  // namespace culvert::store
