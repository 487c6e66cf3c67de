"""Forwarded mail, whose sender is not ours, leaves under a tunnel address: if it comes back, that sender is told, once, and of nobody else's words."""
import re
import time

from harness import mails, smtp
from harness.until import wait_until

SENDER = "olga@c.example"  # an outsider, whose mail for a.example is forwarded to b.example
CANARY = "canary-of-the-foreign-report"


def refuse(local):
    """A sink's reply: nobody of that name, in words that must go no further."""
    return lambda stage, argument: f"550 5.1.1 {CANARY} no such user" if stage == "rcpt" and argument.startswith(local) else None


def forward(pair, recipients, raw):
    smtp.send(pair.a.inside, SENDER, recipients, raw)


def the_report(pair, seconds=40):
    """The one report that reached the outside sender, without anything but our own words."""
    wait_until(lambda: pair.world.to(SENDER), seconds, lambda: f"a report\n{pair.a.log_tail()}\n{pair.b.log_tail()}")
    assert len(pair.world.snapshot()) == 1, pair.world.snapshot()
    report = pair.world.snapshot()[0]
    assert report.sender == "" and report.recipients == [SENDER], report
    assert b"multipart/report" in report.raw and b"From: Mail gateway <postmaster@a.example>" in report.raw, report.raw
    for secret in (CANARY.encode(), b"contentmark", b"quick brown fox", b"Subject: mail"):
        assert secret not in report.raw, report.raw
    return report.raw


def case_the_peers_inside_server_refuses(lab):
    """Sealed by a, opened by b, refused inside: b's report comes back through the tunnel, and the sender outside gets one of a's."""
    pair = lab.pair()
    pair.at_b.reply = refuse("nobody")
    forward(pair, ["bob@b.example", "nobody@b.example"], mails.plain(1, mark="contentmark"))
    report = the_report(pair)
    assert b"Final-Recipient: rfc822; nobody@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n" in report, report
    assert b"bob@b.example" not in report, report
    assert len(pair.at_b.to("bob@b.example")) == 1
    seen = pair.wires_seen()
    assert re.search(rb"MAIL FROM:<culvert-tunnel\+[0-9a-f]{32}@a\.example>", seen)
    assert b"contentmark" not in seen and b"nobody" not in pair.ba.bytes_seen() and CANARY.encode() not in seen
    assert not pair.at_a.snapshot() and not pair.a.quarantine() and not pair.b.quarantine()
    wait_until(lambda: not pair.a.queue() and not pair.b.queue(), 20, "both queues are empty")


def case_an_edge_on_the_way_gives_up(lab):
    """Postfix before the peer takes the mail and reports a failure in clear: the sender is told; the same report again, or for another token, does nothing."""
    pair = lab.pair()
    gate = lab.sink(reply=refuse("nobody"))
    back = lab.wire(lambda: pair.a.outside)
    edge = lab.postfix(gate.address, transports={"b.example": gate.address, "a.example": back.address}, hostname="edge.b.example")
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{edge.address}"})
    assert pair.a.stop() == 0
    pair.a.start()
    forward(pair, ["bob@b.example", "nobody@b.example"], mails.plain(1, mark="contentmark"))
    report = the_report(pair)
    assert b"Final-Recipient: rfc822; nobody@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n" in report, report
    assert b"bob@b.example" not in report and b"edge.b.example" not in report, report
    wait_until(lambda: back.messages(), 10, "the report of Postfix on the wire")
    foreign = back.messages()[0]
    assert CANARY.encode() in foreign.raw and foreign.sender == ""
    token = foreign.recipients[0]
    other = re.sub(r"\+[0-9a-f]{4}", "+0000", token)
    answers = {smtp.send(pair.a.outside, "", [to], foreign.raw).split(" ")[0] for to in (token, other)}
    assert answers == {"250"}, answers
    time.sleep(2)  # nothing is to happen
    assert len(pair.world.snapshot()) == 1 and not pair.at_a.snapshot()


def case_no_report_of_what_is_no_report(lab):
    """Mail to a tunnel address with a sender, or that is no report, is taken and forgotten."""
    pair = lab.pair()
    address = f"culvert-tunnel+{'0' * 32}@a.example"
    for sender, raw in (("", mails.plain(1)), ("mallory@c.example", mails.plain(2))):
        smtp.send(pair.a.outside, sender, [address], raw)
    wait_until(lambda: not pair.a.queue(), 10, lambda: f"nothing is left: {pair.a.queue()}")
    assert not pair.at_a.snapshot() and not pair.world.snapshot() and not pair.a.quarantine()
