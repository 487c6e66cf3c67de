#include "peering/replay.h"

#include "store/invitations.h"

namespace culvert::peering {
namespace {

constexpr std::size_t kForgottenAtOnce = 1000;

}  // namespace

std::optional<Bytes> stored_answer(const store::ReadTransaction& txn,
                                   const VerifiedDocument& document) {
  auto answered = store::find_answered(txn, document.head().sender, document.head().id);
  if (!answered) return std::nullopt;
  return std::move(answered->answer);
}

bool remember_answer(store::WriteTransaction& txn, const VerifiedDocument& document,
                     ByteView answer) {
  const store::Answered answered{.time = document.head().time,
                                 .type = std::string(type_name(document.type())),
                                 .answer = Bytes(answer.begin(), answer.end())};
  return store::note_answered(txn, document.head().sender, document.head().id, answered);
}

void forget_old_answers(store::WriteTransaction& txn, Time now) {
  store::purge_answered(txn, now - kAnsweredIdAge, kForgottenAtOnce);
}

}  // namespace culvert::peering
