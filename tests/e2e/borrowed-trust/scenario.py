"""Named attack: Borrowed trust. What a stranger wrote is never a peer's own, however the peer's people or servers send it on."""
import re
import time

from harness import mails, original, smtp
from harness.until import wait_until

STRANGER = "mallory@c.example"
RELAY = "tunnel; peer=b.example; signed=relay; encrypted=aes256-gcm; expected=tunnel; why=passed on"
YES = "tunnel; peer=b.example; signed=yes; encrypted=aes256-gcm"


def mail(number, sender, recipient="ann@a.example"):
    return mails.plain(number, sender=sender, recipient=recipient, mark=f"mark{number}")


def arrival(sink, number, seconds=40):
    """The one mail with this mark that arrived at a sink."""
    found = lambda: [d for d in sink.snapshot() if f"mark{number}\r\n".encode() in d.raw]
    wait_until(found, seconds, lambda: f"mail {number} arrives; {len(sink.snapshot())} others did")
    assert len(found()) == 1, found()
    return found()[0]


def result(delivery):
    """(Culvert-Result, smime= of Authentication-Results) as the reader's node wrote them: the topmost."""
    fields = original.fields_of(delivery.raw.partition(b"\r\n\r\n")[0] + b"\r\n")
    said = original.field(fields, "Authentication-Results")[0]
    return original.field(fields, "Culvert-Result")[0], re.search(r"smime=(\w+)", said).group(1)


def case_an_alias_of_a_real_server(lab):
    """Postfix at b resolves aliases and bounces: a stranger's mail in the name of b's CEO, or quoted, arrives at a as relay; what b's people write stays b's."""
    pair = lab.pair()
    pair.at_b.reply = lambda stage, argument: "550 5.1.1 nobody here" if stage == "rcpt" and argument.startswith("nobody") else None
    postfix = lab.postfix(pair.b.inside, transports={"b.example": pair.at_b.address}, hostname="b.example",
                          aliases={"board@b.example": "ann@a.example", "team@b.example": "ann@a.example"})
    pair.b.set("delivery", inside=f"smtp://{postfix.address}")
    assert pair.b.stop() == 0
    pair.b.start()
    for number, (author, sender) in enumerate([("ceo@b.example", STRANGER), ("ceo@b.example", ""), ("ceo@b.example", "ceo@b.example"),
                                               ("ceo@a.example", STRANGER), ("ceo@b.example", "srs0=x@b.example")]):
        smtp.send(pair.b.outside, sender, ["board@b.example"], mail(number, author))
        assert result(arrival(pair.at_a, number)) == (RELAY, "none"), (author, sender)
    # The people at b: directly, and by an alias within their own domain, whose mail the node has seen before.
    smtp.send(postfix.address, "bob@b.example", ["ann@a.example"], mail(10, "bob@b.example"))
    assert result(arrival(pair.at_a, 10)) == (YES, "pass")
    smtp.send(pair.b.inside, "bob@b.example", ["team@b.example"], mail(11, "bob@b.example"))
    seen = arrival(pair.at_a, 11)
    assert result(seen) == (YES, "pass"), seen.raw
    assert re.search(rb"by gate\.b\.example \(Culvert\) with ", seen.raw) and b"Postfix" in seen.raw, seen.raw
    # Postfix reports to whom the stranger named as sender, and quotes him; what it quotes of a's own mail is a's.
    smtp.send(pair.b.outside, "ann@a.example", ["nobody@b.example"], mail(20, "ceo@b.example"))
    report = arrival(pair.at_a, 20)
    assert b"<MAILER-DAEMON@b.example>" in report.raw and result(report) == (RELAY, "none"), report.raw
    smtp.send(pair.a.inside, "ann@a.example", ["nobody@b.example"], mail(21, "ann@a.example", "nobody@b.example"))
    assert result(arrival(pair.at_a, 21)) == (YES, "pass")


def taken_from_outside(pair, number, author="ceo@b.example"):
    """A stranger's mail as b's inside server got it."""
    smtp.send(pair.b.outside, STRANGER, ["bob@b.example"], mail(number, author))
    return arrival(pair.at_b, number).raw


