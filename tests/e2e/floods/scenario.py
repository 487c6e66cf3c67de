"""Named attacks: Tar pit, Filling, Made-up recipients. What strangers have this node do for nothing, and who must not wait for it."""
import socket
import subprocess
import threading
import time

from harness import mails, smtp
from harness.until import wait_until

FILE = __file__
REPORTS, TAR_PIT_LIMIT = 420, 100


class TarPit:
    """Takes connections and never says a word."""

    def __init__(self, lab):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.held = []
        threading.Thread(target=self.take, daemon=True).start()
        lab.at_end(self.stop)

    def take(self):
        try:
            while True:
                self.held.append(self.listener.accept()[0])
        except OSError:
            return

    def stop(self):
        self.listener.close()
        for s in self.held:
            s.close()


def arrives(sink, address, recipient, sender="alice@a.example", patience=30):
    """Seconds from handing it in to its delivery."""
    start = time.monotonic()
    smtp.send(address, sender, [recipient], mails.plain(1))
    wait_until(lambda: sink.to(recipient), patience, lambda: f"mail for {recipient}")
    return time.monotonic() - start


def case_reports_to_tar_pits_do_not_stop_our_mail(lab):
    """Strangers' mail that the inside server refuses is reported to 420 hosts that never answer; our people's mail goes on."""
    inside, world, tar = lab.sink(), lab.sink(), TarPit(lab)
    inside.reply = lambda stage, mail: "550 5.7.1 spam" if stage == "end" and b"GTUBE" in mail.raw else None
    node = lab.node("a.example")
    node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{world.address}")
    node.set("delivery.hosts", **{f"d{n}.example": f"smtp://{tar.address}" for n in range(REPORTS)})
    node.start()
    for first in range(0, REPORTS, 42):
        with smtp.Session(node.outside) as session:
            for n in range(first, first + 42):
                session.send(f"x@d{n}.example", ["alice@a.example"], b"Subject: GTUBE\r\n\r\nx\r\n")
    wait_until(lambda: len(tar.held) >= TAR_PIT_LIMIT, 30, lambda: f"reports on their way: {len(tar.held)}\n{node.log_tail()}")
    taken = arrives(world, node.inside, "jo@c.example")
    lab.note(f"mail to the world while {len(tar.held)} reports hang: {taken:.2f} s")
    assert len(tar.held) <= TAR_PIT_LIMIT, len(tar.held)
    assert taken < 10, taken


def made_up_recipients(lab):
    for address in ("192.0.2.1", "10.1.0.1", "10.1.0.2", "10.200.0.1"):
        subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", "lo"], check=True)
    inside = lab.sink()

    def reply(stage, argument):
        if stage == "rcpt" and "known" not in argument:
            time.sleep(0.02)  # what a server takes that does not like to be asked
            return "550 5.1.1 no such user"
        return None

    inside.reply = reply
    node = lab.node("a.example", settings={"smtp.outside": {"listen": ["192.0.2.1:0"], "verify_recipients": "inside"}})
    node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{inside.address}")
    node.start()
    host, _, port = node.outside.rpartition(":")
    held = []
    for n in range(160):
        s = socket.create_connection((host, int(port)), 5, source_address=(f"10.1.0.{n % 2 + 1}", 0))
        s.sendall(b"EHLO x\r\nMAIL FROM:<>\r\n" + b"".join(b"RCPT TO:<bogus%d.%d@a.example>\r\n" % (n, k) for k in range(20)))
        held.append(s)
    time.sleep(1)
    start = time.monotonic()
    with smtp.Session(node.outside, source="10.200.0.1") as session:
        session.command("MAIL FROM:<x@c.example>")
        session.command("RCPT TO:<known@a.example>")
        answer = session.command("RCPT TO:<nobody@a.example>", "550")
    taken = time.monotonic() - start
    lab.note(f"two recipients of another network were asked for in {taken:.2f} s")
    assert "5.1.1" in answer, answer
    assert taken < 5, taken
    said = b"".join(read_some(s) for s in held)
    assert b"\r\n451 4.7.1" in said and b"\r\n550 5.1.1" in said, said[-500:]
    for s in held:
        s.close()


def read_some(s):
    s.settimeout(2)
    try:
        return s.recv(65536)
    except OSError:
        return b""


def case_made_up_recipients_delay_their_own_network(lab):
    """Two hosts ask for 3,200 recipients that do not exist; another's are asked for at once, and the inside server's word holds."""
    lab.in_namespace(FILE, "made_up_recipients")


def case_junk_for_the_peering_address_ends_at_its_rate(lab):
    """A sealed mail that is sent to the peering address again and again: a network's rate ends it, and tunnel mail does not wait."""
    pair = lab.pair()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    wait_until(lambda: pair.at_b.to("bob@b.example"), 30, "a mail to copy")
    copied = pair.ab.messages()[-1].raw
    taken, refused = 0, None
    with smtp.Session(pair.b.outside, source="127.66.1.1") as session:
        while taken < 1200 and refused is None:
            try:
                session.send("", ["culvert-peering@b.example"], copied)
                taken += 1
            except smtp.Refused as answer:
                refused = answer.reply
    assert refused is not None and refused.startswith("451 4.7.1"), (taken, refused)
    waited = arrives(pair.at_b, pair.a.inside, "carol@b.example")
    lab.note(f"{taken} were taken; a tunnel mail behind them took {waited:.2f} s")
    assert waited < 10, waited
    # Another network's message is taken.
    with smtp.Session(pair.b.outside, source="127.67.1.1") as session:
        session.send("", ["culvert-peering@b.example"], copied)


def case_refused_strangers_do_not_fill_the_log(lab):
    """A thousand connections that may not use a listener: a few lines a minute, and then how many were left out."""
    sink = lab.sink()
    node = lab.node("a.example", settings={"smtp.outside": {"networks": ["203.0.113.0/24"]}})
    node.set("delivery", inside=f"smtp://{sink.address}", outside=f"smtp://{sink.address}")
    node.start()
    host, _, port = node.outside.rpartition(":")
    for n in range(1000):
        with socket.create_connection((host, int(port)), 5, source_address=(f"127.{n % 100 + 1}.0.1", 0)) as s:
            assert s.recv(100).startswith(b"554"), n
    lines = node.log_path.read_text().count("refused a connection")
    assert 1 <= lines <= 40, lines
