// What this program knows that an earlier one, which used the same store, did not.
#pragma once

#include <string>

#include "store/own_marks.h"
#include "store/store.h"

namespace culvert::node {

// For the start of `serve`, before mail flows. Notes the node's name and, once, since when its
// marks tell (store/own_marks.h). Finds the tunnel forms on the cards of peers that were stored
// without them. Returns the marks to judge by. If they cannot be written (a full disk), that is
// logged and the stored ones count: then too few marks are believed, never too many.
store::OwnMarks note_program(store::Store& store, const std::string& name, Time now);

}  // namespace culvert::node
