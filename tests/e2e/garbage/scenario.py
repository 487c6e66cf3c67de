"""Garbage on every port changes nothing for others."""
import os
import random
import socket
import threading
import time

from harness import mails, smtp
from harness.loop import Listener
from harness.until import wait_until

SECONDS = 6
SLOWEST = 3.0  # seconds for a good mail; the vandals share the processor with it


class Vandal(threading.Thread):
    """Does one bad thing to one port again and again until told to stop; what the node answers is its own affair."""

    def __init__(self, action, address, stop):
        super().__init__(daemon=True)
        host, _, port = address.rpartition(":")
        self.action, self.address, self.stop_now, self.rounds = action, (host, int(port)), stop, 0
        self.random = random.Random(repr((action.__name__, address)))

    def run(self):
        while not self.stop_now.is_set():
            try:
                with socket.create_connection(self.address, 5) as s:
                    s.settimeout(5)
                    self.action(s, self)
            except OSError:
                pass
            self.rounds += 1


def random_bytes(s, vandal):
    s.sendall(vandal.random.randbytes(vandal.random.randint(1, 50_000)))
    s.recv(1000)


def half_a_handshake(s, vandal):
    """The first bytes of a TLS ClientHello, then silence or an end."""
    if vandal.random.random() < 0.5:
        s.recv(1000)
        s.sendall(b"EHLO x\r\nSTARTTLS\r\n")
        s.recv(1000)
    s.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + vandal.random.randbytes(40))
    vandal.stop_now.wait(0.3)


def endless_line(s, vandal):
    for _ in range(200):
        s.sendall(b"A" * 65536)


def slow_bytes(s, vandal):
    for c in b"EHLO slow.example\r\nMAIL FROM:<a@a.example>\r\n":
        s.sendall(bytes([c]))
        if vandal.stop_now.wait(0.2):
            return


def injected_after_starttls(s, vandal):
    s.recv(1000)
    s.sendall(b"EHLO x\r\nSTARTTLS\r\nMAIL FROM:<x@x.example>\r\nRCPT TO:<alice@a.example>\r\nDATA\r\n")
    s.recv(1000)


def endless_data(s, vandal):
    s.sendall(b"EHLO x\r\nMAIL FROM:<x@x.example>\r\nRCPT TO:<bob@b.example>\r\nDATA\r\n")
    for _ in range(20):
        s.sendall(os.urandom(65536))


def open_and_gone(s, vandal):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


ACTIONS = (random_bytes, half_a_handshake, endless_line, slow_bytes, injected_after_starttls, endless_data, open_and_gone)


def case_on_every_port(lab):
    """Random bytes, half handshakes, endless lines, slow bytes on all ports of both nodes, while good mail flows."""
    pair, stop = lab.pair(), threading.Event()
    ports = [address for node in (pair.a, pair.b) for address in (node.inside, node.outside, node.peering)]
    vandals = [Vandal(action, address, stop) for address in ports for action in ACTIONS]
    for vandal in vandals:
        vandal.start()
    end, sent, slowest = time.monotonic() + (60 if lab.full else SECONDS), 0, 0.0
    while time.monotonic() < end:
        start = time.monotonic()
        smtp.send(pair.a.inside, "alice@a.example", [f"m{sent}@b.example"], mails.plain(sent))
        slowest = max(slowest, time.monotonic() - start)
        sent += 1
    stop.set()
    for vandal in vandals:
        vandal.join(30)
    for number in range(sent):
        lab.delivered_whole(pair.at_b, f"m{number}@b.example", mails.plain(number), seconds=60)
    lab.note(f"{sum(v.rounds for v in vandals)} rounds of garbage on {len(ports)} ports; {sent} good mails, the slowest taken in {slowest:.2f} s")
    assert slowest < SLOWEST, f"a good mail was taken only after {slowest:.2f} s"
    assert sent >= 10 and pair.a.running() and pair.b.running()
    assert not pair.world.snapshot()
    only_ours = {r for d in pair.at_b.snapshot() + pair.at_a.snapshot() for r in d.recipients}
    assert all(r.startswith("m") for r in only_ours), "garbage was delivered"


def case_slow_clients_do_not_hold_others(lab):
    """200 connections that stand in the middle of a command, of data and of a handshake; a good client is not slowed."""
    pair, held = lab.pair(), []
    for number in range(200):
        s = socket.create_connection(tuple_of((pair.b.outside, pair.a.inside, pair.b.peering)[number % 3]), 5)
        s.sendall((b"EHL", b"EHLO x\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<bob@b.example>\r\nDATA\r\nSubject: half", b"\x16\x03\x01\x02\x00")[number % 3])
        held.append(s)
    start = time.monotonic()
    for number in range(20):
        smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], mails.plain(number))
    took = time.monotonic() - start
    for number in range(20):
        lab.delivered_whole(pair.at_b, f"m{number}@b.example", mails.plain(number))
    for s in held:
        s.close()
    lab.note(f"20 mails taken in {took:.2f} s beside 200 standing connections")
    assert took < 10


class Tarpit(Listener):
    """Takes every connection and says nothing for ever."""
    held = 0

    async def serve(self, reader, writer):
        self.held += 1
        await reader.read()


