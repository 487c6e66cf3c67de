"""kill -9 of either node at random moments under load, and the promises of the ledger afterwards."""
import random
import threading
import time

from harness import ledger, mails, original, smtp
from harness.node import is_sanitized
from harness.until import wait_until

CLIENTS = 4


class Client(threading.Thread):
    """Sends mails from a to b one after another and writes the ledger; a broken connection is opened again."""

    def __init__(self, number, pair, book, stop):
        super().__init__(daemon=True)
        self.number, self.pair, self.book, self.stop_now = number, pair, book, stop
        self.random = random.Random(1000 + number)
        self.error = None

    def run(self):
        session, count = None, 0
        try:
            while not self.stop_now.is_set():
                try:
                    session = session or smtp.Session(self.pair.a.inside, timeout=20)
                    count += 1
                    self.send_one(session, f"c{self.number}-{count}")
                except smtp.Refused as refused:
                    if not refused.reply.startswith("4"):
                        raise
                except OSError:
                    if session:
                        session.close()
                    session = None
                    time.sleep(0.02)
        except Exception as error:
            self.error = error

    def send_one(self, session, id):
        mark = mails.canary(self.random)
        raw = mails.plain(id, size=self.random.choice((500, 5_000, 100_000)), mark=mark)
        recipients = [f"{id}.{k}@b.example" for k in range(self.random.choice((1, 1, 3)))]
        self.book.sent(id, raw, recipients, mark)
        session.send("alice@a.example", recipients, raw)
        self.book.acknowledged(id)


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


def come_to_rest(pair, book, seconds=120):
    """Until both queues are empty and everything acknowledged is at the sink, or nothing moves any more."""
    def wanted():
        return sum(len(e.recipients) for e in list(book.entries.values()) if e.acknowledged)
    def at_rest():
        return sum(len(d.recipients) for d in pair.at_b.snapshot()) >= wanted() and not pair.a.queue() and not pair.b.queue()
    wait_until(at_rest, seconds, lambda: f"the queues are empty: a {pair.a.queue()[:3]}, b {pair.b.queue()[:3]}; "
               f"{sum(len(d.recipients) for d in pair.at_b.snapshot())} of {wanted()} arrived", pause=0.2)


def arrivals_at(sink):
    found = []
    for delivery in sink.snapshot():
        digest = original.sha256(original.below_trace(delivery.raw))
        found += [ledger.Arrival(r.partition("@")[0].rpartition(".")[0], r, digest) for r in delivery.recipients]
    return found


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
            if not any(first - 0.1 <= kill <= min(second, first + 2.0) for kill in kills):
                found.append(f"I4: {recipient} arrived again after {second - first:.2f} s, and no kill explains it")
    return found


def case_either_node(lab):
    """50 times (full: 1000) kill -9 of a node at a random moment, under four clients: nothing lost, nothing twice, nothing clear."""
    source, killer, stop = random.Random(20260701), Killer(), threading.Event()
    pair = lab.pair()
    book = ledger.Ledger(lab.folder / "ledger")
    clients = [Client(n, pair, book, stop) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(1000 if lab.full else 50):
        time.sleep(source.uniform(0.02, 0.6))
        killer.kill_and_start(source.choice((pair.a, pair.b)))
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.join(60)
        assert client.error is None, client.error
    pair.a.command("queue", "retry", "--all", status=None)
    come_to_rest(pair, book)
    haystacks = [("the wires", pair.wires_seen())] + [(str(p), p.read_bytes()) for n in (pair.a, pair.b) for p in n.files()]
    clear = [f"mail for {d.recipients} at the world's sink" for d in pair.world.snapshot()]
    findings = ledger.check(book.entries, arrivals_at(pair.at_b), between_nodes=False, haystacks=haystacks, clear_to_mandatory=clear)
    findings.faults += outside_the_gap(pair.at_b, pair.b, killer.times)
    book.close()
    lab.note(f"{len(killer.times)} kills: {findings}")
    lab.note(f"longest time from start to answering: {killer.longest:.2f} s")
    assert not findings.faults, findings
    assert findings.acknowledged >= 100, "the clients hardly got anything through: no test of anything"
    assert killer.longest <= (20.0 if is_sanitized() else 2.0), f"{killer.longest:.2f} s until it answered again"


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
