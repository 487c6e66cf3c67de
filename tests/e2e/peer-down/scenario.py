"""The peer's node does not answer: mail waits, nothing leaves in clear, and it flows by itself when the node is back."""
from harness import mails, smtp
from harness.loop import Listener
from harness.until import wait_until


def case_mail_waits_and_flows_again(lab):
    """Mail for an active route waits while the peer is down, through a restart too, and is delivered when the peer is back."""
    pair = lab.pair()
    pair.b.stop()
    every = [mails.plain(i) for i in range(10)]
    for number, raw in enumerate(every):
        smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], raw)
    wait_until(lambda: len(pair.a.queue()) == len(every) and any(i["reason"] for i in pair.a.queue()), 20,
               lambda: f"ten messages wait, the first of them with a reason: {pair.a.queue()}")
    assert all(item["path"] == "tunnel" for item in pair.a.queue())
    assert pair.a.stop() == 0
    pair.a.start()
    assert len(pair.a.queue()) == len(every)
    assert not pair.world.snapshot() and not pair.at_b.snapshot()
    pair.b.start()
    for number, raw in enumerate(every):  # nobody asks for it: the schedule of retries alone brings it
        lab.delivered_whole(pair.at_b, f"m{number}@b.example", raw, seconds=90)
    wait_until(lambda: not pair.a.queue(), 10, "the queue is empty")
    assert b"quick brown fox" not in pair.wires_seen()


class NoTls(Listener):
    """Offers STARTTLS and breaks it; takes no mail either way. `said` is all that clients sent."""

    def __init__(self):
        self.said = b""
        super().__init__()

    async def serve(self, reader, writer):
        writer.write(b"220 mx.test ESMTP\r\n")
        while line := await reader.readline():
            self.said += line
            verb = line[:4].upper()
            writer.write({b"EHLO": b"250-mx.test\r\n250 STARTTLS\r\n", b"STAR": b"220 go on\r\n" + b"this is no TLS\r\n" * 9}
                         .get(verb, b"451 4.3.0 not now\r\n"))
            await writer.drain()
            if verb == b"STAR":
                return


def reach_b_at(pair, address):
    """From now on a takes b.example's mail exchanger to be there."""
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{address}"})
    assert pair.a.stop() == 0
    pair.a.start()


def wait_for_reason(pair, count):
    """So many messages wait at a, for the tunnel, each with a reason after its last attempt or that of the one before it."""
    wait_until(lambda: len(pair.a.queue()) == count and any(i["reason"] for i in pair.a.queue()), 30, lambda: f"{count} wait: {pair.a.queue()}")
    assert all(item["path"] == "tunnel" for item in pair.a.queue()), pair.a.queue()
    assert not pair.world.snapshot()


def case_another_way_to_the_peer_gets_sealed_mail_only(lab):
    """With the peer gone and somebody else at its domain's mail exchanger, he gets a sealed message and nothing in clear."""
    pair = lab.pair()
    pair.b.stop()
    imposter = lab.sink()
    reach_b_at(pair, imposter.address)
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    assert imposter.wait_for(1, 20) == 1, pair.a.log_tail()
    [taken] = imposter.snapshot()
    assert b"quick brown fox" not in taken.raw and b"authEnveloped-data" in taken.raw
    assert not pair.world.snapshot()


def case_a_broken_server_is_waited_for(lab):
    """No SMTP banner, or a broken TLS: mail for an active route waits, nothing of it is said in clear, and it flows once the server works."""
    pair = lab.pair()
    no_smtp, no_tls = lab.sink(reply=lambda stage, _: "this is no SMTP server" if stage == "connect" else None), lab.keep(NoTls())
    for number, address in enumerate((no_smtp.address, no_tls.address)):
        reach_b_at(pair, address)
        smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], mails.plain(number))
        wait_for_reason(pair, number + 1)
    wait_until(lambda: b"STARTTLS" in no_tls.said, 60, lambda: f"the broken TLS was met: {no_tls.said}")
    wait_for_reason(pair, 2)
    assert b"quick brown fox" not in no_tls.said and not no_smtp.snapshot() and not pair.at_b.snapshot()
    reach_b_at(pair, pair.ab.address)
    for number in range(2):
        lab.delivered_whole(pair.at_b, f"m{number}@b.example", mails.plain(number), seconds=90)


def case_a_route_that_cannot_seal_is_waited_for(lab):
    """The peer was removed: mail for its domain waits, although its server takes mail in clear, also when it is tried again and through a restart."""
    pair = lab.pair()
    assert pair.a.stop() == 0  # a running node acts within a second, in which it still seals
    pair.a.command("peer", "remove", "b.example")
    pair.a.start()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    wait_for_reason(pair, 1)
    pair.a.command("queue", "retry", "--all")
    reach_b_at(pair, pair.ab.address)
    wait_for_reason(pair, 1)
    assert not pair.at_b.snapshot() and b"quick brown fox" not in pair.wires_seen()
    smtp.send(pair.b.outside, "x@c.example", ["bob@b.example"], mails.plain(2))  # it would have been taken
    lab.delivered_whole(pair.at_b, "bob@b.example", mails.plain(2))


def case_mandatory_without_a_route_is_refused(lab):
    """encrypt=mandatory and no active route: refused in the dialog, with an enhanced code; other recipients go on."""
    pair = lab.strangers()
    pair.a.command("policy", "set", "domain:b.example", "encrypt=mandatory")
    def refused():
        with smtp.Session(pair.a.inside) as session:
            session.command("MAIL FROM:<alice@a.example>")
            reply = session.command("RCPT TO:<bob@b.example>", "")
            return reply if reply.startswith("5") else None
    reply = wait_until(refused, 5, "the node acts on the policy within a second")
    assert reply.split()[1].startswith("5.7."), reply
    with smtp.Session(pair.a.inside) as session:
        session.command("MAIL FROM:<alice@a.example>")
        assert session.command("RCPT TO:<bob@b.example>", "").startswith("5")
        session.command("RCPT TO:<carol@c.example>")
        session.command("DATA", "354")
        session.write(smtp.dot_stuffed(mails.plain(1)))
        session.expect("250")
    assert pair.world.wait_for(1, 20) == 1
    assert pair.world.snapshot()[0].recipients == ["carol@c.example"]


def case_what_finally_fails_comes_back(lab):
    """A recipient that the peer's inside server does not know: the sender gets one DSN, through the tunnel, without the content in clear."""
    pair = lab.pair()
    pair.at_b.reply = lambda stage, argument: "550 5.1.1 no such user" if stage == "rcpt" and argument.startswith("nobody") else None
    smtp.send(pair.a.inside, "alice@a.example", ["nobody@b.example"], mails.plain(1, mark="contentmark"))
    assert pair.at_a.wait_for(1, 40) == 1, pair.b.log_tail()
    report = pair.at_a.snapshot()[0]
    assert report.sender == "" and report.recipients == ["alice@a.example"], report
    assert b"multipart/report" in report.raw and b"5.1.1" in report.raw and b"nobody@b.example" in report.raw
    seen = pair.wires_seen()
    assert b"contentmark" not in seen and b"quick brown fox" not in seen and not pair.world.snapshot()
