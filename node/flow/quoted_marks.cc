#include "node/flow/quoted_marks.h"

#include <algorithm>

#include "crypto/mime/header.h"
#include "node/flow/own_marks.h"

namespace culvert::node {
namespace {

// Ours have a tenth of it. What is longer is judged by its beginning.
constexpr std::size_t kMaxFieldOctets = 4096;
constexpr std::string_view kName = "Received:";

void append_cut(std::string& to, std::string_view text) {
  to += text.substr(0, kMaxFieldOctets - std::min(to.size(), kMaxFieldOctets));
}

}  // namespace

void QuotedMarks::write(ByteView octets) {
  std::string_view rest = as_text(octets);
  while (!found_ && !rest.empty()) {
    const std::size_t end = rest.find('\n');
    append_cut(line_, rest.substr(0, end));
    if (end == std::string_view::npos) return;
    line_ended();
    rest.remove_prefix(end + 1);
  }
}

void QuotedMarks::line_ended() {
  const bool goes_on = line_.starts_with(' ') || line_.starts_with('\t');
  if (!goes_on) judge();
  const bool begins = crypto::same_name(std::string_view(line_).substr(0, kName.size()), kName);
  if (begins || (goes_on && !field_.empty())) append_cut(field_, line_ + ' ');
  line_.clear();
}

void QuotedMarks::judge() {
  if (!field_.empty()) found_ = found_ || marks_in(field_, own_).clear;
  field_.clear();
}

}  // namespace culvert::node
