// Where in the body of mail a CMS blob may begin.
#include "node/intake/blob_watch.h"

#include <gtest/gtest.h>

#include "crypto/base/bytes.h"
#include "crypto/mime/base64.h"

namespace culvert::node {
namespace {

// The same however the body comes.
bool finds(std::string_view body) {
  BlobWatch whole;
  whole.write(as_bytes(body));
  BlobWatch in_pieces;
  for (std::size_t i = 0; i < body.size(); ++i)
    in_pieces.write(as_bytes(body.substr(i, 1)));
  EXPECT_EQ(whole.found(), in_pieces.found()) << body;
  return whole.found();
}

// A SEQUENCE with the octets of a long one, in lines.
std::string blob() {
  Bytes octets{0x30, 0x82, 0x10, 0x00};
  octets.resize(300, 0x5a);
  const std::string text = crypto::to_base64(octets);
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += 76)
    lines += text.substr(at, 76) + "\r\n";
  return lines;
}

TEST(BlobWatch, FindsABlobWhereverARelayPutsIt) {
  EXPECT_TRUE(finds(blob()));
  EXPECT_TRUE(
      finds("--b\r\nContent-Type: text/plain\r\n\r\nA notice.\r\n--b\r\n"
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            blob() + "--b--\r\n"));
  EXPECT_TRUE(finds("a line of text that a reader ignores\r\n" + blob()));
  EXPECT_TRUE(finds(" " + blob()));
  EXPECT_TRUE(finds("--b\r\n\r\n\x30\x82\x10\x01zz\r\n--b--\r\n"));
  EXPECT_TRUE(finds(std::string("\r\n\x30\x80\x06", 5)));
}

TEST(BlobWatch, FindsNoneInOrdinaryMail) {
  EXPECT_FALSE(finds(""));
  EXPECT_FALSE(finds("MI\r\n"));
  EXPECT_FALSE(finds("Dear Mr Miller,\r\n\r\nMid-year figures follow below, as agreed.\r\n"));
  EXPECT_FALSE(finds("0 to 100\r\n\r\n0: nothing\r\n"));
}

// In base64 one line in four thousand begins with MI.
TEST(BlobWatch, TakesNoLineWithinOtherBase64ForABeginning) {
  std::string lines;
  for (int i = 0; i < 3; ++i)
    lines += "iVBO" + std::string(72, 'A') + "\r\n";
  EXPECT_FALSE(finds(lines + "MIAA" + std::string(72, 'A') + "\r\n" + lines));
}

}  // namespace
}  // namespace culvert::node
