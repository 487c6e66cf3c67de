#include "store/queue.h"

#include "store/message_codec.h"
#include "store/queue_codec.h"
#include "store/table.h"

namespace culvert::store {

namespace {

// Far more entries than one destination has in hand at once.
constexpr std::size_t kLookedThrough = 10'000;

// Removes the message if it has no entry left. Its record is only read to find its body. If it
// cannot be read, the body may be in either place.
void remove_message_if_done(WriteTransaction& txn, const MessageId& id) {
  if (has_entries(txn, id)) return;
  const auto body = load<BodyRef>(txn, Table::messages, id.view(), decode_body_ref);
  if (body) {
    remove_body(txn, *body);
  } else if (txn.held(Table::messages, id.view()) == ReadTransaction::Held::absent) {
    return;
  } else {
    for (const auto place : {BodyRef::Place::database, BodyRef::Place::file})
      remove_body(txn, {.id = id, .place = place});
  }
  txn.erase(Table::messages, id.view());
}

// The one place that changes the state of an entry. `now` is for events that make the entry due.
// `change` sets what else the event brings, if the entry stays.
template <typename Change>
bool step(WriteTransaction& txn, const EntryId& id, EntryEvent event, Time now, Change change) {
  auto entry = find_entry(txn, id);
  if (!entry) return false;
  const EntryStep what = next(entry->state, event);
  erase_entry(txn, *entry);
  if (!what.state) {
    remove_message_if_done(txn, id.message);
    return true;
  }
  entry->state = *what.state;
  change(*entry);
  if (what.due == EntryStep::Due::now) entry->next_attempt = now;
  put_entry(txn, *entry);
  return true;
}

bool step(WriteTransaction& txn, const EntryId& id, EntryEvent event, Time now) {
  return step(txn, id, event, now, [](QueueEntry&) {});
}

}  // namespace

Status stage_message(RecordSink& out, const Message& message, const StagedBody& body,
                     const std::vector<QueueEntry>& entries) {
  if (message.body != body.ref() || message.body.id != message.id) {
    return internal_error("bad-message", "an internal error", "a message with another's body");
  }
  if (const Status good = check_entries(message.id, entries); !good) return good.error();
  out.put(Table::messages, message.id.view(), encode(message));
  for (const QueueEntry& entry : entries)
    put_entry(out, entry);
  return done();
}

Status put_staged(WriteTransaction& txn, const StagedRecords& records, const StagedBody& body) {
  if (const Status room = txn.require_room(); !room) return room.error();
  keep_body(txn, body);
  records.put_into(txn);
  return done();
}

Status put_message(WriteTransaction& txn, const Message& message, const StagedBody& body,
                   const std::vector<QueueEntry>& entries) {
  if (const Status room = txn.require_room(); !room) return room.error();
  if (const Status staged = stage_message(txn, message, body, entries); !staged)
    return staged.error();
  keep_body(txn, body);
  return done();
}

std::optional<EntryId> add_entry(WriteTransaction& txn, QueueEntry entry) {
  const MessageId message = entry.id.message;
  if (!txn.has(Table::messages, message.view())) return std::nullopt;
  std::uint16_t last = 0;
  each(txn, Table::queue, message.view(), message.view(), [&](ByteView key, ByteView) {
    last = read_entry_key(key).value_or(EntryId{}).number;
    return true;
  });
  if (last == UINT16_MAX) return std::nullopt;
  entry.id.number = static_cast<std::uint16_t>(last + 1);
  if (Status good = check_entries(message, {entry}); !good) {
    txn.fail(std::move(good).error());
    return std::nullopt;
  }
  put_entry(txn, entry);
  return entry.id;
}

std::optional<QueueEntry> find_entry(const ReadTransaction& txn, const EntryId& id) {
  return load<QueueEntry>(txn, Table::queue, entry_key(id), decode_queue_entry);
}

bool has_entry(const ReadTransaction& txn, const EntryId& id) {
  return txn.held(Table::queue, entry_key(id)) != ReadTransaction::Held::absent;
}

void set_aside_entry(WriteTransaction& txn, const EntryId& id, DeliveryPath path,
                     std::string_view destination) {
  if (find_entry(txn, id)) {
    if (!find_message(txn, id.message)) {
      hold(txn, id, "the record of its message was altered on disk or is damaged (culvert check)");
    }
    return;
  }
  // A readable record would tell its place in `due`. Without one, the entries of the destination
  // must be searched. It was found among the first of them; if it was dropped meanwhile, the search
  // finds nothing.
  std::vector<Bytes> places;
  std::size_t looked_at = 0;
  each_key(txn, Table::due, due_prefix(txn.seal(), path, destination), [&](ByteView key) {
    if (read_entry_key(key) == id) places.emplace_back(key.begin(), key.end());
    return ++looked_at < kLookedThrough && places.empty();
  });
  for (const Bytes& place : places)
    txn.erase(Table::due, place);
}

bool finish(WriteTransaction& txn, const EntryId& id) {
  return step(txn, id, EntryEvent::finished, Time{});
}

bool defer(WriteTransaction& txn, const EntryId& id, const Deferral& deferral) {
  return step(txn, id, EntryEvent::deferred, Time{}, [&](QueueEntry& entry) {
    entry.next_attempt = deferral.next_attempt;
    if (entry.created > entry.next_attempt) {
      entry.expires -= entry.created - entry.next_attempt;
      entry.created = entry.next_attempt;
    }
    entry.reason = deferral.reason;
    if (!deferral.remaining.empty()) entry.recipients = deferral.remaining;
    if (deferral.delay_reported) entry.delay_reported = deferral.delay_reported;
    ++entry.attempts;
  });
}

bool hold(WriteTransaction& txn, const EntryId& id, std::string_view reason) {
  return step(txn, id, EntryEvent::hold, Time{},
              [&](QueueEntry& entry) { entry.reason = std::string(reason); });
}

bool release(WriteTransaction& txn, const EntryId& id, Time now) {
  return step(txn, id, EntryEvent::release, now);
}

bool retry(WriteTransaction& txn, const EntryId& id, Time now) {
  return step(txn, id, EntryEvent::retry, now);
}

bool drop(WriteTransaction& txn, const EntryId& id) {
  if (step(txn, id, EntryEvent::drop, Time{})) return true;
  if (!txn.erase(Table::queue, entry_key(id))) return false;
  remove_message_if_done(txn, id.message);
  return true;
}

bool redirect(WriteTransaction& txn, const EntryId& id, DeliveryPath path,
              std::string_view destination, Time now) {
  return step(txn, id, EntryEvent::retry, now, [&](QueueEntry& entry) {
    entry.path = path;
    entry.destination = std::string(destination);
    if (Status good = check_entries(id.message, {entry}); !good) txn.fail(good.error());
  });
}

QueuePage list_queue(const ReadTransaction& txn, const std::optional<EntryId>& from,
                     std::size_t limit) {
  QueuePage page;
  const Bytes start = from ? entry_key(*from) : Bytes{};
  each(txn, Table::queue, {}, start, [&](ByteView key, ByteView record) {
    if (page.entries.size() == limit) {
      page.next = read_entry_key(key);
      return false;
    }
    auto entry = decode_queue_entry(record);
    if (entry) {
      page.entries.push_back(std::move(entry).value());
    } else {
      txn.damage().note(Table::queue, key);
    }
    return true;
  });
  return page;
}

std::uint64_t queue_length(const ReadTransaction& txn) { return txn.count(Table::queue); }

std::uint64_t held_length(const ReadTransaction& txn) {
  const std::uint64_t due = txn.count(Table::due);
  return queue_length(txn) - std::min(due, queue_length(txn));
}

}  // namespace culvert::store
