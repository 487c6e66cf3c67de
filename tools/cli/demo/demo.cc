// `culvert demo`: two real nodes on loopback, shown hop by hop and checked claim by claim.
#include <signal.h>
#include <stdlib.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/cli/commands.h"
#include "tools/cli/demo/run.h"
#include "tools/cli/json_text.h"
#include "tools/cli/table.h"

namespace culvert::cli {
namespace {

namespace fs = std::filesystem;

// A directory that is removed with this object.
class ThrowAway {
 public:
  static Result<ThrowAway> make() {
    std::string path = (fs::temp_directory_path() / "culvert-demo-XXXXXX").string();
    if (::mkdtemp(path.data())) return ThrowAway(path);
    return permanent_error("no-directory",
                           "no directory can be made below " + fs::temp_directory_path().string());
  }
  ThrowAway(ThrowAway&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ThrowAway& operator=(ThrowAway&&) = delete;
  ~ThrowAway() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit ThrowAway(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Result<store::Folder> captures_folder(const Arguments& arguments) {
  const fs::path folder = arguments.value("--dir").value_or("culvert-demo");
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return permanent_error("no-directory", folder.string() + " cannot be made: " + error.message() +
                                               " (name another place with --dir)");
  }
  return store::Folder::open(folder);
}

std::string json_of(const DemoStory& story) {
  nlohmann::ordered_json claims = nlohmann::ordered_json::array();
  for (const Claim& claim : story.claims()) {
    claims.push_back({{"claim", claim.text}, {"holds", claim.holds}, {"found", claim.found}});
  }
  nlohmann::ordered_json json = {{"claims", std::move(claims)}, {"broken", story.broken()}};
  if (story.broken() > 0) {
    json["error"] = {{"code", "broken"},
                     {"text", counted(story.broken(), "claim") + " of the demo did not hold"}};
  }
  return json_text(json);
}

Report verdict(const DemoStory& story, const fs::path& captures, double seconds) {
  Report report;
  report.json = json_of(story);
  const std::string place = "The mails as they were caught are in " + captures.string() + ".\n";
  if (story.broken() == 0) {
    report.text = fmt::format("\nAll {} hold. {:.1f} s. {}",
                              counted(story.claims().size(), "claim"), seconds, place);
  } else {
    report.text = fmt::format("\n{} of {} BROKEN. {}", story.broken(),
                              counted(story.claims().size(), "claim"), place);
    report.exit_status = kExitFailed;
  }
  return report;
}

// Blocks the signals. Call before any thread starts: all threads inherit it, and Ctrl-C then waits
// for sigwait.
sigset_t block_ends() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  return ends;
}

Result<Report> demo(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  auto captures = captures_folder(arguments);
  if (!captures) return captures.error();
  const fs::path place = captures->path();
  const auto nodes = ThrowAway::make();
  if (!nodes) return nodes.error();
  const bool silent = arguments.form == OutputForm::json;
  DemoStory story(silent ? DemoStory::Telling::silent : DemoStory::Telling::aloud);
  const bool keep = arguments.has("--keep");
  sigset_t ends{};
  if (keep) ends = block_ends();
  DemoRun run(nodes->path(), *std::move(captures), story);
  const Status played = run.play();
  if (!played) story.claim("the demo runs to its end", false, played.error().text);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  Report report = verdict(story, place, took.count());
  if (!keep || !played) return report;
  run.tell_how_to_talk();
  int signal_number = 0;
  sigwait(&ends, &signal_number);
  return report;
}

}  // namespace

Command demo_command() {
  return {.name = "demo",
          .summary = "shows two nodes at work on this machine, and checks what it shows",
          .operands = {},
          .options = {{"--dir", "DIR", "where the caught mails are put; default ./culvert-demo"},
                      {"--keep", "", "leaves both nodes running until Ctrl-C"}},
          .detail =
              "Two nodes on free ports of 127.0.0.1 with throw-away data, paired by the real "
              "commands; small\nmail servers at both ends, and an eavesdropper between them. "
              "Ends with 1 if a claim is broken.",
          .example = "culvert demo --dir /tmp/culvert-demo",
          .run = demo};
}

}  // namespace culvert::cli
