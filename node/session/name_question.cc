#include "node/session/name_question.h"

#include <utility>

namespace culvert::node {

NameQuestion::NameQuestion(EventLoop& loop, NameWaits* waits, const FindClientName& find,
                           const std::string& address, std::chrono::milliseconds patience,
                           Callback<ClientName> known)
    : known_(std::move(known)) {
  if (const auto ip = IpAddress::parse(address); ip && waits != nullptr) {
    wait_.emplace(waits->begin(*ip, std::chrono::steady_clock::now()));
    patience = wait_->at_most(patience);
  }
  too_late_ = loop.call_after(patience, [this] { late(); });
  auto found = life_.guard([this](ClientName name) { answer(std::move(name)); });
  find(address, [found, &loop](ClientName name) {
    loop.post([found, name = std::move(name)]() mutable { found(std::move(name)); });
  });
}

void NameQuestion::late() {
  if (wait_) wait_->was_late(std::chrono::steady_clock::now());
  answer({ClientName::Known::not_now});
}

void NameQuestion::answer(ClientName name) {
  if (!is_open()) return;
  too_late_.cancel();
  wait_.reset();
  auto known = std::exchange(known_, {});  // The call may destroy this object.
  known(std::move(name));
}

}  // namespace culvert::node
