#include "node/intake/wrapped_mail.h"

#include "node/intake/quoted_marks.h"

namespace culvert::node {
namespace {

bool is_blank(std::string_view line) { return line.empty() || line == "\r"; }

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string id_in(std::string_view body) {
  const std::string text = crypto::unfolded(body);
  const std::size_t begins = text.find('<');
  const std::size_t ends = text.find('>', begins == text.npos ? 0 : begins);
  return begins == text.npos || ends == text.npos ? std::string()
                                                  : text.substr(begins, ends + 1 - begins);
}

std::string id_of(const std::vector<crypto::HeaderField>& fields) {
  const auto bodies = crypto::bodies_of(fields, "Message-ID");
  return bodies.empty() ? std::string() : id_in(bodies.front());
}

}  // namespace

WrappedMail::WrappedMail(store::OwnMarks own, const std::vector<crypto::HeaderField>& outer)
    : own_(std::move(own)), author_(crypto::single_from(outer)), message_id_(id_of(outer)) {}

void WrappedMail::write(ByteView octets) {
  std::string_view text = as_text(octets);
  while (!found_ && !text.empty()) {
    if (at_begin_) passed_by_ = !begins_to_count(text.front());
    const std::size_t end = text.find('\n');
    if (!passed_by_) append_cut(line_, text.substr(0, end));
    at_begin_ = end != text.npos;
    if (!at_begin_) return;
    line_ended();
    text.remove_prefix(end + 1);
  }
}

void WrappedMail::finish() {
  line_ended();
  judge();
}

// The first letters of Received, Culvert-*, From and Message-ID; an empty line; a continuation.
bool WrappedMail::begins_to_count(char first) const {
  constexpr std::string_view kFirst = "RrCcFfMm\r\n";
  const bool goes_on = (first == ' ' || first == '\t') && !field_.empty();
  return goes_on || kFirst.find(first) != kFirst.npos;
}

void WrappedMail::line_ended() {
  const bool goes_on = line_.starts_with(' ') || line_.starts_with('\t');
  if (!goes_on) judge();
  const bool ends_header = !passed_by_ && is_blank(line_);
  if (ends_header) is_strangers_ = is_this_ = false;
  if (!passed_by_ && !ends_header) append_cut(field_, without_line_end(line_));
  line_.clear();
}

void WrappedMail::judge() {
  if (field_.empty()) return;
  const std::string header = field_ + "\r\n";
  field_.clear();
  const auto fields = crypto::fields_of(header);
  if (fields.empty()) return;
  const std::string name = crypto::bare_field_name(fields.front().name);
  if (name == "received" || name.starts_with("culvert-")) {
    is_strangers_ = is_strangers_ || is_strangers_mark(header, own_);
  } else if (name == "from" && author_) {
    const auto inner = crypto::single_from(fields);
    is_this_ = is_this_ || (inner && inner->lookup_key() == author_->lookup_key());
  } else if (name == "message-id" && !message_id_.empty()) {
    is_this_ = is_this_ || id_of(fields) == message_id_;
  }
  found_ = found_ || (is_strangers_ && is_this_);
}

}  // namespace culvert::node
