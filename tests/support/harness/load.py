"""Clients that send from node a to node b without a pause and write the ledger, and what to do when the load has ended."""
import random
import threading
import time

from . import ledger, mails, original, smtp
from .until import wait_until


class Client(threading.Thread):
    """Sends mails one after another until `stop` is set; a broken connection is opened again."""

    def __init__(self, number, pair, book, stop, sizes=(500, 5_000, 100_000), pause=0):
        super().__init__(daemon=True)
        self.number, self.pair, self.book, self.stop_now, self.sizes, self.pause = number, pair, book, stop, sizes, pause
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
                    self.stop_now.wait(self.pause)
                except smtp.Refused as refused:
                    if not refused.reply.startswith("4"):
                        raise
                    session.close()
                    session = None
                except OSError:
                    if session:
                        session.close()
                    session = None
                    time.sleep(0.02)
        except Exception as error:
            self.error = error

    def send_one(self, session, id):
        mark = mails.canary(self.random)
        raw = mails.plain(id, size=self.random.choice(self.sizes), mark=mark)
        recipients = [f"{id}.{k}@b.example" for k in range(self.random.choice((1, 1, 3)))]
        self.book.sent(id, raw, recipients, mark)
        session.send("alice@a.example", recipients, raw)
        self.book.acknowledged(id)


class Load:
    """`clients` clients at once, from `with` to `stop()`."""

    def __init__(self, pair, book_path, clients=4, **options):
        self.book, self._stop = ledger.Ledger(book_path), threading.Event()
        self._clients = [Client(n, pair, self.book, self._stop, **options) for n in range(clients)]
        self.pair = pair

    def start(self):
        for client in self._clients:
            client.start()
        return self

    def stop(self):
        """Ends the load; raises what a client raised: a 5xx, or a fault of the test."""
        self._stop.set()
        for client in self._clients:
            client.join(60)
            if client.error:
                raise client.error
        self.book.close()

    def wanted(self):
        """Recipients of everything that was acknowledged."""
        return sum(len(e.recipients) for e in list(self.book.entries.values()) if e.acknowledged)

    def come_to_rest(self, seconds=180):
        """Until both queues are empty and the sink has as many copies as were acknowledged; returns False when that did not happen."""
        pair = self.pair
        def at_rest():
            return sum(len(d.recipients) for d in pair.at_b.snapshot()) >= self.wanted() and not pair.a.queue() and not pair.b.queue()
        try:
            wait_until(at_rest, seconds, "at rest", pause=0.2)
            return True
        except AssertionError:
            return False


def arrivals_at(sink):
    """What a sink got of `Client`s, for the ledger."""
    found = []
    for delivery in sink.snapshot():
        digest = original.sha256(original.below_trace(delivery.raw))
        found += [ledger.Arrival(r.partition("@")[0].rpartition(".")[0], r, digest) for r in delivery.recipients]
    return found


def still_queued(pair):
    """Ids of what `Client`s sent that waits in the queue of either node."""
    return {r.partition("@")[0].rpartition(".")[0] for node in (pair.a, pair.b) for item in node.queue() for r in item["recipients"]}