def case_tarpits_stop_neither_inside_nor_peers(lab):
    """40 domains in the world that let our mail stand, each with all the connections it is allowed: what comes in is opened and delivered, and peers are reached."""
    tarpit, domains = lab.keep(Tarpit()), [f"t{i}.example" for i in range(40)]
    pair = lab.pair(settings_a={"delivery.hosts": {d: f"smtp://{tarpit.address}" for d in domains}})
    for number in range(16):
        smtp.send(pair.a.inside, "alice@a.example", [f"x@{d}" for d in domains], mails.plain(number))
    wait_until(lambda: tarpit.held >= 400, 30, lambda: f"the tarpits hold all that they get, now {tarpit.held}\n{pair.a.log_tail()}")
    start, raw = time.monotonic(), mails.plain(99)
    smtp.send(pair.a.outside, "x@c.example", ["clear@a.example"], raw)
    smtp.send(pair.b.inside, "bob@b.example", ["sealed@a.example"], raw)
    smtp.send(pair.a.inside, "alice@a.example", ["sealed@b.example"], raw)
    lab.delivered_whole(pair.at_a, "clear@a.example", raw)
    lab.delivered_whole(pair.at_a, "sealed@a.example", raw)
    lab.delivered_whole(pair.at_b, "sealed@b.example", raw)
    lab.note(f"{tarpit.held} connections in tarpits; three good mails in {time.monotonic() - start:.2f} s")
    tarpit.stop()  # or ending would wait for what is in hand


def case_forged_sealed_mail_gives_no_hint(lab):
    """Sealed mail that was altered, cut, repeated or re-targeted gets 250 like any other, and what it hides is shown to nobody."""
    pair = lab.pair()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    lab.delivered_whole(pair.at_b, "bob@b.example", mails.plain(1))
    sealed = [m for m in pair.ab.messages() if m.recipients == ["bob@b.example"]][0].raw
    head, _, body = sealed.partition(b"\r\n\r\n")
    cut = len(body) // 3
    flipped = body[:cut] + bytes([body[cut] ^ 1 if body[cut] not in b"\r\n" else 13]) + body[cut + 1:]
    forged = {"flipped": flipped.replace(b"\r\r", b"A\r"), "cut": body[:cut // 78 * 78]}
    before = len(pair.b.quarantine())
    for changed in forged.values():
        reply = smtp.send(pair.b.outside, "alice@a.example", ["bob@b.example"], head + b"\r\n\r\n" + changed)
        assert reply.startswith("250")
    retarget(pair, sealed)
    forged |= {"beside something else": b"", "in another message": b""}
    wait_until(lambda: len(pair.b.quarantine()) >= before + len(forged), 20, lambda: f"the forged ones are kept: {pair.b.quarantine()}")
    # Handed in after all of them, and by the same way: what they would have led to would be there.
    last = mails.plain(2)
    smtp.send(pair.a.inside, "alice@a.example", ["last@b.example"], last)
    lab.delivered_whole(pair.at_b, "last@b.example", last)
    wait_until(lambda: not pair.b.queue(), 20, lambda: f"all is settled: {pair.b.queue()}")
    assert len(pair.b.quarantine()) == before + len(forged), pair.b.quarantine()
    assert len(pair.at_b.to("bob@b.example")) == 1, "a forged or repeated message was delivered"
    assert not pair.at_b.to("carol@b.example"), "the outer envelope decided who gets it"
    assert not pair.a.quarantine()


def retarget(pair, sealed):
    """Sends a sealed message on to others than those that it was sealed for."""
    # The same again, and to somebody else of the same node: the sealed envelope decides, and it was here already.
    for recipient in ("bob@b.example", "carol@b.example"):
        assert smtp.send(pair.b.outside, "mallory@c.example", [recipient], sealed).startswith("250")
    # Wrapped in other messages: nothing but what stands alone is opened, and what stands beside something is held.
    wrapped = {"digest": b"Content-Type: message/rfc822\r\n\r\n" + sealed,
               "part": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nsee\r\n--x\r\n" + sealed + b"--x--\r\n"}
    for name, raw in wrapped.items():
        assert smtp.send(pair.b.outside, "mallory@c.example", [f"{name}@b.example"], raw).startswith("250")
    # To another node, which has no key for it: its inside server gets it as it came.
    assert smtp.send(pair.a.outside, "mallory@c.example", ["alice@a.example"], sealed).startswith("250")
    [got] = wait_until(lambda: pair.at_a.to("alice@a.example"), 20, "the message for alice")
    assert b"quick brown fox" not in got.raw and b"Culvert-Result: clear" in got.raw, got.raw[:500]
    held = lambda: {r for i in pair.b.quarantine() if i["reason"] == "altered" for r in i["recipients"]}
    wait_until(lambda: {"digest@b.example", "part@b.example"} <= held(), 20, lambda: pair.b.quarantine())
    assert not pair.at_b.to("part@b.example") and not pair.at_b.to("digest@b.example")


def tuple_of(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


def case_relaying_is_refused(lab):
    """Outside to outside is refused by every spelling of an address."""
    pair = lab.pair()
    spellings = ["x@c.example", "x%c.example@c.example", "@a.example:x@c.example", '"x@a.example"@c.example', "x@a.example.c.example",
                 "x@[127.0.0.1]", "x@a.example@c.example", "c.example!x@c.example", "x@c.example.", "x", ""]
    with smtp.Session(pair.a.outside) as session:
        for spelling in spellings:
            session.command("RSET")
            session.command("MAIL FROM:<x@c.example>")
            reply = session.command(f"RCPT TO:<{spelling}>", "")
            assert reply.startswith("5"), f"{spelling}: {reply}"
