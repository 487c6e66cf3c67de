"""A private Dovecot: mailboxes behind LMTP, own configuration and folders; /etc/dovecot is not touched."""
import shutil
import socket
import subprocess
from pathlib import Path

from .postfix import free_port
from .until import wait_until

CONFIG = """
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/log
instance_name = {d}
protocols = lmtp
listen = 127.0.0.1
ssl = no
mail_location = maildir:{d}/mail/%n
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 0
first_valid_gid = 0
default_client_limit = 100
postmaster_address = postmaster@{domain}
passdb {{
  driver = passwd-file
  args = {d}/users
}}
userdb {{
  driver = passwd-file
  args = {d}/users
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
"""


class Dovecot:
    """Takes mail for `users` of `domain` by LMTP and refuses all others at RCPT."""

    def __init__(self, program, folder, domain, users):
        self.folder, self.port = Path(folder), free_port()
        for part in ("", "run", "state", "mail"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        shutil.chown(self.folder / "mail", "nobody")
        (self.folder / "users").write_text("".join(f"{user}@{domain}:{{PLAIN}}x::::::\n" for user in users))
        (self.folder / "dovecot.conf").write_text(CONFIG.format(d=self.folder, port=self.port, domain=domain))
        self.process = subprocess.Popen([program, "-F", "-c", str(self.folder / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._listens, 15, lambda: f"Dovecot listens\n{self.log()}")

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def mail_of(self, user):
        """The messages in the mailbox."""
        return [file.read_bytes() for file in sorted((self.folder / "mail" / user / "new").glob("*"))]

    def log(self):
        file = self.folder / "log"
        return file.read_text()[-2000:] if file.exists() else ""

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(15)
