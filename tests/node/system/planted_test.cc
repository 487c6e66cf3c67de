// The attack: who can write the data directory lets the node write, lock or remove files elsewhere.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "node/system/addresses_file.h"
#include "node/system/instance_lock.h"
#include "node/system/rates_file.h"
#include "tests/store/fixture.h"
#include "tests/support/planted.h"

namespace culvert::node {
namespace {

namespace fs = std::filesystem;

const AddressesFile::Addresses kAddresses{{"smtp.inside", {"127.0.0.1:10025"}}};

class PlantedTest : public ::testing::Test {
 protected:
  PlantedTest() { fs::create_directories(run); }
  // Every name at which a node ever wrote there, and that at which a former one did.
  static std::vector<std::string> names() {
    return {"addresses.json", "addresses.json.new", "rates.json", "rates.json.new"};
  }
  store::TemporaryFolder dir;
  const fs::path victim = make_victim(dir.path());
  const fs::path data = dir.path() / "data";
  const fs::path run = data / "run";
};

TEST_F(PlantedTest, NamesInRunLeadToNoOtherFile) {
  for (const Planted& planted : planted_names()) {
    for (const std::string& name : names())
      planted.put(run / name, victim);
    {
      const auto addresses = AddressesFile::write(data, kAddresses);
      ASSERT_TRUE(addresses.ok()) << planted.what << ": " << addresses.error().text;
      RatesFile rates(data);
      ASSERT_TRUE(rates.write({store::kStart, {}, {}}).ok()) << planted.what;
      EXPECT_TRUE(read_rates(data).has_value()) << planted.what;
      EXPECT_TRUE(is_untouched(victim)) << planted.what;
    }
    EXPECT_TRUE(is_untouched(victim)) << planted.what;
    EXPECT_FALSE(fs::exists(victim.string() + ".new")) << planted.what;
    EXPECT_FALSE(fs::exists(fs::symlink_status(run / "addresses.json"))) << planted.what;
    fs::remove_all(run);
    fs::create_directories(run);
  }
}

// A disk that is full when a killed node starts again: its former addresses are nobody's now.
TEST_F(PlantedTest, NoFormerAddressesStayWhereNewOnesDoNotFit) {
  ASSERT_TRUE(AddressesFile::write(data, {}).ok());
  std::ofstream(run / "addresses.json") << "former";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  const bool written = AddressesFile::write(data, kAddresses).ok();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(written);
  EXPECT_FALSE(fs::exists(run / "addresses.json"));
}

TEST_F(PlantedTest, ADirectoryRunThatIsALinkIsRefused) {
  fs::remove(run);
  const fs::path elsewhere = dir.path() / "elsewhere";
  fs::create_directory(elsewhere);
  fs::create_directory_symlink(elsewhere, run);
  for (const Status& status :
       {Status(AddressesFile::write(data, kAddresses).error()),
        RatesFile(data).write({store::kStart, {}, {}}), Status(InstanceLock::take(data).error())}) {
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().text.find(run.string() + "' cannot be used as a directory: a symbolic "
                                                      "link is in its place"),
              std::string::npos)
        << status.error().text;
    EXPECT_NE(status.error().text.find("remove it"), std::string::npos) << status.error().text;
  }
  EXPECT_TRUE(fs::is_empty(elsewhere));
}

TEST_F(PlantedTest, TheLockIsAFileOfItsOwn) {
  for (const Planted& planted : planted_names()) {
    planted.put(run / "lock", victim);
    const bool leads_elsewhere = fs::is_symlink(run / "lock") || fs::is_fifo(run / "lock");
    EXPECT_EQ(InstanceLock::take(data).ok(), !leads_elsewhere) << planted.what;
    EXPECT_TRUE(is_untouched(victim)) << planted.what;
    EXPECT_FALSE(fs::exists(victim.string() + ".new")) << planted.what;
    fs::remove(run / "lock");
  }
}

TEST_F(PlantedTest, ANamedPipeMakesNoCommandWait) {
  ::mkfifo((run / "rates.json").c_str(), 0600);
  EXPECT_FALSE(read_rates(data).has_value());
}

}  // namespace
}  // namespace culvert::node
