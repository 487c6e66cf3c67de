"""Servers that exclude one another as Debian packages: each in a bare root of its own, made once by tests/support/bare-root."""
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from .until import wait_until

SCRIPT = Path(__file__).resolve().parents[1] / "bare-root"
# In a mount and process namespace of its own: what a server writes goes to folders of the test, and all of it ends with its first
# process. "$0" is the root; up to "--" pairs FOLDER PLACE, then the command.
ENTER = """
mount --make-rprivate / && mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" || exit 1
while [ "$1" != -- ]; do mount --bind "$1" "$0$2" || exit 1; shift 2; done
shift
exec chroot "$0" "$@"
"""


def root(name, packages, make):
    """The folder of that root, or None if it is not there and `make` is False or it cannot be made here."""
    if os.geteuid() != 0:
        return None
    done = subprocess.run([str(SCRIPT), "--cached", name], capture_output=True, text=True)
    if done.returncode and make and shutil.which("debootstrap"):
        done = subprocess.run([str(SCRIPT), name, *packages], capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"the root {name} could not be made: {done.stdout}{done.stderr}")
    return Path(done.stdout.strip()) if done.returncode == 0 else None


class RootedServer:
    """Runs `command` in the foreground within `root`; `folders` {place in the root: folder of the test}, laid over it."""

    def __init__(self, folder, root, folders, command, address):
        self.folder, self.address = Path(folder), address
        mounts = [str(x) for place, source in folders.items() for x in (source, place)]
        self.log = open(self.folder / "server.log", "wb")
        self.process = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", ENTER, str(root), *mounts, "--",
                                         *command], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd="/")
        wait_until(self._listens, 20, lambda: f"{command[0]} listens\n{self.log_tail()}")

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"it ended with {self.process.returncode}\n{self.log_tail()}")
        host, _, port = self.address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def log_tail(self, lines=30):
        return "\n".join((self.folder / "server.log").read_text(errors="replace").splitlines()[-lines:])
