// Looks into mail that a person may have sent inside. It looks for an attached message that is this
// very mail: by the same author or with the same Message-ID, and with a mark that says that it came
// from elsewhere. A filter that wraps what it considers spam (SpamAssassin's report) makes such
// mail, and gives it the stranger's From (named attack: Borrowed trust). A person who attaches
// another's mail writes under a name of their own, and vouches for it.
//
// Attached messages are neither base64 nor quoted-printable (RFC 2046, 5.2.1), so the body is read
// as it stands. Looks only at the first octet of each line. Memory is bounded; any thread, one at a
// time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/names.h"
#include "crypto/mime/header.h"
#include "store/own_marks.h"

namespace culvert::node {

class WrappedMail {
 public:
  // `outer` is the header of the mail to look into.
  WrappedMail(store::OwnMarks own, const std::vector<crypto::HeaderField>& outer);

  // The next octets of the body.
  void write(ByteView octets);
  // The body has ended.
  void finish();
  // True if this mail wraps itself as a stranger sent it.
  bool wraps_stranger() const { return found_; }

 private:
  bool begins_to_count(char first) const;
  void line_ended();
  void judge();

  store::OwnMarks own_;
  std::optional<Mailbox> author_;
  std::string message_id_;
  std::string line_;        // the current line, cut
  bool at_begin_ = true;    // of a line
  bool passed_by_ = false;  // the current line does not count
  std::string field_;       // the field being read; empty: none that counts
  // About the header being read.
  bool is_strangers_ = false;
  bool is_this_ = false;
  bool found_ = false;
};

}  // namespace culvert::node
