"""A private Postfix: own configuration, own queue, own ports; the machine's Postfix and /etc/postfix are not touched."""
import os
import shutil
import socket
import subprocess
from pathlib import Path

from .until import wait_until

MAIN = """
compatibility_level = 3.6
queue_directory = {d}/spool
data_directory = {d}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {d}/log/mail.log
maillog_file_prefixes = {d}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {hostname}
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = {next_hop}
transport_maps = inline:{{ {transports} }}
virtual_alias_maps = inline:{{ {aliases} }}
message_size_limit = 0
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
in_flow_delay = 0
default_process_limit = 100
default_destination_concurrency_limit = 20
initial_destination_concurrency = 20
smtp_tls_security_level = {tls}
smtp_line_length_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
local_header_rewrite_clients =
append_dot_mydomain = no
local_recipient_maps =
alias_maps =
alias_database =
smtpd_delay_reject = no
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n -     0 cleanup
qmgr      unix  n - n 300   1 qmgr
rewrite   unix  - - n -     - trivial-rewrite
bounce    unix  - - n -     0 bounce
defer     unix  - - n -     0 bounce
trace     unix  - - n -     0 bounce
verify    unix  - - n -     1 verify
proxymap  unix  - - n -     - proxymap
proxywrite unix - - n -     1 proxymap
smtp      unix  - - n -     - smtp
relay     unix  - - n -     - smtp
lmtp      unix  - - n -     - lmtp
error     unix  - - n -     - error
retry     unix  - - n -     - error
discard   unix  - - n -     - discard
anvil     unix  - - n -     1 anvil
scache    unix  - - n -     1 scache
flush     unix  n - n 1000? 0 flush
pickup    unix  n - n 60    1 pickup
showq     unix  n - n -     - showq
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""


def available():
    return os.geteuid() == 0 and shutil.which("postfix", path="/usr/sbin:/sbin") is not None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postfix:
    """Accepts mail from loopback and sends all of it to `next_hop` ("host:port"), or by `transports` {domain: "host:port"};
    `aliases` {address: address}; `extra` are lines at the end of main.cf."""

    def __init__(self, folder, next_hop, transports=None, hostname="mail.a.example", tls="none", aliases=None, extra=""):
        self.folder = Path(folder)
        self.address = f"127.0.0.1:{free_port()}"
        for part in ("spool", "data", "log", "conf"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self.folder / "spool", self.folder / "log"):
            folder.chmod(0o755)
        shutil.chown(self.folder / "data", "postfix")
        entries = ", ".join(f"{{ {domain} = smtp:{self._bracketed(hop)} }}" for domain, hop in (transports or {}).items())
        main = MAIN.format(d=self.folder, hostname=hostname, next_hop=self._bracketed(next_hop), transports=entries, tls=tls,
                           aliases=", ".join(f"{{ {alias} = {to} }}" for alias, to in (aliases or {}).items()))
        empty = [name for name, given in (("transport_maps", transports), ("virtual_alias_maps", aliases)) if not given]
        main = "\n".join(line for line in main.splitlines() if line.split(" ")[0] not in empty)
        (self.folder / "conf/main.cf").write_text(f"{main}\n{extra}\n")
        (self.folder / "conf/master.cf").write_text(MASTER.format(port=self.address.rpartition(":")[2]))

    @staticmethod
    def _bracketed(hop):
        host, _, port = hop.rpartition(":")
        return f"[{host}]:{port}"

    def _run(self, verb):
        return subprocess.run(["/usr/sbin/postfix", "-c", str(self.folder / "conf"), verb], capture_output=True, text=True, cwd="/")

    def start(self):
        done = self._run("start")
        if done.returncode:
            raise AssertionError(f"Postfix did not start: {done.stdout}{done.stderr}{self.log_tail()}")
        host, _, port = self.address.rpartition(":")
        def listening():
            try:
                socket.create_connection((host, int(port)), 1).close()
                return True
            except OSError:
                return False
        wait_until(listening, 15, lambda: f"Postfix listens\n{self.log_tail()}")
        return self

    def stop(self):
        self._run("stop")

    def flush(self):
        """Tries everything in the queue now."""
        subprocess.run(["/usr/sbin/postqueue", "-c", str(self.folder / "conf"), "-f"], capture_output=True, cwd="/")

    @property
    def master_pid(self):
        return int((self.folder / "spool/pid/master.pid").read_text())

    def queued(self):
        """Number of files in the queue."""
        return sum(1 for part in ("incoming", "active", "deferred", "maildrop") for p in (self.folder / "spool" / part).rglob("*") if p.is_file())

    def log_tail(self, lines=20):
        log = self.folder / "log/mail.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
