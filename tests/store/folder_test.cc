#include "store/folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/store/fixture.h"
#include "tests/support/planted.h"

namespace culvert::store {
namespace {

namespace fs = std::filesystem;

constexpr FileTraits kSecret{Readers::owner};
constexpr FileTraits kPublic{Readers::everybody, Lasting::until_power_cut};

unsigned mode(const fs::path& file) {
  struct stat found {};
  return ::lstat(file.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

class FolderTest : public ::testing::Test {
 protected:
  Folder folder() const { return Folder::open(dir.path()).value(); }
  // Names in the directory, but that of the victim.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& each : fs::directory_iterator(dir.path())) {
      if (each.path() != victim) found.push_back(each.path().filename().string());
    }
    return found;
  }
  TemporaryFolder dir;
  const fs::path victim = make_victim(dir.path());
  const fs::path file = dir.path() / "f";
};

// The attack: who can write the directory puts something at a name that the program will write.
TEST_F(FolderTest, PlantedNamesLeadToNoOtherFile) {
  for (const Planted& planted : planted_names()) {
    planted.put(file, victim);
    const Status put = folder().replace("f", as_bytes("mine"), kSecret);
    ASSERT_TRUE(put.ok()) << planted.what << ": " << put.error().text;
    EXPECT_TRUE(is_untouched(victim)) << planted.what;
    EXPECT_FALSE(fs::exists(victim.string() + ".new")) << planted.what;
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(file))) << planted.what;
    EXPECT_EQ(content_of(file), "mine") << planted.what;
    EXPECT_EQ(mode(file), 0600U) << planted.what;
    EXPECT_EQ(names(), std::vector<std::string>{"f"}) << planted.what;
    fs::remove(file);
  }
}

TEST_F(FolderTest, NothingPlantedIsReplacedByANewFile) {
  for (const Planted& planted : planted_names()) {
    planted.put(file, victim);
    EXPECT_EQ(folder().add("f", as_bytes("mine"), kSecret).error().code, "exists") << planted.what;
    EXPECT_TRUE(is_untouched(victim)) << planted.what;
    EXPECT_EQ(names(), std::vector<std::string>{"f"}) << planted.what;
    fs::remove(file);
  }
  ASSERT_TRUE(folder().add("f", as_bytes("mine"), kSecret).ok());
  EXPECT_EQ(content_of(file), "mine");
}

TEST_F(FolderTest, NothingPlantedIsReadOrWaitedFor) {
  for (const Planted& planted : planted_names()) {
    planted.put(file, victim);
    const auto read = folder().read("f", 100);
    // A hard link, or a file of somebody else, is an ordinary file.
    EXPECT_TRUE(!read || *read == kVictimText || *read == "old") << planted.what;
    EXPECT_EQ(read.ok(), !fs::is_symlink(file) && !fs::is_fifo(file)) << planted.what;
    fs::remove(file);
  }
}

TEST_F(FolderTest, NoLockIsTakenThroughALink) {
  for (const Planted& planted : planted_names()) {
    planted.put(file, victim);
    const auto lock = folder().open_for_lock("f");
    if (fs::is_symlink(file) || fs::is_fifo(file)) {
      ASSERT_FALSE(lock.ok()) << planted.what;
      EXPECT_NE(lock.error().text.find("remove it"), std::string::npos) << lock.error().text;
    }
    if (lock) ::close(*lock);
    EXPECT_TRUE(is_untouched(victim)) << planted.what;
    EXPECT_FALSE(fs::exists(victim.string() + ".new")) << planted.what;
    fs::remove(file);
  }
}

TEST_F(FolderTest, ADirectoryInPlaceIsNamedAndStays) {
  fs::create_directory(file);
  std::ofstream(file / "inside") << "x";
  for (const Status& status :
       {folder().replace("f", as_bytes("mine"), kSecret), Status(folder().read("f", 100).error()),
        Status(folder().open_for_lock("f").error())}) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, "file-access");
    EXPECT_NE(status.error().text.find("a directory is in its place"), std::string::npos)
        << status.error().text;
  }
  folder().remove("f");
  EXPECT_TRUE(fs::exists(file / "inside"));
  EXPECT_EQ(names(), std::vector<std::string>{"f"}) << "nothing of the try is left";
}

