"""What every program in the comparison is made of: its keys, its calls, and how it says no."""
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The longest call here takes under a second; a program that asks somebody for a password must not hold the run.
CALL_LIMIT_SECONDS = 60


class Refused(Exception):
    """A program did not do what it was asked; its text is what the program said, in one short line."""


class WrongForm(Refused):
    """A program made something else than it was asked for."""


@dataclass(frozen=True)
class Identities:
    """The keys of the shared test vectors, PEM, not encrypted."""

    folder: Path

    def key(self, name):
        return self.folder / f"{name}.key.pem"

    def certificate(self, name):
        return self.folder / f"{name}.cert.pem"

    @property
    def authority(self):
        return self.certificate("ca")


def identities():
    """Those of $CULVERT_SHARED, by default ../shared beside the project; ends the program if they are not there."""
    folder = Path(os.environ.get("CULVERT_SHARED", ROOT.parent / "shared")) / "vectors/keys"
    if not folder.is_dir():
        raise SystemExit("no test vectors: set CULVERT_SHARED to the folder that holds `vectors`")
    return Identities(folder.resolve())


def call(*arguments, words=lambda text: text, environment=None, stdin=b""):
    """Standard output, as bytes. `words` takes what a failed program said and keeps what matters of it for Refused."""
    try:
        done = subprocess.run([str(a) for a in arguments], input=stdin, capture_output=True, timeout=CALL_LIMIT_SECONDS,
                              env={**os.environ, **(environment or {}), "LC_ALL": "C"})
    except subprocess.TimeoutExpired:
        raise Refused(f"does not end within {CALL_LIMIT_SECONDS} s") from None
    if done.returncode:
        said = words((done.stderr.strip() or done.stdout).decode(errors="replace"))
        raise Refused(" ".join(said.split()) or f"ended with {done.returncode}, without a word")
    return done.stdout


def first_line(*arguments):
    """What a program says about itself; empty if it is not there."""
    try:
        return call(*arguments).decode(errors="replace").splitlines()[0].strip()
    except (OSError, Refused, IndexError):
        return ""


def package_version(name):
    """The Debian package's; empty if it is not installed."""
    try:
        status, _, version = call("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${Version}", name).decode().partition("\t")
    except (OSError, Refused):
        return ""
    return version if status.startswith(("ii", "hi")) else ""
