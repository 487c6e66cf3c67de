"""Sealed mail that a relay between two nodes re-labelled or wrapped is opened; what something was added to is held and told to the sender's node,
and no reader ever gets it as if it had come in clear."""
import base64
import re
import subprocess

from harness import mails, smtp
from harness.until import wait_until

NOTICE = b"This message was scanned by the relay."


class Relay:
    """What stands between a and b: takes mail and hands on what `change(raw)` makes of it."""

    def __init__(self, lab, pair, change):
        self.pair, self.change = pair, change
        self.sink = lab.sink()
        pair.a.set("delivery.hosts", **{"b.example": f"smtp://{self.sink.address}"})
        assert pair.a.stop() == 0
        pair.a.start()

    def carry(self, number, recipient="bob@b.example", **options):
        """Mail `number` of alice, handed to b as changed; what b said."""
        self.sink.forget()
        smtp.send(self.pair.a.inside, "alice@a.example", [recipient], mails.plain(number, recipient=recipient, **options))
        assert self.sink.wait_for(1, 30) == 1, self.pair.a.log_tail()
        carried = self.sink.snapshot()[0]
        return smtp.send(self.pair.b.outside, carried.sender, carried.recipients, self.change(carried.raw))


def relabelled(new_type):
    """Other Content-* fields for the whole of it."""
    return lambda raw: re.sub(rb"Content-Type: application/pkcs7-mime[^\r]*(\r\n[ \t][^\r]*)*", b"Content-Type: " + new_type, raw, count=1)


def wrapped(before=b"", after=b"", preamble=b"", epilogue=b"", new_type=None):
    """As a part of multipart/mixed, beside what is given as parts (header and body each)."""
    def change(raw):
        head, _, body = (relabelled(new_type)(raw) if new_type else raw).partition(b"\r\n\r\n")
        fields = re.findall(rb"(?:^|(?<=\r\n))[^ \t\r][^\r]*(?:\r\n[ \t][^\r]*)*", head)
        own = [f for f in fields if f.lower().startswith(b"content-")]
        rest = [f for f in fields if not f.lower().startswith(b"content-")]
        part = b"--wrap\r\n" + b"\r\n".join(own) + b"\r\n\r\n" + body + b"\r\n"
        return (b"\r\n".join([*rest, b'Content-Type: multipart/mixed; boundary="wrap"']) + b"\r\n\r\n" + preamble
                + b"".join(b"--wrap\r\n" + p + b"\r\n" for p in (before,) if p) + part
                + b"".join(b"--wrap\r\n" + p + b"\r\n" for p in (after,) if p) + b"--wrap--\r\n" + epilogue)
    return change


def delivered_open(pair, count, mark):
    wait_until(lambda: len(pair.at_b.snapshot()) == count, 30,
               lambda: f"mail {count} at b; held: {pair.b.quarantine()}\n{pair.b.log_tail()}")
    raw = pair.at_b.snapshot()[-1].raw
    assert b"Culvert-Result: tunnel; peer=a.example; signed=yes" in raw and mark in raw, raw
    assert not pair.b.quarantine(), pair.b.quarantine()


def case_relabelled_mail_is_opened(lab):
    """Whatever media type a relay gave it, and as the only leaf of a multipart: opened as if nothing had been."""
    pair = lab.pair()
    relay = Relay(lab, pair, None)
    changes = [relabelled(b"application/octet-stream; name=smime.p7m"), relabelled(b"application/octet-stream"),
               relabelled(b"application/x-pkcs7-mime; name=smime.p7m"), relabelled(b"text/plain; charset=us-ascii"), wrapped(),
               wrapped(new_type=b"application/octet-stream; name=\"smime.p7m\"")]
    for number, change in enumerate(changes, 1):
        relay.change = change
        relay.carry(number, mark=f"mark{number}")
        delivered_open(pair, number, b"mark%d" % number)
    assert not pair.at_a.snapshot()


def all_held(pair, relay, changes):
    """Each of them is acknowledged, and held as altered; nobody gets any."""
    for number, change in enumerate(changes, 1):
        relay.change = change
        assert relay.carry(number, mark=f"mark{number}").startswith("250")
        wait_until(lambda: len(pair.b.quarantine()) == number, 20, lambda: f"{number}: {pair.b.quarantine()}\n{pair.b.log_tail()}")
    assert {i["reason"] for i in pair.b.quarantine()} == {"altered"}, pair.b.quarantine()
    assert not pair.at_b.snapshot(), pair.at_b.snapshot()