def renumbered(raw, old, new):
    return raw.replace(f"mark{old}\r\n".encode(), f"mark{new}\r\n".encode())


def only(raw, *names):
    """The mail with those of the trace fields on top that have these names."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = original.fields_of(head + b"\r\n")
    kept = [f for f in fields if not original.TRACE.match(f) or f.partition(b":")[0].decode() in names]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


def case_every_other_way(lab):
    """Lists, redirects with a null sender, servers that rewrite or remove fields, marks of other names and other times, a peer's own mail."""
    pair = lab.pair()
    raw = taken_from_outside(pair, 1)
    assert b"by gate.b.example (Culvert outside) with " in raw, raw
    refolded = re.sub(rb"by gate\.b\.example \(Culvert outside\) with", b"by GATE.B.EXAMPLE.\r\n  (Culvert\r\n\toutside)   with", raw)
    foreign = lambda mark: b"Received: from x ([192.0.2.1])\r\n\tby " + mark + b";\r\n\tThu, 01 Jan 2026 12:00:00 +0000\r\n" + only(raw)
    ways = {
        "a list": (b"List-Id: <l.b.example>\r\nSender: l-owner@b.example\r\n" + raw, "l-owner@b.example"),
        "a redirect": (raw, ""),
        "a redirect under the stranger's name": (raw, STRANGER),
        "Received fields removed": (only(raw, "Culvert-Result"), "bob@b.example"),
        "our result removed": (only(raw, "Received"), "bob@b.example"),
        "folded anew": (only(refolded, "Received"), "bob@b.example"),
        "another node of the organisation": (foreign(b"gate2.b.example (Culvert outside) with ESMTP id 00"), "bob@b.example"),
        "another node, of before": (foreign(b"gate2.b.example (Culvert) with ESMTP id 006b047314e90cb4ba5145d990daf889"), "bob@b.example"),
        "an old mark": (foreign(b"gate.b.example (Culvert) with ESMTP id 0060000014e90cb4ba5145d990daf889"), "bob@b.example"),
        "an old mark of opened mail": (foreign(b"gate.b.example (Culvert) with CULVERT id ff6b047314e90cb4ba5145d990daf889"), "bob@b.example"),
    }
    for number, (way, (sent, sender)) in enumerate(ways.items(), 2):
        smtp.send(pair.b.inside, sender, ["ann@a.example"], renumbered(sent, 1, number))
        assert result(arrival(pair.at_a, number)) == (RELAY, "none"), way
    # A peer's sealed mail: a's own, opened at b and sent back.
    smtp.send(pair.a.inside, "ann@a.example", ["bob@b.example"], mail(20, "ceo@a.example", "bob@b.example"))
    opened = arrival(pair.at_b, 20).raw
    assert b"(Culvert outside) with CULVERT" in opened, opened
    smtp.send(pair.b.inside, "bob@b.example", ["ann@a.example"], opened)
    assert result(arrival(pair.at_a, 20)) == (RELAY, "none")
    # With all that tells of its way removed, and nothing but the words left, it is b's word that its people wrote it.
    smtp.send(pair.b.inside, "bob@b.example", ["ann@a.example"], renumbered(only(raw), 1, 21))
    assert result(arrival(pair.at_a, 21)) == (YES, "pass")


