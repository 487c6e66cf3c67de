"""kill -9 of either node at random moments under load, and the promises of the ledger afterwards."""
import random
import time

from harness import ledger, mails, smtp
from harness.load import Load, arrivals_at, still_queued
from harness.node import is_sanitized


class Killer:
    """Kills nodes and starts them again; remembers when, and how long the longest start took."""

    def __init__(self):
        self.times, self.longest = [], 0.0

    def kill_and_start(self, node):
        self.times.append((node.name, time.time()))
        node.kill()
        start = time.monotonic()
        node.start()
        self.longest = max(self.longest, time.monotonic() - start)


def outside_the_gap(sink, node, kills):
    """Recipients that the sink got twice without a kill of `node` right after the first copy: what I4 forbids. A copy sent again is
    allowed only where the kill fell between the sink's 250 and the node's own commit."""
    times = {}
    for delivery in sink.snapshot():
        for recipient in delivery.recipients:
            times.setdefault(recipient, []).append(delivery.time)
    kills = [when for name, when in kills if name == node.name]
    found = []
    for recipient, copies in times.items():
        copies.sort()
        for first, second in zip(copies, copies[1:]):
            if not any(first - 0.1 <= kill <= min(second, first + 1.0) for kill in kills):
                found.append(f"I4: {recipient} arrived again after {second - first:.2f} s, and no kill explains it")
    return found


def case_either_node(lab):
    """50 times (full: 1000) kill -9 of a node at a random moment, under four clients: nothing lost, nothing twice, nothing clear."""
    source, killer = random.Random(20260701), Killer()
    pair = lab.pair()
    load = Load(pair, lab.folder / "ledger").start()
    for _ in range(1000 if lab.full else 50):
        time.sleep(source.uniform(0.02, 0.6))
        killer.kill_and_start(source.choice((pair.a, pair.b)))
    time.sleep(0.5)
    load.stop()
    pair.a.command("queue", "retry", "--all", status=None)
    rested = load.come_to_rest(seconds=120)
    haystacks = [("the wires", pair.wires_seen())] + [(str(p), p.read_bytes()) for n in (pair.a, pair.b) for p in n.files()]
    clear = [f"mail for {d.recipients} at the world's sink" for d in pair.world.snapshot()]
    findings = ledger.check(load.book.entries, arrivals_at(pair.at_b), between_nodes=False, haystacks=haystacks, clear_to_mandatory=clear,
                            still_known=still_queued(pair))
    findings.faults += outside_the_gap(pair.at_b, pair.b, killer.times)
    lab.note(f"{len(killer.times)} kills: {findings}")
    lab.note(f"longest time from start to answering: {killer.longest:.2f} s")
    assert not findings.faults, findings
    assert rested, f"it did not come to rest: a {pair.a.queue()[:3]}, b {pair.b.queue()[:3]}"
    assert findings.acknowledged >= 100, "the clients hardly got anything through: no test of anything"
    assert killer.longest <= (20.0 if is_sanitized() else 2.0), f"{killer.longest:.2f} s until it answered again"


def case_load_alone(lab):
    """The same load with nobody killed comes to rest by itself: no message is left behind in a queue."""
    pair = lab.pair()
    load = Load(pair, lab.folder / "ledger", sizes=(500, 5_000)).start()
    time.sleep(120 if lab.full else 15)
    load.stop()
    rested = load.come_to_rest(seconds=20)
    findings = ledger.check(load.book.entries, arrivals_at(pair.at_b), still_known=still_queued(pair))
    lab.note(str(findings))
    assert rested, f"it did not come to rest: a {pair.a.queue()[:3]}, b {pair.b.queue()[:3]}"
    assert not findings.faults, findings


def case_while_idle_everything_is_kept(lab):
    """Mail accepted while the peer is down survives kill -9 of the node that keeps it."""
    pair = lab.pair()
    pair.b.kill()
    every = [mails.plain(i, size=3000) for i in range(20)]
    for number, raw in enumerate(every):
        smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], raw)
    for _ in range(3):
        pair.a.kill()
        pair.a.start()
    assert len(pair.a.queue()) == len(every)
    pair.b.start()
    pair.a.command("queue", "retry", "--all")
    for number, raw in enumerate(every):
        lab.delivered_whole(pair.at_b, f"m{number}@b.example", raw)
