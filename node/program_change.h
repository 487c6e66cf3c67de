// What this program knows that one before it, which used the same store, did not.
#pragma once

#include <string>

#include "store/own_marks.h"
#include "store/store.h"

namespace culvert::node {

// For the start of `serve`, before mail flows: notes the node's name and, once, since when its
// marks tell (store/own_marks.h); looks for the tunnel forms on the cards of peers that were stored
// without them. Returns the marks to judge by. If that cannot be written (a full disk), the log
// says so and what is stored counts: too few marks are believed then, never too many.
store::OwnMarks note_program(store::Store& store, const std::string& name, Time now);

}  // namespace culvert::node
