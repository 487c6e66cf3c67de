"""A node of today beside one of the state before mail told whose words it holds (commit 186bb02), either updated first.

The program of that state is taken from where old-program finds it. If it is not there the cases are for full runs, which build it."""
import subprocess
import time
from pathlib import Path

from harness import mails, original, smtp
from harness.lab import Skip
from harness.until import wait_until

COMMIT = "186bb02"
MUST_BE_UPDATED = "the node of {} must be updated (it does not know the present tunnel form)"
OLD_FORM = "tunnel; peer={}; signed=relay; encrypted=aes256-gcm; expected=tunnel; why=old form"
YES = "tunnel; peer={}; signed=yes; encrypted=aes256-gcm"


def ask(*options):
    return subprocess.run([str(Path(__file__).with_name("old-program")), *options, COMMIT], capture_output=True, text=True)


def old_program():
    found = ask("--build")
    if found.returncode:
        raise Skip(f"the old program is not there and cannot be built: {found.stderr.strip()[-300:]}")
    return found.stdout.strip()


class Side:
    """One node of a pair, with its domain and what its inside server gets."""

    def __init__(self, node, sink, domain, person):
        self.node, self.sink, self.domain, self.person = node, sink, domain, person

    def writes(self, to, number):
        raw = mails.plain(number, sender=self.person, recipient=to.person, mark=f"mark{number}")
        smtp.send(self.node.inside, self.person, [to.person], raw)

    def has(self, number):
        return [d for d in self.sink.snapshot() if f"mark{number}\r\n".encode() in d.raw]

    def result(self, number, seconds=60):
        wait_until(lambda: self.has(number), seconds, lambda: f"mail {number} at {self.domain}\n{self.node.log_tail()}\n{self.node.queue()}")
        head = self.has(number)[0].raw.partition(b"\r\n\r\n")[0] + b"\r\n"
        return original.field(original.fields_of(head), "Culvert-Result")[0]

    def update(self):
        """Stops the old program and starts the present one on the same data, as an administrator would."""
        assert self.node.stop() == 0
        self.node.program = None
        self.node.command("migrate", status=None)  # where the store has to be brought up to date first
        self.node.start()

    def status(self):
        return self.node.json("status", status=None)


def old_pair(lab, first):
    """Both sides run the old program and are paired; the one that invited is `first`, or the other."""
    program = old_program()
    pair = lab.pair(a_options={"program": program}, b_options={"program": program})
    a = Side(pair.a, pair.at_a, "a.example", "alice@a.example")
    b = Side(pair.b, pair.at_b, "b.example", "bob@b.example")
    assert pair.a.program and pair.b.program
    return (pair, a, b) if first == "inviter" else (pair, b, a)


def proved(side, peer):
    """When it last was, as text that grows."""
    return side.node.json("route", "show", peer.domain)[0]["proved"]


def update_one_after_the_other(lab, first):
    pair, one, other = old_pair(lab, first)
    one.writes(other, 1)
    assert other.result(1) == "tunnel; peer={}; signed=yes; encrypted=aes256-gcm".format(one.domain)

    one.update()
    one.writes(other, 2)
    why = MUST_BE_UPDATED.format(other.domain)
    wait_until(lambda: any(why in item["reason"] for item in one.node.queue()), 20, lambda: f"it waits: {one.node.queue()}")
    assert any(why in warning for warning in one.status()["warnings"]), one.status()
    assert why in one.node.command("status", status=None).stdout
    # What the other one sends is opened, and not called its own.
    other.writes(one, 3)
    assert one.result(3) == OLD_FORM.format(other.domain)
    # Proofs go on in both directions.
    for side, peer in ((one, other), (other, one)):
        before = proved(side, peer)
        time.sleep(1)  # the time tells seconds
        side.node.command("route", "prove", peer.domain)
        wait_until(lambda: proved(side, peer) > before, 30, lambda: f"{side.domain} proves {peer.domain}\n{side.node.log_tail()}")
    assert not other.has(2) and not pair.world.snapshot(), "never clear"
    lines = [line for line in one.node.log_text().splitlines() if why in line]
    assert len([line for line in lines if "mail waits: " in line]) == 1, "the log says it once"
    assert len([line for line in lines if " message deferred " in line]) == len(lines) - 1 == 1, "and once of the mail that waits"

    other.update()
    assert other.result(2) == YES.format(one.domain)  # it goes on by itself, and arrives
    wait_until(lambda: not any("must be updated" in w for w in one.status()["warnings"]), 20, lambda: f"no warning: {one.status()}")
    for number, (author, reader) in enumerate(((one, other), (other, one)), 4):
        author.writes(reader, number)
        assert reader.result(number) == YES.format(author.domain)
    assert not pair.a.quarantine() and not pair.b.quarantine()
    seen = pair.wires_seen()
    # Long enough that base64 does not spell them by chance.
    assert b"Subject: mail" not in seen and b"quick brown fox" not in seen


def case_the_inviter_is_updated_first(lab):
    """a of today beside b of before: mail for b waits and says why, mail from b is opened as `old form`, proofs go on; then b follows and all is as it should be."""
    update_one_after_the_other(lab, "inviter")


def case_the_accepter_is_updated_first(lab):
    """The same with b of today beside a of before."""
    update_one_after_the_other(lab, "accepter")


def case_both_pair_anew(lab):
    """A node of today pairs with one of before, by a code of either: routes become active, and mail waits for the update."""
    program = old_program()
    for present_invites in (True, False):
        pair = lab.strangers(a_options={} if present_invites else {"program": program},
                             b_options={"program": program} if present_invites else {})
        pair.b.accept(pair.a.invite("b.example"))
        pair.a.wait_route("b.example")
        pair.b.wait_route("a.example")
        present, domain = (pair.a, "b.example") if present_invites else (pair.b, "a.example")
        smtp.send(present.inside, f"x@{present.domains[0]}", [f"y@{domain}"], mails.plain(1))
        why = MUST_BE_UPDATED.format(domain)
        wait_until(lambda: any(why in item["reason"] for item in present.queue()), 20, lambda: f"it waits: {present.queue()}")


def case_what_waited_through_both_updates(lab):
    """Mail that the old program took arrives after both updates; nothing is known of whose words it holds. A captured seal in the old form opens no more."""
    pair, a, b = old_pair(lab, "inviter")
    a.writes(b, 1)
    b.result(1)
    captured = [m for m in pair.ab.messages() if b"pkcs7-mime" in m.raw and m.recipients == [b.person]][-1]
    assert b.node.stop() == 0
    a.writes(b, 2)
    wait_until(lambda: any(item["path"] == "tunnel" for item in a.node.queue()), 20, "it waits")
    a.update()
    b.node.program = None
    b.node.command("migrate", status=None)
    b.node.start()
    assert b.result(2) == f"tunnel; peer=a.example; signed=relay; encrypted=aes256-gcm; expected=tunnel; why=passed on"
    smtp.send(b.node.outside, captured.sender, captured.recipients, captured.raw)
    wait_until(lambda: b.node.quarantine(), 20, "the captured one rests in quarantine")
    assert "old-form" in b.node.quarantine()[0]["reason"] or "old" in b.node.quarantine()[0]["reason"], b.node.quarantine()
    assert len(b.has(1)) == 1


if ask().returncode:
    for name in [n for n in globals() if n.startswith("case_")]:
        globals()[name + "_full"] = globals().pop(name)
