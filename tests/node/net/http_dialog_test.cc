#include "node/net/http_dialog.h"

#include <gtest/gtest.h>

namespace culvert::node {
namespace {

// Feeds `octets` in pieces of `piece_bytes`, answers every request with its path and body, and
// returns all that the server wrote.
std::string converse(const std::string& octets, std::size_t piece_bytes) {
  HttpDialog dialog(1000);
  std::string written;
  for (std::size_t at = 0; at < octets.size(); at += piece_bytes) {
    dialog.receive(as_bytes(std::string_view(octets).substr(at, piece_bytes)));
    while (std::optional<HttpRequest> request = dialog.take_request()) {
      EXPECT_EQ(dialog.waits(), HttpDialog::Waits::answer);
      const char* method = request->method == HttpRequest::Method::get ? "GET " : "POST ";
      Bytes body = to_bytes(method + request->path + " " + request->content_type + " ");
      append(body, request->body);
      dialog.answer({200, "", std::move(body)});
    }
    written += to_text(dialog.take_output());
  }
  if (dialog.waits() == HttpDialog::Waits::close) written += "<close>";
  return written;
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Exchange {
  const char* name;
  std::string request;
  std::string answer;  // whole, or only the status when it refuses
};

const std::string kHost = "Host: b.example\r\n";

const Exchange kAccepted[] = {
    {"get", "GET /peering/1/card HTTP/1.1\r\nHost: b.example:8443\r\nUser-Agent: x\r\n\r\n",
     ok("GET /peering/1/card  ")},
    {"post",
     "POST /peering/1/message HTTP/1.1\r\nhost:b.example\r\nCONTENT-LENGTH:  5 \r\nContent-Type: "
     "a/b\r\n\r\nhello",
     ok("POST /peering/1/message a/b hello")},
    {"empty post", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n", ok("POST /  ")},
    {"two after each other",
     "GET /a HTTP/1.1\r\n" + kHost + "\r\nPOST /b HTTP/1.1\r\n" + kHost +
         "Content-Length: 2\r\n\r\n\r\n",
     ok("GET /a  ") + ok("POST /b  \r\n")},
    {"largest body",
     "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x'),
     ok("POST /  " + std::string(1000, 'x'))},
    {"close asked", "GET /a HTTP/1.1\r\n" + kHost + "Connection: keep-alive, Close\r\n\r\nGET /b",
     "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nGET /a  <close>"},
};

const Exchange kRefused[] = {
    {"bare LF in request line", "GET / HTTP/1.1\nHost: x\n\n", "400"},
    {"bare LF in field", "GET / HTTP/1.1\r\nHost: x\n\r\n", "400"},
    {"bare CR", "GET / HTTP/1.1\r\nHost: x\rY: z\r\n\r\n", "400"},
    {"empty first line", "\r\nGET / HTTP/1.1\r\n\r\n", "400"},
    {"no version", "GET /\r\n\r\n", "400"},
    {"no spaces", "GET\r\n\r\n", "400"},
    {"old version", "GET / HTTP/1.0\r\n" + kHost + "\r\n", "505"},
    {"new version", "GET / HTTP/2.0\r\n" + kHost + "\r\n", "505"},
    {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
    {"other method", "DELETE / HTTP/1.1\r\n" + kHost + "\r\n", "405"},
    {"lower-case method", "get / HTTP/1.1\r\n" + kHost + "\r\n", "405"},
    {"absolute form", "GET https://b.example/ HTTP/1.1\r\n" + kHost + "\r\n", "400"},
    {"control in target", "GET /\x01 HTTP/1.1\r\n" + kHost + "\r\n", "400"},
    {"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
    {"two hosts", "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n", "400"},
    {"folded field", "GET / HTTP/1.1\r\n" + kHost + "X: a\r\n b\r\n\r\n", "400"},
    {"space before colon", "GET / HTTP/1.1\r\nHost : b\r\n\r\n", "400"},
    {"no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", "400"},
    {"NUL in field", std::string("GET / HTTP/1.1\r\nHost: b\0\r\n\r\n", 28), "400"},
    {"get with body", "GET / HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\n\r\nx", "400"},
    {"post without length", "POST / HTTP/1.1\r\n" + kHost + "\r\n", "411"},
    {"chunked", "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "411"},
    {"chunked and length",
     "POST / HTTP/1.1\r\n" + kHost +
         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "400"},
    {"two lengths",
     "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "400"},
    {"length list", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 5, 5\r\n\r\nhello", "400"},
    {"signed length", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: +5\r\n\r\nhello", "400"},
    {"body too large", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 1001\r\n\r\n", "413"},
    {"length overflow",
     "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 18446744073709551617\r\n\r\n", "413"},
    {"long request line", "GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n", "414"},
    {"endless request line", std::string(5000, 'A'), "414"},
    {"large header", "GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(9000, 'a') + "\r\n\r\n",
     "431"},
    {"odd expectation", "GET / HTTP/1.1\r\n" + kHost + "Expect: miracles\r\n\r\n", "417"},
};

TEST(HttpDialog, AnswersGetAndPostWholeAndByteByByte) {
  for (const Exchange& exchange : kAccepted) {
    EXPECT_EQ(converse(exchange.request, exchange.request.size()), exchange.answer)
        << exchange.name;
    EXPECT_EQ(converse(exchange.request, 1), exchange.answer) << exchange.name << " byte by byte";
  }
}

TEST(HttpDialog, RefusesEverythingElseOnceAndCloses) {
  for (const Exchange& exchange : kRefused) {
    for (const std::size_t piece : {exchange.request.size(), std::size_t{1}, std::size_t{7}}) {
      const std::string written = converse(exchange.request + "GET /again HTTP/1.1\r\n\r\n", piece);
      EXPECT_TRUE(written.starts_with("HTTP/1.1 " + exchange.answer + " "))
          << exchange.name << ": " << written;
      EXPECT_TRUE(written.ends_with("Content-Length: 0\r\nConnection: close\r\n\r\n<close>") ||
                  written.ends_with("Allow: GET, POST\r\nConnection: close\r\n\r\n<close>"))
          << exchange.name << ": " << written;
      EXPECT_EQ(written.find("HTTP/1.1", 1), std::string::npos) << exchange.name;
    }
  }
}

TEST(HttpDialog, SaysContinueToAClientThatWaitsForIt) {
  HttpDialog dialog;
  dialog.receive(
      as_bytes("POST / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\n"
               "Content-Length: 2\r\n\r\n"));
  EXPECT_EQ(to_text(dialog.take_output()), "HTTP/1.1 100 Continue\r\n\r\n");
  dialog.receive(as_bytes("ok"));
  EXPECT_TRUE(dialog.take_request().has_value());
}

TEST(HttpDialog, HandsARequestOutOnceAndTheNextOnlyAfterTheAnswer) {
  HttpDialog dialog;
  dialog.receive(as_bytes("GET /a HTTP/1.1\r\nHost: b\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n"));
  EXPECT_EQ(dialog.take_request()->path, "/a");
  EXPECT_FALSE(dialog.take_request().has_value());
  dialog.answer({403, "", {}});
  EXPECT_EQ(to_text(dialog.take_output()), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(dialog.take_request()->path, "/b");
}

TEST(HttpDialog, KeepsLittleOfWhatComesBeforeTheAnswer) {
  HttpDialog dialog;
  dialog.receive(as_bytes("GET /a HTTP/1.1\r\nHost: b\r\n\r\n"));
  ASSERT_TRUE(dialog.take_request().has_value());
  for (int i = 0; i < 100; ++i)
    dialog.receive(Bytes(4096, 'x'));
  dialog.answer({200, "", {}});
  EXPECT_EQ(dialog.waits(), HttpDialog::Waits::close);
  EXPECT_NE(to_text(dialog.take_output()).find("Connection: close"), std::string::npos);
}

TEST(HttpDialog, AnswersASlowRequestWith408AndSilenceWithNothing) {
  HttpDialog slow;
  slow.receive(as_bytes("GET / HT"));
  EXPECT_TRUE(slow.in_request());
  slow.time_out();
  EXPECT_TRUE(to_text(slow.take_output()).starts_with("HTTP/1.1 408 "));
  EXPECT_EQ(slow.waits(), HttpDialog::Waits::close);
  HttpDialog silent;
  EXPECT_FALSE(silent.in_request());
  silent.time_out();
  EXPECT_TRUE(silent.take_output().empty());
  EXPECT_EQ(silent.waits(), HttpDialog::Waits::close);
}

}  // namespace
}  // namespace culvert::node
