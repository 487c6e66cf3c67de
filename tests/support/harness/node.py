"""A real node: the `culvert` program with a data directory and a configuration of its own."""
import json
import os
import re
import signal
import subprocess
import tomllib
from pathlib import Path

from .until import wait_until

SANITIZER = re.compile(r"ERROR: \w*Sanitizer|WARNING: ThreadSanitizer|runtime error:")


def program():
    """The program under test: CULVERT in the environment, else the one of build/dev."""
    path = os.environ.get("CULVERT") or str(Path(__file__).resolve().parents[3] / "build/dev/tools/cli/culvert")
    if not os.access(path, os.X_OK):
        raise SystemExit(f"{path} is not a program; build it (tools/test does), or name it in CULVERT")
    return path


def is_sanitized():
    """Whether the program under test was built with a sanitizer, which makes it several times slower."""
    with open(program(), "rb") as f:
        return b"__asan_init" in (text := f.read()) or b"__tsan_init" in text


class CommandFailed(AssertionError):
    def __init__(self, arguments, done):
        super().__init__(f"culvert {' '.join(arguments)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr


def toml_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def toml_text(tables):
    """{"node": {"name": ...}, "delivery.hosts": {...}} as TOML."""
    lines = []
    for table, keys in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{json.dumps(k) if '.' in k else k} = {toml_value(v)}" for k, v in keys.items()]
        lines.append("")
    return "\n".join(lines)


class Node:
    """`settings` is {table: {key: value}}, laid over a configuration in which every port is 0 and all is on loopback."""

    def __init__(self, folder, domains, name=None, settings=None, prefix=(), data=None, program=None):
        self.program = program  # another one than that under test: an earlier state of it
        self.folder, self.domains = Path(folder), list(domains)
        self.name = name or f"gate.{domains[0]}"
        self.data, self.config = Path(data or self.folder / "data"), self.folder / "culvert.toml"
        self.log_path = self.folder / "node.log"
        self.prefix = list(prefix)  # a command that runs others, such as ip netns exec NAME
        self.process, self.exits = None, []
        self.folder.mkdir(parents=True, exist_ok=True)
        made = self.json("init", *[x for d in self.domains for x in ("--domain", d)], "--name", self.name, "--data-dir", str(self.data))
        self.fingerprint = made["fingerprint"]
        self.key_file = self._key_file()
        self.settings = {
            "node": {"name": self.name, "domains": self.domains, "data_dir": str(self.data), "key_file": self.key_file},
            "smtp": {},
            "smtp.inside": {"listen": ["127.0.0.1:0"]},
            "smtp.outside": {"listen": ["127.0.0.1:0"], "verify_recipients": "off"},
            "delivery": {"inside": "smtp://127.0.0.1:9", "outside": "smtp://127.0.0.1:9"},
            "delivery.hosts": {},
            "peering": {"listen": ["127.0.0.1:0"], "private_addresses": True},
            "log": {"level": "info"},
        }
        for table, keys in (settings or {}).items():
            self.settings.setdefault(table, {}).update(keys)
        self.write_config()

    def _key_file(self):
        return tomllib.loads(self.config.read_text())["node"].get("key_file", "node.key")

    def write_config(self):
        self.config.write_text(toml_text(self.settings))

    def set(self, table, **keys):
        """Changes the configuration; a running node sees it after its next start (or SIGHUP)."""
        self.settings.setdefault(table, {}).update(keys)
        self.write_config()

    # Commands

    def command(self, *arguments, status=0, timeout=60, stdin=None):
        """Runs `culvert --config FILE ARGUMENTS`; raises CommandFailed on another exit status than `status` (None: any). The command
        `status` ends as the node is, which its cases ask for."""
        if status == 0 and "status" in arguments[:2]:
            status = None
        done = subprocess.run([*self.prefix, self.program or program(), "--config", str(self.config), *arguments], input=stdin, capture_output=True,
                              timeout=timeout, text=not isinstance(stdin, bytes))
        if status is not None and done.returncode != status:
            raise CommandFailed(arguments, done)
        return done

    def json(self, *arguments, status=0, **options):
        done = self.command("--json", *arguments, status=status, **options)
        try:
            return json.loads(done.stdout) if done.stdout.strip() else None
        except ValueError as error:
            raise AssertionError(f"culvert --json {' '.join(arguments)} did not print JSON: {error}\n{done.stdout}\n{done.stderr}")

    # Life

    @property
    def addresses_path(self):
        return self.data / "run/addresses.json"

    def start(self, wait=True, timeout=30):
        """Starts `culvert serve`. Ports found at the first start are kept, so that a node that starts again is where it was."""
        self.addresses_path.unlink(missing_ok=True)
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen([*self.prefix, self.program or program(), "--config", str(self.config), "serve"], stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, cwd=self.folder)
        self.log.close()
        if wait:
            self.wait_started(timeout)
        return self

    def wait_started(self, timeout=30):
        def listening():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name}: serve ended with {self.process.returncode}\n{self.log_tail()}")
            return self.addresses_path.exists() and self.addresses_path.read_text().strip()
        wait_until(listening, timeout, lambda: f"{self.name} listens\n{self.log_tail()}", pause=0.005)
        self._keep_ports()

    def _keep_ports(self):
        for table, listener in (("smtp.inside", "smtp.inside"), ("smtp.outside", "smtp.outside"), ("peering", "peering")):
            self.settings[table]["listen"] = self.addresses(listener)
        self.write_config()

    def addresses(self, listener):
        return json.loads(self.addresses_path.read_text())[listener]

    def _address(self, listener):
        """As known since the first start, whether or not the node runs now."""
        listen = self.settings[listener]["listen"]
        if listen[0].endswith(":0"):
            raise LookupError(f"{self.name} was not started yet")
        return listen[0]

    @property
    def inside(self):
        return self._address("smtp.inside")

    @property
    def outside(self):
        return self._address("smtp.outside")

    @property
    def peering(self):
        return self._address("peering")

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """kill -9."""
        if self.running():
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self, timeout=60):
        """SIGTERM; returns the exit status."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        if self.process is None:
            return 0
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {timeout} s of SIGTERM\n{self.log_tail()}")
        self.exits.append(status)
        return status

    def log_text(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self, lines=30):
        return "\n".join(self.log_text().splitlines()[-lines:])

    def sanitizer_report(self):
        """The place in the log where a sanitizer reported something, or None."""
        text = self.log_text()
        match = SANITIZER.search(text)
        return text[max(0, match.start() - 200):match.start() + 4000] if match else None

    def resident_kb(self, field="VmRSS"):
        """VmRSS now, or VmHWM, the largest so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.M).group(1))

    # What scenarios ask most

    def queue(self):
        return self.json("queue", "list")["items"]

    def quarantine(self):
        return self.json("quarantine", "list")["items"]

    def routes(self):
        return {r["domain"]: r for r in self.json("route", "list")}

    def invite(self, *domains, **options):
        return self.json("peer", "invite", *domains, *[x for k, v in options.items() for x in (f"--{k}", v)])["code"]

    def accept(self, code, **options):
        return self.json("peer", "accept", code, "--yes", **options)

    def wait_route(self, domain, timeout="60s"):
        self.command("route", "wait", domain, "--timeout", timeout, timeout=120)

    def files(self):
        """Every file below the data directory, and the log."""
        return [p for p in [*self.data.rglob("*"), self.log_path] if p.is_file()]
