#include "node/flow/quarantine_news.h"

#include <fmt/format.h>

#include "crypto/base/log.h"

namespace culvert::node {

void QuarantineNews::held(const std::string& reason_code) {
  const std::lock_guard lock(mutex_);
  ++held_;
  if (reasons_.contains(reason_code) || reasons_.size() < kMaxNamedInNews) ++reasons_[reason_code];
}

void QuarantineNews::refused(const std::string& source) {
  const std::lock_guard lock(mutex_);
  ++refused_;
  if (sources_.size() < kMaxNamedInNews) sources_.insert(source);
}

void QuarantineNews::returned() {
  const std::lock_guard lock(mutex_);
  ++returned_;
}

std::optional<std::string> QuarantineNews::take(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (held_ + refused_ + returned_ == 0) return std::nullopt;
  if (told_ && now - *told_ < kQuarantineNewsInterval) return std::nullopt;
  std::string reasons;
  for (const auto& [reason, count] : reasons_)
    reasons += (reasons.empty() ? "" : ", ") + fmt::format("{} {}", count, reason);
  std::string sources;
  for (const std::string& source : sources_)
    sources += (sources.empty() ? "" : ", ") + printable(source, 80);
  std::string text = "quarantine:";
  if (held_ > 0) text += fmt::format(" {} new ({});", held_, reasons);
  if (refused_ > 0) {
    text += fmt::format(
        " {} sealed mails were told to come later (452), because the share of {} is full;",
        refused_, sources);
  }
  if (returned_ > 0) {
    text += fmt::format(" {} of peers whose share is full went back to their senders;", returned_);
  }
  text += " see culvert quarantine list, and make room with culvert quarantine drop";
  held_ = refused_ = returned_ = 0;
  reasons_.clear();
  sources_.clear();
  told_ = now;
  return text;
}

}  // namespace culvert::node
