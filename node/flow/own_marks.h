// Reads the marks that nodes leave in Received fields (trace_fields.h writes them). They show
// whether mail that is handed in inside was written there, or came from elsewhere and is only
// passed on (protocol.md, "The tunnel form"; named attack: Borrowed trust). Pure.
//
// A mark is believed only where it makes mail worth less. Only one mark says that mail came from
// inside: one under a name that this very node had, written since its marks tell. Marks of other
// nodes of the same organisation count as foreign, because their program may be older.
#pragma once

#include <string_view>

#include "store/own_marks.h"

namespace culvert::node {

struct FoundMarks {
  bool own = false;      // one has a name of this node: the mail has been here
  bool foreign = false;  // one does not say that the mail came from inside
  bool clear = false;    // one says that it came in clear from elsewhere
};

// `body` is that of a Received field, folded or not.
FoundMarks marks_in(std::string_view body, const store::OwnMarks& own);

}  // namespace culvert::node
