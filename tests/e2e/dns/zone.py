"""A signed root zone in a name server of the test's own (Debian's nsd), at 127.0.0.1:53 of a network namespace; beside it corp.example, a
private zone that nobody signs and that the root does not know."""
import re
import subprocess
from pathlib import Path

from harness.until import wait_until

ZONE = """$ORIGIN .
$TTL 60
. SOA ns.test. hostmaster.test. 1 3600 600 86400 60
. NS ns.test.
ns.test. A 127.0.0.1
several.example. MX 10 down.example.
several.example. MX 20 up.example.
several.example. MX 30 last.example.
down.example. A 192.0.2.9
up.example. A 192.0.2.1
last.example. A 192.0.2.2
nomx.example. A 192.0.2.1
nullmx.example. MX 0 .
nullmx.example. A 192.0.2.1
bogus.example. MX 10 up.example.
bogus.example. A 192.0.2.1
dangling.example. MX 10 nowhere.example.
"""

PRIVATE_ZONE = """$ORIGIN corp.example.
$TTL 60
@ SOA ns.test. hostmaster.test. 1 3600 600 86400 60
@ NS ns.test.
@ MX 10 mx.corp.example.
mx A 192.0.2.1
"""

CONFIG = """server:
  ip-address: 127.0.0.1@53
  username: root
  zonesdir: "{d}"
  pidfile: "{d}/nsd.pid"
  xfrdfile: "{d}/xfrd.state"
  zonelistfile: "{d}/zone.list"
  logfile: "{d}/nsd.log"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.signed"
zone:
  name: "servfail.example."
  zonefile: "this-file-does-not-exist"
zone:
  name: "corp.example."
  zonefile: "corp"
"""


def run(*arguments, cwd):
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


class NameServer:
    """`anchor` is a file with the zone's DS; bogus.example's MX was changed after it was signed. `more`: lines of the root zone."""

    def __init__(self, folder, keygen, signzone, nsd, more=""):
        self.folder = Path(folder)
        self.folder.mkdir()
        (self.folder / "root").write_text(ZONE + more)
        (self.folder / "corp").write_text(PRIVATE_ZONE)
        key = run(keygen, "-a", "ECDSAP256SHA256", "-k", ".", cwd=self.folder)
        run(signzone, "-n", "-o", ".", "-f", "root.signed", "root", key, cwd=self.folder)
        self._break_signature()
        self.anchor = self.folder / "anchor"
        self.anchor.write_text((self.folder / f"{key}.ds").read_text())
        (self.folder / "nsd.conf").write_text(CONFIG.format(d=self.folder))
        self.process = subprocess.Popen([nsd, "-d", "-c", str(self.folder / "nsd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, 10, lambda: f"nsd answers: {self.log()}")

    def _break_signature(self):
        signed = self.folder / "root.signed"
        text, count = re.subn(r"^(bogus\.example\.\s.*\sMX\s+10\s+)up\.example\.", r"\1last.example.", signed.read_text(), flags=re.M)
        assert count == 1, "the signed zone does not look as expected"
        signed.write_text(text)

    def _answers(self):
        import socket
        query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x01"  # . SOA
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.3)
            try:
                s.sendto(query, ("127.0.0.1", 53))
                return s.recv(512)[3] & 15 == 0
            except OSError:
                return False

    def log(self):
        path = self.folder / "nsd.log"
        return path.read_text()[-1000:] if path.exists() else ""

    def stop(self):
        self.process.terminate()
        self.process.wait()
