"""The peer's node does not answer: mail waits, nothing leaves in clear, and it flows by itself when the node is back."""
from harness import mails, smtp
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
    pair.a.command("queue", "retry", "--all")
    for number, raw in enumerate(every):
        lab.delivered_whole(pair.at_b, f"m{number}@b.example", raw)
    wait_until(lambda: not pair.a.queue(), 10, "the queue is empty")
    assert b"quick brown fox" not in pair.wires_seen()


def case_an_active_route_is_never_bypassed(lab):
    """With the peer gone and another way to its domain open, mail still waits; so it does when the peer's TLS or banner is broken."""
    pair = lab.pair()
    pair.b.stop()
    imposter = lab.sink()
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{imposter.address}"})
    assert pair.a.stop() == 0
    pair.a.start()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    imposter.wait_for(1, 10)
    for delivery in imposter.snapshot():
        assert b"quick brown fox" not in delivery.raw and b"authEnveloped-data" in delivery.raw
    assert not pair.world.snapshot()


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
