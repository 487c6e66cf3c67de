"""The servers that stand behind the node: each serves b.example, keeps its mail in the sink `mailboxes`, and sends all else by `node`.
`trusting`: the node's address may relay, which is what an administrator easily leaves; else the node has no right but to deliver."""
import os

from harness.bare_root import RootedServer, root
from harness.lab import Skip
from harness.postfix import free_port

EXIM = """
primary_hostname = mail.b.example
domainlist local_domains = b.example
hostlist relay_from_hosts = {relay}
{percent}
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
acl_smtp_rcpt = check_rcpt
host_lookup =
rfc1413_hosts =
smtputf8_advertise_hosts = *
queue_run_max = 5
log_file_path = /var/log/exim4/%slog
tls_advertise_hosts =
begin acl
check_rcpt:
  accept domains = +local_domains
  accept hosts = +relay_from_hosts
  deny message = relay not permitted
begin routers
ours:
  driver = manualroute
  domains = +local_domains
  transport = mailboxes
  route_list = * 127.0.0.1 byname
  self = send
others:
  driver = manualroute
  domains = ! +local_domains
  transport = node
  route_list = * 127.0.0.1 byname
  self = send
begin transports
mailboxes:
  driver = smtp
  port = {mailboxes}
  allow_localhost
node:
  driver = smtp
  port = {node}
  allow_localhost
begin retry
* * F,1m,2s
"""

SMTPD = """
smtp max-message-size "100M"
listen on 127.0.0.1 port {port} hostname mail.b.example
action "ours" relay host smtp://127.0.0.1:{mailboxes}
action "others" relay host smtp://127.0.0.1:{node}
match from any for domain "b.example" action "ours"
{relay}
"""


def port_of(address):
    return address.rpartition(":")[2]


def folders(lab, name, *parts):
    folder = lab.path(name)
    for part in parts:
        (folder / part).mkdir(parents=True)
    return folder


def rooted(lab, name, package):
    found = root(name, [package], make=lab.full)
    if found is None:
        raise Skip(f"there is no root with {package} yet; tests/support/bare-root {name} {package} makes it")
    return found


def exim(lab, node, mailboxes, trusting):
    """Exim 4. The percent hack is on for its own domain where the node is trusted."""
    base = rooted(lab, "exim", "exim4-daemon-light")
    folder, address = folders(lab, "exim", "etc", "spool", "log"), f"127.0.0.1:{free_port()}"
    (folder / "etc/exim4.conf").write_text(EXIM.format(
        relay="127.0.0.1" if trusting else ":", percent="percent_hack_domains = b.example" if trusting else "", port=port_of(address),
        mailboxes=port_of(mailboxes), node=port_of(node)))
    (folder / "etc/exim4.conf").chmod(0o644)
    owner = next(line.split(":") for line in (base / "etc/passwd").read_text().splitlines() if line.startswith("Debian-exim:"))
    for part in ("spool", "log"):
        os.chown(folder / part, int(owner[2]), int(owner[3]))
    places = {"/etc/exim4": folder / "etc", "/var/spool/exim4": folder / "spool", "/var/log/exim4": folder / "log"}
    return lab.keep(RootedServer(folder, base, places, ["/usr/sbin/exim4", "-bdf", "-q2s"], address))


def opensmtpd(lab, node, mailboxes, trusting):
    """OpenSMTPD."""
    base = rooted(lab, "opensmtpd", "opensmtpd")
    folder, address = folders(lab, "opensmtpd", "etc", "spool", "run"), f"127.0.0.1:{free_port()}"
    relay = 'match from local for any action "others"' if trusting else 'match from auth for any action "others"'
    (folder / "etc/smtpd.conf").write_text(SMTPD.format(port=port_of(address), mailboxes=port_of(mailboxes), node=port_of(node), relay=relay))
    places = {"/mnt": folder / "etc", "/var/spool": folder / "spool", "/run": folder / "run"}
    return lab.keep(RootedServer(folder, base, places, ["/usr/sbin/smtpd", "-d", "-f", "/mnt/smtpd.conf"], address))
