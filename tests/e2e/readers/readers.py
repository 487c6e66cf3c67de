"""What other programs read in a message: Python, Perl and Dovecot's Sieve, each asked for the fields that people and filters trust.

Every reader is a function from the octets of a message to a Seen."""
import email
import email.policy
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("Culvert-Result", "Authentication-Results", "From")
PERL = Path(__file__).with_name("readers.pl")


@dataclass
class Seen:
    """All values of each of NAMES, unfolded."""
    values: dict = field(default_factory=lambda: {name: [] for name in NAMES})

    def add(self, name, value):
        text = value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")
        self.values[name].append(re.sub(r"\s+", " ", text).strip())


def _of_message(message):
    seen = Seen()
    for name in NAMES:
        for value in message.get_all(name, []):
            seen.add(name, str(value))
    return seen


def python_compat(raw):
    return _of_message(email.message_from_bytes(raw))


def python_default(raw):
    return _of_message(email.message_from_bytes(raw, policy=email.policy.default))


def python_lines(raw):
    """A script that knows no better: splitlines, a strip here and there."""
    seen, current = Seen(), None
    for line in raw.decode("latin-1").splitlines():
        if not line.strip():
            break
        if line[0] in " \t" and current:
            current[1] += line
            continue
        if current:
            _take(seen, *current)
        name, colon, value = line.partition(":")
        current = [name, value] if colon else None
    if current:
        _take(seen, *current)
    return seen


def _take(seen, name, value):
    for known in NAMES:
        if "".join(c for c in name if c.isprintable() and not c.isspace()).lower() == known.lower():
            seen.add(known, value)


def perl(raw):
    """{reader: Seen} of Email::Simple and of a reader that splits and trims as SpamAssassin does."""
    done = subprocess.run(["perl", str(PERL), *NAMES], input=raw, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr
    found = {}
    for reader, fields in json.loads(done.stdout).items():
        found[reader] = Seen()
        for name, values in fields.items():
            for value in values:
                found[reader].add(name, value)
    return found


SIEVE = """require ["fileinto", "relational", "comparator-i;ascii-numeric"];
if header :contains "Culvert-Result" "signed=yes" { fileinto "result-yes"; }
if header :count "ne" :comparator "i;ascii-numeric" "Culvert-Result" "1" { fileinto "result-count"; }
if header :contains "Authentication-Results" "gate.b.example; smime=pass" { fileinto "results-pass"; }
if header :matches "Authentication-Results" "gate.b.example*smime=pass*" { fileinto "results-match"; }
if address :domain "From" "a.example" { fileinto "from-a"; }
"""


class Sieve:
    """Dovecot's Sieve: the names of the rules above that match a message."""

    def __init__(self, program, folder):
        self.program, self.folder = program, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "rules.sieve").write_text(SIEVE)
        (self.folder / "dovecot.conf").write_text(
            f"mail_location = maildir:{self.folder}/mail\nbase_dir = {self.folder}/run\nlog_path = /dev/stderr\n"
            "mail_uid = nobody\nmail_gid = nogroup\nfirst_valid_uid = 0\nfirst_valid_gid = 0\n")
        self.folder.chmod(0o777)  # Dovecot refuses to read mail as root

    def matches(self, raw):
        (self.folder / "mail.eml").write_bytes(raw)
        done = subprocess.run([self.program, "-c", str(self.folder / "dovecot.conf"), str(self.folder / "rules.sieve"),
                               str(self.folder / "mail.eml")], capture_output=True, text=True, errors="replace", timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr
        return sorted(set(re.findall(r"store message in folder: ([\w-]+)", done.stdout)) - {"INBOX"})


def all_readers(raw):
    return {"python": python_compat(raw), "python with its newer policy": python_default(raw), "python with splitlines": python_lines(raw),
            **perl(raw)}