def case_machines_that_quote(lab):
    """Reports in plain text, a list that wraps, and quotes without Received: a stranger's words; an attachment by a person is the person's."""
    pair = lab.pair()
    raw = taken_from_outside(pair, 1)
    head = lambda number, more="": f"From: bob@b.example\r\nSubject: mark{number}\r\n{more}\r\n".encode() + f"mark{number}\r\n".encode()
    rfc822 = b"--B\r\nContent-Type: message/rfc822\r\n\r\n"
    mixed = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n"
    ways = {
        "a report in plain text": (head(2) + b"--- Below this line is a copy of the message.\r\n\r\n" + raw, "", RELAY),
        "a report within other parts": (head(3, mixed) + rfc822 + raw + b"\r\n--B--\r\n", "", RELAY),
        "a list": (head(4, mixed + "List-Id: <l.b.example>\r\n") + rfc822 + raw + b"\r\n--B--\r\n", "l-owner@b.example", RELAY),
        "a quote without Received": (head(5) + only(raw, "Culvert-Result"), "", RELAY),
        "a person": (head(6, mixed) + rfc822 + raw + b"\r\n--B--\r\n", "bob@b.example", YES),
    }
    for number, (way, (sent, sender, expected)) in enumerate(ways.items(), 2):
        smtp.send(pair.b.inside, sender, ["ann@a.example"], sent.replace(b"mark1\r\n", b"quoted\r\n"))
        assert result(arrival(pair.at_a, number))[0] == expected, way
    # One address of the peer's that some programs show as another's.
    for number, author in enumerate(['<"ceo@a.example"@b.example>', "=?utf-8?q?ceo=40a.example?=@b.example"], 10):
        smtp.send(pair.b.inside, "bob@b.example", ["ann@a.example"], f"From: {author}\r\nSubject: x\r\n\r\nmark{number}\r\n".encode())
        assert "; signed=relay; encrypted=aes256-gcm; expected=tunnel; " in result(arrival(pair.at_a, number))[0], author


def case_after_the_node_was_renamed(lab):
    """A mark of the node's former name is still known for what it is, whichever it is."""
    pair = lab.pair()
    outside = taken_from_outside(pair, 1)
    smtp.send(pair.b.inside, "bob@b.example", ["team@b.example"], mail(2, "bob@b.example", "team@b.example"))
    inside = arrival(pair.at_b, 2).raw
    assert pair.b.stop() == 0
    pair.b.set("node", name="mx.b.example")
    pair.b.start()
    smtp.send(pair.b.inside, "bob@b.example", ["ann@a.example"], outside)
    assert result(arrival(pair.at_a, 1)) == (RELAY, "none")
    smtp.send(pair.b.inside, "bob@b.example", ["ann@a.example"], inside)
    assert result(arrival(pair.at_a, 2)) == (YES, "pass")


WORDS = "CALL-THIS-NUMBER"


def case_a_strangers_words_under_our_signature(lab):
    """Named attack. A report about mail that came in clear under a peer's name holds nothing that its author wrote; one about the peer's mail does."""
    pair = lab.pair()
    pair.at_b.reply = lambda stage, argument: f"550 5.1.1 {WORDS} refused" if stage == "rcpt" and argument.startswith("nobody") else None
    raw = (f"From: {WORDS} <x@evil.example>\r\nTo: {WORDS} <t@evil.example>\r\nCc: {WORDS}\r\nSubject: {WORDS}\r\n"
           f"Message-ID: <{WORDS}@evil.example>\r\nDate: {WORDS}\r\n\r\n{WORDS}\r\n").encode()
    with smtp.Session(pair.b.outside) as session:
        session.command(f"MAIL FROM:<ann@a.example> ENVID={WORDS} RET=FULL")
        session.command(f"RCPT TO:<nobody@b.example> ORCPT=rfc822;{WORDS}@b.example")
        session.command("DATA", "354")
        session.write(smtp.dot_stuffed(raw))
        session.expect("2")
    wait_until(lambda: pair.at_a.to("ann@a.example"), 40, "the report")
    report = pair.at_a.to("ann@a.example")[0]
    assert WORDS.encode() not in report.raw and b"evil" not in report.raw, report.raw
    assert b"Final-Recipient: rfc822; nobody@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n" in report.raw, report.raw
    assert result(report) == (RELAY, "none"), report.raw
    # The peer's own mail comes back with its own words, as its node's report.
    pair.at_a.forget()
    smtp.send(pair.a.inside, "ann@a.example", ["nobody@b.example"], mail(1, "ann@a.example", "nobody@b.example"))
    wait_until(lambda: pair.at_a.to("ann@a.example"), 40, "the second report")
    report = pair.at_a.to("ann@a.example")[0]
    assert b"From: Alice <ann@a.example>\r\n" in report.raw and b"Subject: mail 1\r\n" in report.raw, report.raw
    assert result(report) == (YES, "pass"), report.raw
    time.sleep(1)
    assert not pair.a.quarantine() and not pair.b.quarantine()
