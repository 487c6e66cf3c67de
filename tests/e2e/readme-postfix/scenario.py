"""README's "Put a node beside Postfix", word by word, on a fresh Debian with Postfix as "Internet Site", and then the attack Relay against
it. Where no systemd runs, `culvert serve &` stands for its line. In a network of its own, because README's ports are fixed."""
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

FILE = Path(__file__).resolve()
sys.path.insert(0, str(FILE.parents[1] / "relay"))
from harness import bare_root, mails, readme, smtp  # noqa: E402
from harness.lab import Skip  # noqa: E402
from harness.node import program  # noqa: E402
from harness.until import wait_until  # noqa: E402

INTERNET_SITE = "postfix postfix/main_mailer_type select Internet Site\npostfix postfix/mailname string a.example"
SYSTEMD = "systemd-run --unit=culvert --service-type=notify culvert serve"


class Shell:
    """An administrator's shell in the fresh machine; whatever it started ends with it."""

    def __init__(self, root):
        self.process = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", bare_root.ENTER, str(root), "--",
                                         "/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "bash"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")
        self.run("cd /srv/culvert")

    def run(self, script, seconds=120):
        """Types it; returns what it printed. Every command has to succeed."""
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        for line in (script, "echo; echo __done $?"):
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            if line.startswith("__done "):
                timer.cancel()
                assert line.split()[1] == "0", f"{script}\nended with {line.split()[1]}\n{''.join(said)}"
                return "".join(said)
            said.append(line)
        raise AssertionError(f"{script}\ndid not end\n{''.join(said)}")

    def stop(self):
        self.process.kill()
        self.process.wait()


def base_root():
    """A bare root with Postfix, made once."""
    os.environ["BARE_DEBCONF"] = INTERNET_SITE
    base = bare_root.root("readme-postfix", ["postfix"], make=True)
    if base is None:
        raise Skip("no root with Postfix, and none can be made here (debootstrap, root)")
    return base


def fresh_machine(lab):
    """A copy of it, the program under test where README expects it, and two people."""
    root = lab.path("machine")
    subprocess.run(["cp", "-a", str(base_root()), str(root)], check=True)
    place = root / "srv/culvert/build/release/tools/cli/culvert"
    place.parent.mkdir(parents=True)
    shutil.copy(program(), place)
    libraries = subprocess.run(["ldd", program()], capture_output=True, text=True).stdout
    for path in (word for word in libraries.split() if word.startswith("/")):
        real = root / path.lstrip("/")
        if not real.exists():
            real.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, real)
    shell = lab.keep(Shell(root))
    shell.run("useradd -m jo && useradd -m ann && ldconfig && postfix start")
    return root, shell


def word_by_word(lab):
    root, shell = fresh_machine(lab)
    for part in (1, 2, 3):
        for command in readme.typed(part):
            shell.run(command.replace(SYSTEMD, "culvert serve >/var/log/culvert.log 2>&1 &"))
            if command == SYSTEMD:
                wait_until((root / "var/lib/culvert/run/addresses.json").exists, 20, "the node listens")
    log = root / "var/log/culvert.log"

    def box(person):
        path = root / "var/mail" / person
        return path.read_bytes() if path.exists() else b""
    smtp.send("127.0.0.1:25", "x@c.example", ["jo@a.example"], mails.plain(1, sender="x@c.example", mark="arrives"))
    wait_until(lambda: b"arrives" in box("jo"), 30, lambda: f"the mail from the world\n{log.read_text()}")
    assert b"\nCulvert-Result: clear" in box("jo"), box("jo")

    attack()
    forge(shell)
    wait_until(lambda: b"to a colleague" in box("ann"), 30, "the colleague's mail")
    assert b"signed=yes" not in box("ann"), box("ann")

    # Nothing can leave this network: what is for the world waits at the node, whoever sent it there.
    shell.run("printf 'Subject: x\\n\\nhonest\\n' | sendmail -f jo@a.example marker@world.example")

    def waiting():
        return [r for item in json.loads(shell.run("culvert --json queue list"))["items"] for r in item["recipients"]]
    wait_until(lambda: "marker@world.example" in waiting(), 30, lambda: f"the honest mail to the world\n{log.read_text()}")
    wait_until(lambda: "is empty" in shell.run("postqueue -p"), 30, lambda: shell.run("postqueue -p"))
    assert waiting() == ["marker@world.example"], waiting()
    shell.run("kill %1; wait %1")


def attack():
    spec = importlib.util.spec_from_file_location("relay_scenario", FILE.parents[1] / "relay/scenario.py")
    relay = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(relay)
    from spellings import spellings
    for path, utf8 in spellings("a.example", "world.example"):
        for address in ("127.0.0.1:25", "127.0.0.1:10026"):
            relay.say(address, "evil@c.example", path, utf8)
            relay.say(address, path, "nobody@a.example", utf8)


def forge(shell):
    shell.run("printf 'Culvert-Result: tunnel; signed=yes\\nSubject: x\\n\\nto a colleague\\n' | sendmail -f jo@a.example ann@a.example")


def case_word_by_word_full(lab):
    """Typed as it stands on a fresh machine: mail arrives with its mark, nothing is relayed, nobody forges."""
    base_root()  # here, because inside there is no network to make it from
    lab.in_namespace(FILE, "word_by_word")
