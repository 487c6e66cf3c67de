// Reads the marks that nodes leave in Received fields (trace_fields.h writes them): whether mail
// that is handed in inside was written there, or had come from elsewhere before and is only passed
// on (protocol.md, "The tunnel form"; named attack: Borrowed trust). Pure.
//
// A mark is believed only where it makes mail worth less. That mail came from inside is said by a
// mark of a name that this very node had, written since its marks tell, and by nothing else: marks
// of other nodes of the same organisation, whose program may be older, count as foreign.
#pragma once

#include <string_view>

#include "store/own_marks.h"

namespace culvert::node {

struct FoundMarks {
  bool own = false;      // one was written under a name of this node: it has been here
  bool foreign = false;  // one does not say that the mail came from inside
  bool clear = false;    // one says that it came in clear from elsewhere
};

// `body` of a Received field, folded or not.
FoundMarks marks_in(std::string_view body, const store::OwnMarks& own);

}  // namespace culvert::node
