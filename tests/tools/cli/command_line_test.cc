#include "tools/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tools/cli/commands.h"
#include "tools/cli/help.h"

namespace culvert::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Command>& commands() {
  static const std::vector<Command> all = all_commands();
  return all;
}

Result<ParsedLine> parse(const std::vector<std::string>& words) {
  return parse_command_line(words, commands());
}

std::string error_of(const std::vector<std::string>& words) {
  const auto line = parse(words);
  if (line) return "no error";
  EXPECT_EQ(line.error().code, kUsageCode);
  return line.error().text;
}

TEST(CommandLine, FindsACommandOfTwoWordsWithOperandsAndOptions) {
  const auto line = parse({"peer", "invite", "b.example", "c.example", "--valid", "24h"});
  ASSERT_TRUE(line.ok()) << line.error().text;
  EXPECT_EQ(line->command->name, "peer invite");
  EXPECT_THAT(line->arguments.all("DOMAIN"), ElementsAre("b.example", "c.example"));
  EXPECT_EQ(line->arguments.value("--valid"), "24h");
}

TEST(CommandLine, GivesAnOptionOneValueAndTheRestToTheOperands) {
  const auto line = parse({"peer", "invite", "--valid", "1h", "b.example", "c.example"});
  ASSERT_TRUE(line.ok()) << line.error().text;
  EXPECT_EQ(line->arguments.value("--valid"), "1h");
  EXPECT_EQ(line->arguments.all("DOMAIN"), (std::vector<std::string>{"b.example", "c.example"}));
}

TEST(CommandLine, TakesConfigAndJsonBeforeAndAfterTheCommand) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"--config", "/x.toml", "--json", "peer", "list"},
                                             {"peer", "list", "--json", "--config", "/x.toml"},
                                             {"peer", "--config=/x.toml", "list", "--json"}}) {
    const auto line = parse(words);
    ASSERT_TRUE(line.ok()) << line.error().text;
    EXPECT_EQ(line->command->name, "peer list");
    EXPECT_EQ(line->arguments.config_file, "/x.toml");
    EXPECT_EQ(line->arguments.form, OutputForm::json);
  }
}

TEST(CommandLine, TakesTheConfigurationFromTheEnvironmentLast) {
  ::setenv("CULVERT_CONFIG", "/from/environment.toml", 1);
  EXPECT_EQ(parse({"status"})->arguments.config_file, "/from/environment.toml");
  EXPECT_EQ(parse({"status", "--config", "/x"})->arguments.config_file, "/x");
  ::unsetenv("CULVERT_CONFIG");
  EXPECT_EQ(parse({"status"})->arguments.config_file, "/etc/culvert/culvert.toml");
}

TEST(CommandLine, KeepsASingleOperandApartFromThoseBehindIt) {
  const auto line = parse({"policy", "set", "domain:b.example", "encrypt=mandatory", "x=y"});
  ASSERT_TRUE(line.ok()) << line.error().text;
  EXPECT_EQ(line->arguments.value("SCOPE"), "domain:b.example");
  EXPECT_THAT(line->arguments.all("KEY=VALUE"), ElementsAre("encrypt=mandatory", "x=y"));
}

TEST(CommandLine, TakesSeveralValuesOfOneOption) {
  const auto line = parse({"init", "--domain", "a.example", "b.example", "--domain", "c.example"});
  ASSERT_TRUE(line.ok()) << line.error().text;
  EXPECT_THAT(line->arguments.all("--domain"), ElementsAre("a.example", "b.example", "c.example"));
}

TEST(CommandLine, TakesWordsOfCommandsAsOperands) {
  const auto line = parse({"trace", "init"});
  ASSERT_TRUE(line.ok()) << line.error().text;
  EXPECT_EQ(line->command->name, "trace");
  EXPECT_EQ(line->arguments.value("ID-OR-ADDRESS"), "init");
}

TEST(CommandLine, SaysWhatIsMissingOrTooMuch) {
  EXPECT_THAT(error_of({}), HasSubstr("say what to do"));
  EXPECT_THAT(error_of({"frobnicate"}), HasSubstr("there is no command 'frobnicate'"));
  EXPECT_THAT(error_of({"queue"}), HasSubstr("'queue' needs one more word"));
  EXPECT_THAT(error_of({"queue", "frob"}), HasSubstr("there is no command 'queue frob'"));
  EXPECT_THAT(error_of({"route", "show"}), HasSubstr("culvert route show needs DOMAIN"));
  EXPECT_THAT(error_of({"route", "show", "a.example", "b.example"}),
              HasSubstr("unexpected 'b.example'"));
  EXPECT_THAT(error_of({"peer", "list", "--frob"}), HasSubstr("unknown option '--frob'"));
  EXPECT_THAT(error_of({"--frob"}), HasSubstr("--frob"));
  EXPECT_THAT(error_of({"route", "wait", "b.example", "--timeout"}), HasSubstr("--timeout"));
}

TEST(CommandLine, SaysInItsOwnWordsWhatAnOptionNeeds) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"queue", "list", "--limit"},
                                             {"queue", "list", "--limit="},
                                             {"status", "--config"},
                                             {"peer", "invite", "b.example", "--valid"},
                                             {"smime", "sign", "--key"}}) {
    EXPECT_THAT(error_of(words), HasSubstr(" needs a value; see `culvert help")) << words.back();
  }
  EXPECT_THAT(error_of({"status", "--json=3"}), HasSubstr("no error"));
  EXPECT_THAT(error_of({"status", "--json=x"}), HasSubstr("--json takes no value; see"));
  for (const char* word : {"--yes=no", "--yes=false", "--yes=0", "--yes=x"}) {
    EXPECT_THAT(error_of({"peer", "accept", "culvert1-a", word}),
                HasSubstr("--yes takes no value; see"));
  }
}

TEST(CommandLine, AsksForHelpAnywhere) {
  EXPECT_EQ(parse({"--help"})->help, "");
  EXPECT_EQ(parse({"-h"})->help, "");
  EXPECT_EQ(parse({"peer", "--help"})->help, "peer");
  EXPECT_EQ(parse({"route", "show", "--help"})->help, "route show");
  EXPECT_TRUE(parse({"--version"})->version);
}

TEST(Help, AnswersForEveryCommandWithItsExample) {
  for (const Command& command : commands()) {
    const auto text = help_text(command.name, commands());
    ASSERT_TRUE(text.ok()) << command.name;
    EXPECT_THAT(*text, HasSubstr(command.example));
    EXPECT_THAT(*text, HasSubstr(usage_line(command)));
    EXPECT_FALSE(command.summary.empty() || command.summary.ends_with('.')) << command.name;
  }
}

TEST(Help, ShowsExamplesThatTheParserTakes) {
  for (const Command& command : commands()) {
    std::vector<std::string> words;
    const std::string line = command.example.substr(0, command.example.find(" > "));
    for (std::size_t at = line.find(' '); at != std::string::npos;) {
      const std::size_t end = line.find(' ', at + 1);
      words.push_back(line.substr(at + 1, end == std::string::npos ? end : end - at - 1));
      at = end;
    }
    const auto parsed = parse(words);
    ASSERT_TRUE(parsed.ok()) << command.example << ": " << parsed.error().text;
    EXPECT_EQ(parsed->command->name, command.name) << command.example;
  }
}

TEST(Help, ListsTheCommandsOfAGroup) {
  const auto text = help_text("queue", commands());
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("queue list"));
  EXPECT_THAT(*text, testing::Not(HasSubstr("peer list")));
  EXPECT_FALSE(help_text("que", commands()).ok());
}

}  // namespace
}  // namespace culvert::cli