def case_what_was_added_to_is_held_and_told(lab):
    """A notice, a footer behind the end, an empty part: b holds it as `altered`, its reader gets nothing, and alice is told of the delay, once."""
    settings = {"queue": {"delay_notice": "2s"}}
    pair = lab.pair(settings_a=settings)
    relay = Relay(lab, pair, None)
    text = b"Content-Type: text/plain\r\n\r\n" + NOTICE
    changes = [wrapped(after=text), wrapped(before=text), wrapped(epilogue=NOTICE + b"\r\n"), wrapped(preamble=NOTICE + b"\r\n"),
               wrapped(after=b"\r\n"), wrapped(after=text, new_type=b"application/octet-stream")]
    all_held(pair, relay, changes)
    # Told with the next document at the latest. One that is dropped by a person there has failed.
    wait_until(lambda: pair.at_a.to("alice@a.example"), 90, lambda: pair.a.log_tail())
    first = min(pair.b.quarantine(), key=lambda item: item["id"])
    pair.b.command("quarantine", "drop", first["id"])
    wait_until(lambda: len(pair.at_a.to("alice@a.example")) == len(changes) + 1, 150, lambda: f"{len(pair.at_a.snapshot())} reports\n{pair.a.log_tail()}")
    failed = [r for r in pair.at_a.snapshot() if b"Action: failed" in r.raw]
    assert len(failed) == 1 and b"dropped" in failed[0].raw, failed
    for report in pair.at_a.snapshot():
        assert report in failed or b"Action: delayed" in report.raw, report.raw
        assert b"something was added to it on the way" in report.raw and report.sender == "" and b"bob@b.example" in report.raw, report.raw


def in_base64(raw):
    head, _, body = relabelled(b"text/plain")(raw).partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + base64.encodebytes(body).replace(b"\n", b"\r\n")


def body_replaced(new):
    """Another body, made of the old one."""
    def change(raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n" + new(body)
    return change


def case_what_nobody_can_read_any_more_is_held_too(lab):
    """Words before the base64, in it or instead of it, an encoding around it or none named: no reader gets it as mail in clear."""
    pair = lab.pair()
    relay = Relay(lab, pair, None)
    middle = lambda body: body[:len(body) // 156 * 78] + b"*** scanned ***\r\n" + body[len(body) // 156 * 78:]
    changes = [body_replaced(lambda body: b"[EXTERNAL] Caution!\r\n" + body), body_replaced(middle), in_base64,
               body_replaced(lambda body: b"<html><body><pre>" + body + b"</pre>\r\n"), body_replaced(lambda body: b"removed\r\n"),
               body_replaced(lambda body: b"MIA says so\r\n" * 12 + body), lambda raw: raw.replace(b"Content-Transfer-Encoding: base64\r\n", b"", 1)]
    all_held(pair, relay, changes)


def case_a_node_that_was_set_up_anew_takes_nothing_it_cannot_open(lab):
    """Mail that is sealed for the keys of the node before it stays with the peer, and `altered` is said of nothing."""
    pair = lab.pair()
    relay = Relay(lab, pair, None)
    anew = lab.node("b.example")
    anew.set("delivery", inside=f"smtp://{pair.at_b.address}")
    anew.start()
    pair.b = anew
    for number, change in enumerate((lambda raw: raw, relabelled(b"application/octet-stream")), 1):
        relay.change = change
        try:
            said = relay.carry(number, mark="mark")
        except smtp.Refused as refused:
            said = refused.reply
        assert said.startswith("451 4.7.5"), said
    assert not anew.quarantine() and not pair.at_b.snapshot()
    assert "never had" in anew.log_text()


def case_a_disclaimer_program_on_the_way(lab):
    """altermime, as relays run it: what it leaves whole is opened, what it adds to is held; nobody reads ciphertext."""
    altermime = lab.need("altermime")
    pair = lab.pair()
    disclaimer = lab.path("disclaimer.txt")
    disclaimer.write_bytes(NOTICE + b"\n")

    def change(raw):
        mail = lab.path("mail.eml")
        mail.write_bytes(raw)
        subprocess.run([altermime, f"--input={mail}", f"--disclaimer={disclaimer}", "--htmltoo", "--force-for-bad-html"], check=False, capture_output=True)
        return mail.read_bytes()
    relay = Relay(lab, pair, change)
    for before in (lambda raw: raw, wrapped(after=b"Content-Type: text/plain\r\n\r\nbeside")):
        relay.change = lambda raw, before=before: change(before(raw))
        relay.carry(1)
    wait_until(lambda: len(pair.at_b.snapshot()) + len(pair.b.quarantine()) == 2, 30, lambda: pair.b.log_tail())
    assert all(b"signed=yes" in d.raw and b"pkcs7" not in d.raw for d in pair.at_b.snapshot()), pair.at_b.snapshot()
    assert {i["reason"] for i in pair.b.quarantine()} <= {"altered"}, pair.b.quarantine()


def case_an_attached_certificate_is_ordinary_mail(lab):
    """What only begins like a sealed message is handed on as it came."""
    pair = lab.pair()
    attached = base64.encodebytes(b"\x30\x82\x03\x00" + bytes(range(256)) * 3).replace(b"\n", b"\r\n")
    raw = (b"From: eve@c.example\r\nTo: bob@b.example\r\nSubject: our certificate\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
           b"--x\r\nContent-Type: text/plain\r\n\r\nAttached.\r\n--x\r\nContent-Type: application/x-x509-ca-cert\r\nContent-Transfer-Encoding: base64\r\n\r\n"
           + attached + b"\r\n--x--\r\n")
    smtp.send(pair.b.outside, "eve@c.example", ["bob@b.example"], raw)
    pair.at_b.wait_for(1, 30)
    got = pair.at_b.snapshot()[0].raw
    assert got.endswith(raw) and b"Culvert-Result: clear; signed=no" in got, got
