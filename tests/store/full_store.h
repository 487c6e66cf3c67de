// Something of everything that a store keeps, with words that are found again wherever they stand.
#pragma once

#include "store/admin_commands.h"
#include "store/clock_jumps.h"
#include "store/invitations.h"
#include "store/keyring.h"
#include "store/keys.h"
#include "store/peers.h"
#include "store/quarantine.h"
#include "store/routes.h"
#include "store/rules.h"
#include "store/secrets.h"
#include "store/seen.h"
#include "store/sent.h"
#include "store/trace.h"
#include "tests/store/fixture.h"

namespace culvert::store {

// In every address, domain, name and text below; nothing else may hold one of them.
inline const std::vector<std::string> kCanaries = {"canaryperson", "canarycompany", "canaryhost",
                                                   "canarysubject", "canarysecret"};
inline const std::string kCanaryDomain = "canarycompany.example";

inline Mailbox canary_mailbox(std::string_view more = "") {
  return mailbox("canaryperson" + std::string(more) + "@" + kCanaryDomain);
}

inline Peer canary_peer(std::uint8_t number) {
  Peer peer;
  peer.fingerprint = fingerprint(number);
  peer.name = "canaryhost" + std::to_string(number) + "." + kCanaryDomain;
  peer.state = PeerState::paired;
  peer.since = kStart;
  peer.address = "canaryhost " + std::to_string(number);
  peer.identity_certificate = to_bytes("canarycompany identity " + std::to_string(number));
  peer.encryption_certificates = {to_bytes("canarycompany key " + std::to_string(number))};
  peer.urls = {"https://canaryhost." + kCanaryDomain};
  peer.named = {domain(kCanaryDomain)};
  return peer;
}

inline Route canary_route(std::string_view name, std::uint8_t peer) {
  Route route{.domain = domain(name), .peer = fingerprint(peer)};
  route.state = RouteState::active;
  route.since = kStart;
  route.active_since = kStart;
  route.reason = "canaryhost said so";
  return route;
}

// What decides trust: at least two records in each of those tables.
inline void put_trust_of(WriteTransaction& txn, std::uint64_t serial) {
  for (std::uint8_t number = 1; number <= 2; ++number) {
    const std::string text = std::to_string(number);
    put_peer(txn, canary_peer(number));
    put_route(txn, canary_route(kCanaryDomain, number));
    put_route(txn, canary_route("other.canarycompany.example", number));
    put_tombstone(txn, {fingerprint(static_cast<std::uint8_t>(number + 10)), kStart, "canaryhost"});
    note_incarnation(txn, fingerprint(number), as_bytes("incarnation"), kStart);
    note_revoked(txn, fingerprint(number), as_bytes("revoked"), kStart);
    put_secret(txn, "identity/" + text, SecretBytes(as_bytes("canarysecret " + text)));
    put_rule(txn, {"user:canaryperson" + text + "@" + kCanaryDomain, "encrypt", "mandatory"});
    put_proof(txn, {.role = ProofRole::verifying,
                    .peer = fingerprint(number),
                    .id = Bytes(16, number),
                    .domain = domain(kCanaryDomain),
                    .mail_token = SecretBytes(as_bytes("canarysecret")),
                    .started = kStart,
                    .expires = kStart});
    Invitation invitation;
    invitation.id = Bytes(16, number);
    invitation.secret = SecretBytes(as_bytes("canarysecret"));
    invitation.domains = {domain(kCanaryDomain)};
    invitation.used_from = "canaryhost";
    put_invitation(txn, invitation);
    StoredCertificate certificate;
    certificate.der = to_bytes("canarycompany certificate " + text);
    certificate.issuer = to_bytes("canarycompany");
    certificate.serial = to_bytes(text);
    certificate.key_name = "identity/" + text;
    put_certificate(txn, certificate);
  }
  OwnCard card;
  card.serial = serial;
  card.incarnation = to_bytes("one");
  card.card = to_bytes("canarycompany card");
  put_own_card(txn, card);
}

inline void put_trust(WriteTransaction& txn) { put_trust_of(txn, 1); }

// Every one of those tables changes, and each keeps a record that was there, with other octets.
inline void put_trust_again(WriteTransaction& txn) {
  put_trust_of(txn, 2);
  for (std::uint8_t number = 1; number <= 2; ++number) {
    // These keep the first time; a thief would rather have none.
    txn.put(Table::incarnations,
            KeyWriter().bytes(fingerprint(number).view()).text("incarnation").take(),
            KeyWriter().time(kStart + std::chrono::hours(1)).take());
    txn.put(Table::revoked, KeyWriter().bytes(fingerprint(number).view()).text("revoked").take(),
            KeyWriter().time(kStart + std::chrono::hours(1)).take());
  }
}

// What goes on without its broken records: mail and what is remembered of it.
inline void put_mail_records(WriteTransaction& txn) {
  const MessageId id = MessageId::make(kStart);
  note_seen(txn, fingerprint(1), id, canary_mailbox(), kStart);
  note_answered(txn, fingerprint(1), as_bytes("id"), {kStart, "accept", to_bytes("canaryhost")});
  begin_trace(txn, id,
              {kStart, "received", {{"subject", "canarysubject"}, {"client", "canaryhost"}}},
              {canary_mailbox(), canary_mailbox("2")});
  SentMail mail;
  mail.message = id;
  mail.sender = canary_mailbox();
  mail.sealed = kStart;
  mail.recipients = {{canary_mailbox(), {}, "rfc822;canaryperson"}};
  note_sent(txn, Bytes(16, 7), mail);
  put_clock_record(txn, {});
  note_command(txn, {kStart, "canaryperson", "peer remove canarycompany.example"});
}

// A message to canary addresses whose body is `size` octets; queued, or in quarantine.
inline StagedMessage canary_message(const Store& store, std::size_t size) {
  std::string content = "Subject: canarysubject\r\n\r\n";
  while (content.size() < size)
    content += "canarysecret ";
  StagedMessage staged = stage(store, content).value();
  staged.message.client = "canaryhost [192.0.2.1]";
  staged.message.sender = canary_mailbox();
  staged.message.from_domain = kCanaryDomain;
  staged.message.added_header = "Received: from canaryhost\r\n";
  return staged;
}

inline MessageId put_queued(Store& store, std::size_t size, std::string_view destination) {
  const StagedMessage staged = canary_message(store, size);
  EXPECT_TRUE(put(store, staged, {std::string(destination)}).ok());
  return staged.message.id;
}

inline MessageId put_quarantined(Store& store, std::size_t size) {
  const StagedMessage staged = canary_message(store, size);
  QuarantineItem item;
  item.message = staged.message;
  item.recipients = {{canary_mailbox(), {}, {}}};
  item.since = kStart;
  item.reason_code = "no-route";
  item.reason_text = "canaryhost has none";
  item.peer = fingerprint(1);
  item.route_domain = kCanaryDomain;
  EXPECT_TRUE(
      store.write([&](WriteTransaction& txn) { return put_quarantine(txn, item, staged.body); })
          .ok());
  return staged.message.id;
}

}  // namespace culvert::store
