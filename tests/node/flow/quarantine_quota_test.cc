// What a full quarantine stops, and what it does not.
#include "node/flow/quarantine_quota.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/node/flow/peer_fixture.h"

namespace culvert::node {
namespace {

const std::string kOriginal = "From: alice@a.example\r\n\r\nhello\r\n";

class QuarantineQuotaTest : public PeerFlowTest {
 protected:
  // As much of nobody known as may wait.
  void fill() {
    store::QuarantineItem item;
    item.message.id = store::MessageId::make(clock.now());
    store::BodyWriter writer(own.store(), item.message.id);
    ASSERT_TRUE(writer.write(as_bytes(kOriginal)).ok());
    const auto body = writer.finish();
    ASSERT_TRUE(body.ok());
    item.message.body = body->ref();
    item.message.size_bytes = kQuarantineQuotaBytes;
    item.recipients = {{peering::mailbox("bob@b.example"), "", ""}};
    ASSERT_TRUE(own.store()
                    .write([&](store::WriteTransaction& txn) {
                      return store::put_quarantine(txn, item, *body);
                    })
                    .ok());
    ASSERT_TRUE(quarantine_is_full(context, std::nullopt));
  }

  // The answer comes before the worker has cleaned up; a job of ours waits for that.
  std::size_t body_files() {
    std::promise<void> idle;
    EXPECT_TRUE(workers.submit([&idle] { idle.set_value(); }).ok());
    idle.get_future().wait();
    std::size_t files = 0;
    for (const auto& found :
         std::filesystem::recursive_directory_iterator(own.store().data_dir() / "bodies")) {
      files += found.is_regular_file();
    }
    return files;
  }
};

TEST_F(QuarantineQuotaTest, AFullQuarantineRefusesTunnelMailSmallAndLarge) {
  fill();
  for (const std::size_t size : {100, 200'000}) {
    const Reply reply = arrive(seal(kOriginal + std::string(size, 'x') + "\r\n"));
    EXPECT_EQ(reply.code, 452) << size;
    EXPECT_EQ(reply.enhanced, "4.3.1");
    EXPECT_EQ(wire_form(reply).find("disk"), std::string::npos) << "the disk is not full";
  }
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(body_files(), 0U);
}

TEST_F(QuarantineQuotaTest, AFullQuarantineLetsUsersEncryptedMailPass) {
  fill();
  const std::string large = kOriginal + std::string(200'000, 'x') + "\r\n";
  EXPECT_EQ(arrive(seal_for(peer.encryption().certificate, kOriginal)).code, 250);
  EXPECT_EQ(arrive(seal_for(peer.encryption().certificate, large)).code, 250);
  EXPECT_EQ(arrive("Content-Type: application/pkcs7-mime\r\n\r\nno CMS\r\n").code, 250);
  EXPECT_EQ(arrive(kOriginal).code, 250);
  EXPECT_EQ(queue().size(), 4U);
}

}  // namespace
}  // namespace culvert::node
