#include "tools/cli/asking.h"

#include <unistd.h>

#include <iostream>

namespace culvert::cli {

bool can_ask(const Arguments& arguments) {
  return !arguments.has("--yes") && ::isatty(STDIN_FILENO) != 0;
}

bool is_confirmed(const Arguments& arguments, const std::string& question) {
  if (!can_ask(arguments)) return true;
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Error not_wanted() { return permanent_error("not-wanted", "nothing was changed, as you said"); }

}  // namespace culvert::cli
