// TLS with software that is not ours on the other side: openssl s_client and s_server.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/node/net/certificates.h"
#include "tests/node/net/loop_support.h"

namespace culvert::node {
namespace {

using std::chrono::milliseconds;
using test::Recorder;
using test::run_until;
using test::ServerCertificate;

// One openssl process whose standard input and output we hold.
class OpenSsl {
 public:
  explicit OpenSsl(std::vector<std::string> arguments) {
    int in[2];
    int out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::dup2(::open("/dev/null", O_WRONLY), 2);
      for (const int fd : {in[0], in[1], out[0], out[1]})
        ::close(fd);
      std::vector<char*> pointers{const_cast<char*>("openssl")};
      for (std::string& argument : arguments)
        pointers.push_back(argument.data());
      pointers.push_back(nullptr);
      ::execvp("openssl", pointers.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = Socket(in[1]);
    from_ = Socket(out[0]);
    ::fcntl(from_.fd(), F_SETFL, O_NONBLOCK);
  }
  ~OpenSsl() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  void write(const std::string& text) const {
    ASSERT_EQ(::write(to_.fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  const std::string& output() {
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(from_.fd(), buffer, sizeof buffer)) > 0;) {
      output_.append(buffer, static_cast<std::size_t>(got));
    }
    return output_;
  }
  bool says(const std::string& text) { return output().find(text) != std::string::npos; }

 private:
  pid_t pid_ = -1;
  Socket to_;
  Socket from_;
  std::string output_;
};

class TlsWithOpenSsl : public testing::TestWithParam<std::string> {
 protected:
  std::string version_option() const { return "-" + GetParam(); }
  std::string version_name() const { return GetParam() == "tls1_2" ? "TLSv1.2" : "TLSv1.3"; }
  ServerCertificate certificate_ = ServerCertificate::make();
  EventLoop loop_;
};

TEST_P(TlsWithOpenSsl, ServesAClientOfThatVersion) {
  auto listening = listen_on(*SocketAddress::parse("127.0.0.1:0"), PortSharing::exclusive);
  ASSERT_TRUE(listening.ok());
  const auto context = certificate_.context();
  OpenSsl client(
      {"s_client", "-quiet", "-connect", local_address(*listening).text(), version_option()});
  Recorder says;
  std::unique_ptr<Transport> server;
  ASSERT_TRUE(run_until(loop_, [&] {
    Socket socket(::accept4(listening->fd(), nullptr, nullptr, SOCK_NONBLOCK));
    if (socket) server = Transport::accepted(loop_, std::move(socket), says);
    return server != nullptr;
  }));
  server->start_tls(*context);
  says.when_octets = [&](ByteView) { server->send("250 fine\n"); };
  client.write("NOOP\n");
  ASSERT_TRUE(run_until(loop_, [&] { return client.says("250 fine"); }));
  EXPECT_EQ(says.received, "NOOP\n");
  EXPECT_EQ(says.tls->version, version_name());
}

// openssl s_server with a certificate, and the folder that its files are in.
class OpenSslServer {
 public:
  OpenSslServer(const ServerCertificate& certificate, const std::string& version_option,
                EventLoop& loop)
      : folder_(std::filesystem::temp_directory_path() /
                ("culvert-tls-" + std::to_string(::getpid()) + version_option)) {
    std::filesystem::create_directory(folder_);
    const std::string key = (folder_ / "key.pem").string();
    const std::string chain = (folder_ / "chain.pem").string();
    std::ofstream(key) << as_text(certificate.tls.key.pem().view());
    std::ofstream(chain) << certificate.chain_pem();
    std::ofstream(authorities()) << certificate.identity_pem();
    program_ = std::make_unique<OpenSsl>(
        std::vector<std::string>{"s_server", "-accept", "127.0.0.1:0", "-cert", chain,
                                 "-cert_chain", chain, "-key", key, version_option});
    const std::string prefix = "ACCEPT 127.0.0.1:";
    run_until(loop, [&] {
      const std::size_t found = program_->output().find(prefix);
      return found != std::string::npos &&
             program_->output().find('\n', found) != std::string::npos;
    });
    const std::string& output = program_->output();
    const std::size_t at = output.find(prefix) + 7;
    address_ = *SocketAddress::parse(output.substr(at, output.find('\n', at) - at));
  }
  ~OpenSslServer() { std::filesystem::remove_all(folder_); }
  OpenSsl& program() { return *program_; }
  const SocketAddress& address() const { return address_; }
  std::filesystem::path authorities() const { return folder_ / "authorities.pem"; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<OpenSsl> program_;
  SocketAddress address_;
};

TEST_P(TlsWithOpenSsl, IsAClientOfAServerOfThatVersion) {
  OpenSslServer server(certificate_, version_option(), loop_);
  Recorder says;
  auto client = Transport::connect(loop_, server.address(), milliseconds(5000), says);
  auto pinned = TlsClientContext::pinned(certificate_.identity_pem());
  ASSERT_TRUE(run_until(loop_, [&] { return says.connected; }));
  client->start_tls(**pinned, "gate.b.example");
  client->send("from culvert\n");
  ASSERT_TRUE(run_until(loop_, [&] { return server.program().says("from culvert"); }))
      << server.program().output();
  EXPECT_EQ(says.tls->version, version_name());
  server.program().write("from openssl\n");
  EXPECT_TRUE(run_until(loop_, [&] { return says.received == "from openssl\n"; }));
}

TEST_P(TlsWithOpenSsl, UnverifiedHopHearsNothingInThatVersion) {
  OpenSslServer server(certificate_, version_option(), loop_);
  const auto client = TlsClientContext::verifying(server.authorities());
  const auto closed_with = [&](const std::string& host, const ServerProof& proof) {
    Recorder says;
    auto transport = Transport::connect(loop_, server.address(), milliseconds(5000), says);
    EXPECT_TRUE(run_until(loop_, [&] { return says.connected; }));
    transport->start_tls(*client, host, proof);
    transport->send("canary of " + host + "\n");
    EXPECT_TRUE(run_until(
        loop_, [&] { return says.closed || server.program().says("canary of gate.b.example"); }));
    return says.closed ? says.closed->text : "";
  };
  const ServerProof by_name{ServerProof::By::authorities};
  EXPECT_NE(closed_with("other.b.example", by_name).find("is for gate.b.example"),
            std::string::npos);
  EXPECT_NE(closed_with("x", {ServerProof::By::pins, {CertificatePin{}}}).find("none of the pins"),
            std::string::npos);
  EXPECT_NE(closed_with("y", {}), "");
  EXPECT_EQ(closed_with("gate.b.example", by_name), "");
  EXPECT_EQ(server.program().output().find("canary of other"), std::string::npos);
  EXPECT_EQ(server.program().output().find("canary of x"), std::string::npos);
  EXPECT_EQ(server.program().output().find("canary of y"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsWithOpenSsl, testing::Values("tls1_2", "tls1_3"),
                         [](const auto& version) { return version.param; });

}  // namespace
}  // namespace culvert::node
