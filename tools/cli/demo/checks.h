// The checks of the demo: pure functions on captured octets.
#pragma once

#include <string>
#include <string_view>

namespace culvert::cli {

// How the mail that arrived compares with the mail that was handed in.
struct Arrival {
  bool whole = false;  // it ends with the octets handed in, unchanged, under added fields
  std::size_t added_fields = 0;
  std::string culvert_result;  // of the Culvert-Result field, if there is exactly one
  std::string why;             // why it is not whole
};
// Only Received, Culvert-Result and Authentication-Results may be added.
Arrival compare_arrival(std::string_view handed_in, std::string_view arrived);

// The last sealed message heard between the nodes, from MAIL FROM on. Empty if there is none.
std::string last_sealed(std::string_view heard);

std::string sha256_hex(std::string_view octets);

}  // namespace culvert::cli