TEST_F(FolderTest, AnInnerDirectoryIsNeverALink) {
  const fs::path elsewhere = dir.path() / "elsewhere";
  fs::create_directory(elsewhere);
  fs::create_directory_symlink(elsewhere, dir.path() / "run");
  const auto inner = folder().inner("run");
  ASSERT_FALSE(inner.ok());
  EXPECT_NE(inner.error().text.find("a symbolic link is in its place"), std::string::npos)
      << inner.error().text;
  fs::remove(dir.path() / "run");
  ASSERT_TRUE(folder().inner("run").ok());
  ASSERT_TRUE(folder().inner("run").ok()) << "it is there already";
  EXPECT_FALSE(folder().inner("victim").ok());
  EXPECT_TRUE(is_untouched(victim));
}

// Somebody exchanges the directory between two uses.
TEST_F(FolderTest, StaysTheDirectoryThatWasOpened) {
  const auto inner = folder().inner("run").value();
  fs::rename(dir.path() / "run", dir.path() / "moved");
  fs::create_directory_symlink(dir.path(), dir.path() / "run");
  ASSERT_TRUE(inner.replace("victim", as_bytes("mine"), kPublic).ok());
  inner.remove("victim");
  EXPECT_TRUE(is_untouched(victim));
  EXPECT_TRUE(fs::is_empty(dir.path() / "moved"));
}

TEST_F(FolderTest, ModesAreExactWhateverTheUmaskIs) {
  for (const mode_t umask : {0000U, 0022U, 0077U, 0777U}) {
    const mode_t before = ::umask(umask);
    EXPECT_TRUE(folder().replace("f", as_bytes("x"), kSecret).ok());
    EXPECT_TRUE(folder().replace("g", as_bytes("x"), {Readers::group}).ok());
    EXPECT_TRUE(folder().replace("h", as_bytes("x"), kPublic).ok());
    ::umask(before);
    EXPECT_EQ(mode(file), umask == 0777U ? 0U : 0600U);
    EXPECT_EQ(mode(dir.path() / "g"), 0640U);
    EXPECT_EQ(mode(dir.path() / "h"), 0644U);
  }
}

TEST_F(FolderTest, ReadsNoMoreThanTheLimit) {
  ASSERT_TRUE(folder().replace("f", as_bytes(std::string(100, 'x')), kSecret).ok());
  EXPECT_EQ(folder().read("f", 100).value(), std::string(100, 'x'));
  EXPECT_EQ(folder().read("f", 99).error().code, "file-access");
  EXPECT_EQ(folder().read("none", 99).error().code, "no-file");
}

// The attack: LMDB would write its lock over any file that a link, or a hard link, leads to.
class StoreFilesTest : public StoreFixture {
 protected:
  Result<std::unique_ptr<Store>> open() const {
    return Store::open(options_in(dir(), StoreOptions::Mode::existing), test_key());
  }
};

TEST_F(StoreFilesTest, NothingPlantedInPlaceOfTheLockIsWritten) {
  store.reset();
  const fs::path victim = make_victim(folder.path());
  const fs::path lock = dir() / "store" / "lock.mdb";
  for (const Planted& planted : planted_names()) {
    fs::remove(lock);
    planted.put(lock, victim);
    const auto opened = open();
    ASSERT_FALSE(opened.ok()) << planted.what;
    EXPECT_NE(opened.error().text.find("lock.mdb' is a link, or was not made by the store"),
              std::string::npos)
        << opened.error().text;
    EXPECT_TRUE(is_untouched(victim)) << planted.what;
    EXPECT_FALSE(fs::exists(victim.string() + ".new")) << planted.what;
  }
  fs::remove(lock);
  EXPECT_TRUE(open().ok()) << "it is made anew";
  EXPECT_TRUE(open().ok()) << "and is known";
  for (const std::uintmax_t size : {0, 8192}) {
    fs::resize_file(lock, 0);
    fs::resize_file(lock, size);
    EXPECT_TRUE(open().ok()) << "another process may be making it";
  }
}

TEST_F(StoreFilesTest, NothingPlantedInPlaceOfTheDataIsFollowed) {
  store.reset();
  const fs::path data = dir() / "store" / "data.mdb", kept = folder.path() / "kept";
  fs::rename(data, kept);
  fs::create_symlink(kept, data);
  EXPECT_EQ(open().error().code, "store-access");
  fs::remove(data);
  ::mkfifo(data.c_str(), 0600);
  EXPECT_EQ(open().error().code, "store-access");
  fs::remove(data);
  fs::rename(kept, data);
  EXPECT_TRUE(open().ok());
}

}  // namespace
}  // namespace culvert::store
