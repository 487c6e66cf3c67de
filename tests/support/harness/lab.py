"""The room of one case: a temporary folder, and everything that was started in it, which ends with it."""
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import mails, original
from .node import Node
from .postfix import Postfix
from .sink import Sink
from .wire import Wire


class Skip(Exception):
    """The case cannot run here; the text says what is missing."""


@dataclass
class Pair:
    """Nodes a (a.example) and b (b.example), paired, both routes active. Mail between them goes over wires on which TLS is
    stripped, so that everything that passes can be read; each node's inside server is a sink."""
    a: Node
    b: Node
    at_a: Sink    # inside server of a
    at_b: Sink
    world: Sink   # where both send mail for domains without a peer
    ab: Wire      # from a to b's outside listener
    ba: Wire

    def wires_seen(self):
        return self.ab.bytes_seen() + self.ba.bytes_seen()


class Lab:
    def __init__(self, name, full=False):
        self.full = full
        self.folder = Path(tempfile.mkdtemp(prefix=f"culvert-{name}-"))
        self.folder.chmod(0o755)
        self.nodes, self._others, self._count = [], [], 0
        self.notes = []

    # What can be started

    def path(self, name):
        self._count += 1
        return self.folder / f"{self._count:02}-{name}"

    def node(self, *domains, **options):
        node = Node(self.path(domains[0]), domains, **options)
        self.nodes.append(node)
        return node

    def sink(self, **options):
        return self.keep(Sink(**options))

    def wire(self, target, **options):
        return self.keep(Wire(target, **options))

    def postfix(self, next_hop, **options):
        from . import postfix
        if not postfix.available():
            raise Skip("Postfix is not installed, or this is not root")
        return self.keep(Postfix(self.path("postfix"), next_hop, **options)).start()

    def need(self, program):
        """Path of a program that a case cannot do without."""
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")
        if not found:
            raise Skip(f"{program} is not installed")
        return found

    def keep(self, thing):
        """Calls thing.stop() when the case ends, the last one first; returns thing."""
        self._others.append(thing)
        return thing

    def at_end(self, function):
        """Calls function() when the case ends."""
        self._others.append(type("AtEnd", (), {"stop": staticmethod(function)})())

    def strangers(self, settings_a=None, settings_b=None, strip_starttls=True, keep_bodies=True, a_options=None, b_options=None):
        """Two running nodes that know nothing of each other, as a Pair. `a_options`, `b_options`: more of Node's for each."""
        at_a, at_b, world = (self.sink(keep_bodies=keep_bodies) for _ in range(3))
        a, b = self.node("a.example", settings=settings_a, **(a_options or {})), self.node("b.example", settings=settings_b, **(b_options or {}))
        ab = self.wire(lambda: b.outside, strip_starttls=strip_starttls)
        ba = self.wire(lambda: a.outside, strip_starttls=strip_starttls)
        for node, sink, domain, wire in ((a, at_a, "b.example", ab), (b, at_b, "a.example", ba)):
            node.set("delivery", inside=f"smtp://{sink.address}", outside=f"smtp://{world.address}")
            node.set("delivery.hosts", **{domain: f"smtp://{wire.address}"})
            node.start()
        return Pair(a, b, at_a, at_b, world, ab, ba)

    def pair(self, **options):
        """Two running nodes, paired by invitation, with both routes active."""
        pair = self.strangers(**options)
        pair.b.accept(pair.a.invite("b.example"))
        pair.a.wait_route("b.example")
        pair.b.wait_route("a.example")
        return pair

    def in_namespace(self, file, function, kinds=("--net",)):
        """Runs `function(lab)` of a scenario's file in a namespace of its own: a network where port 25 and 53 are free, or mounts
        that end with it."""
        import subprocess
        import sys
        if os.geteuid() != 0:
            raise Skip("a namespace of its own needs root")
        self.need("ip")
        inside = Path(__file__).with_name("inside.py")
        done = subprocess.run([self.need("unshare"), *kinds, sys.executable, str(inside), str(file), function, "full" if self.full else "quick"],
                              capture_output=True, text=True, timeout=900)
        self.notes += [line for line in done.stdout.splitlines() if line]
        if done.returncode == 77:
            raise Skip(done.stderr.strip())
        assert done.returncode == 0, done.stderr

    # What cases say and check

    def note(self, text):
        """A figure or fact to print below the case's line."""
        self.notes.append(text)

    def collected_mails(self):
        found = mails.collected()
        if found is None:
            self.note("SKIPPED in part: the collected mails are not at hand (CULVERT_SHARED)")
            return []
        return found

    @staticmethod
    def delivered_whole(sink, recipient, raw, seconds=30):
        """Waits for the one message for `recipient` and checks it byte for byte; returns the added fields."""
        from .until import wait_until
        found = wait_until(lambda: sink.to(recipient), seconds, f"a message for {recipient} at the sink")
        assert len(found) == 1, f"{len(found)} messages arrived for {recipient}"
        return original.added_fields(found[0].raw, raw)

    # The end

    def close(self, failed):
        """Stops everything; returns faults that only show at the end: an exit status, a sanitizer's report."""
        faults = []
        for node in self.nodes:
            try:
                status = node.stop()
                if status:
                    faults.append(f"{node.name} ended with {status}\n{node.log_tail()}")
            except AssertionError as error:
                faults.append(str(error))
            report = node.sanitizer_report()
            if report:
                faults.append(f"{node.name}: {report}")
        for thing in reversed(self._others):
            try:
                thing.stop()
            except Exception as error:
                faults.append(f"while ending {thing!r}: {error}")
        if not os.environ.get("CULVERT_KEEP") and not failed and not faults:
            shutil.rmtree(self.folder, ignore_errors=True)
        return faults


def run_case(function, name, full):
    """Runs one case in a lab of its own: ("passed" | "failed" | "skipped", seconds, text, notes)."""
    start, lab, outcome, text = time.monotonic(), Lab(name, full), "passed", ""
    try:
        function(lab)
    except Skip as skip:
        outcome, text = "skipped", str(skip)
    except (Exception, SystemExit) as error:
        import traceback
        outcome = "failed"
        text = "".join(traceback.format_exception(error)[-6:])
        text += "".join(f"\n--- end of the log of {n.name}\n{n.log_tail()}" for n in lab.nodes)
        text += f"\n--- kept: {lab.folder}"
    faults = lab.close(outcome == "failed")
    if faults:
        outcome, text = "failed", text + "\n".join(faults)
    return outcome, time.monotonic() - start, text, lab.notes
