"""A private Postfix as an administrator has it who takes mail for one domain, turned round by README's own commands."""
import os
import subprocess

from . import postfix, readme

# As Debian's "Internet Site" has it; nothing is delivered to a person's folder but to `mailboxes`.
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
myhostname = mail.{domain}
myorigin = {domain}
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
recipient_delimiter = +
alias_maps =
alias_database =
local_recipient_maps =
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
in_flow_delay = 0
"""
SINGLE = """
mydestination = $myhostname, {domain}, localhost
local_transport = smtp:{mailboxes}
"""
VIRTUAL = """
mydestination = localhost
virtual_mailbox_domains = {domain}
virtual_transport = smtp:{mailboxes}
"""
MASTER_MORE = """
smtp      inet  n - y - - smtpd
{submission} inet n - n - - smtpd
"""


class ReadmePostfix(postfix.Postfix):
    """Serves `domain`; what it keeps goes to the SMTP server `mailboxes`, all else by README's relayhost, which stands at `node`
    ("host:port"). `address`: where the node hands in mail; `submission`: where users do. `text`: another README than today's."""

    def __init__(self, folder, node, mailboxes, domain="b.example", virtual=False, text=None):
        super().__init__(folder, node)
        conf = self.folder / "conf"
        main = (MAIN + (VIRTUAL if virtual else SINGLE)).format(d=self.folder, domain=domain, mailboxes=self._bracketed(mailboxes))
        self.submission = f"127.0.0.1:{postfix.free_port()}"
        (conf / "main.cf").write_text(main)
        # Only what README adds listens where the node hands in.
        master = postfix.MASTER.partition("cleanup")
        (conf / "master.cf").write_text(MASTER_MORE.format(submission=self.submission) + "cleanup" + master[2])
        self.script = readme.commands(2, text, **{"/etc/postfix": str(conf), "127.0.0.1]:10025": f"127.0.0.1]:{node.rpartition(':')[2]}",
                                                  "10026": self.address.rpartition(":")[2], "gate\\.a\\.example": "gate\\." + domain.replace(".", "\\.")})
        done = subprocess.run(["sh", "-e", "-c", self.script], env={**os.environ, "MAIL_CONFIG": str(conf)}, capture_output=True, text=True)
        if done.returncode or "warning" in done.stderr or "fatal" in done.stderr:
            raise AssertionError(f"README's commands for Postfix: {done.returncode}\n{done.stdout}{done.stderr}")
