"""Mail that waits, and who hears of it: delay reports, reports of success where the next server makes none, and what a peer's node holds."""
import re

from harness import mails, smtp
from harness.until import wait_until

SOON = {"queue": {"delay_notice": "1s"}}


def reports_to(sink, address, count, node):
    wait_until(lambda: len(sink.to(address)) >= count, 60, lambda: f"{count} reports to {address}\n{node.log_tail()}")
    found = [d.raw for d in sink.to(address)]
    assert len(found) == count, found
    return found


def say(session, sender, recipients, raw, parameters=""):
    """One transaction, RCPT lines as given."""
    session.command(f"MAIL FROM:<{sender}>{parameters}")
    for recipient in recipients:
        session.command(f"RCPT TO:{recipient}")
    session.command("DATA", "354")
    session.write(smtp.dot_stuffed(raw))
    return session.expect("250")


def case_a_sender_hears_that_a_partner_does_not_answer(lab):
    """Mail that waits for a peer: one delay report unasked, none for NOTIFY=NEVER or FAILURE; the mail arrives later all the same."""
    pair = lab.pair(settings_a=SOON)
    pair.b.kill()
    with smtp.Session(pair.a.inside) as session:
        say(session, "alice@a.example", ["<bob@b.example>", "<never@b.example> NOTIFY=NEVER", "<failure@b.example> NOTIFY=FAILURE",
                                         "<delay@b.example> NOTIFY=DELAY"], mails.plain(1))
    report, = reports_to(pair.at_a, "alice@a.example", 1, pair.a)
    assert report.count(b"Action: delayed") == 2 and b"bob@b.example" in report and b"delay@b.example" in report, report
    assert b"never@" not in report and b"failure@" not in report and b"Subject: Delayed mail" in report, report
    pair.b.start()
    pair.a.command("queue", "retry", "--all")
    wait_until(lambda: pair.at_b.to("bob@b.example") and pair.at_b.to("never@b.example"), 60, lambda: pair.a.log_tail())
    assert len(pair.at_a.snapshot()) == 1, pair.at_a.snapshot()


def case_everybody_hears_that_a_partner_does_not_answer(lab):
    """One attempt at a time is made with a partner that is down: every mail that waits gets its report all the same, each once, through a restart; the
    queue says why it waits, and `status` that it does."""
    pair = lab.pair(settings_a={"queue": {"delay_notice": "2s"}})
    pair.b.stop()
    waiting = [f"d{number}@b.example" for number in range(20)]
    for number, recipient in enumerate(waiting):
        smtp.send(pair.a.inside, "alice@a.example", [recipient], mails.plain(number, recipient=recipient))
    wait_until(lambda: len(pair.at_a.to("alice@a.example")) >= 20, 30, lambda: f"all reports\n{pair.a.log_tail()}")
    wait_until(lambda: len(pair.a.queue()) == 20, 10, "the reports are done with")  # killed before, the node would deliver one again
    pair.a.kill()
    pair.a.start()
    attempts = lambda: sum(item["attempts"] for entry in pair.a.queue() for item in pair.a.json("queue", "show", entry["id"])["items"])
    wait_until(lambda: attempts() >= 3, 60, lambda: f"attempts: {pair.a.queue()}")
    wait_until(lambda: "! mail for b.example waits since" in pair.a.command("status").stdout, 20, lambda: pair.a.command("status").stdout)
    assert pair.a.command("status", status=3)
    wait_until(lambda: all(item["reason"] for item in pair.a.queue()), 20, lambda: f"reasons: {pair.a.queue()}")
    reports = reports_to(pair.at_a, "alice@a.example", 20, pair.a)
    told = sorted(re.search(rb"Final-Recipient: rfc822; ?(\S+)", report).group(1).decode() for report in reports)
    assert told == sorted(waiting), told
    assert all(b"Action: delayed" in report and b"last: " in report for report in reports), reports[-1]


def case_in_clear_a_delay_is_told_to_who_asked(lab):
    """Without a peer it is told only where NOTIFY says so."""
    node, inside = lab.node("a.example", settings=SOON), lab.sink()
    world = lab.sink(reply=lambda stage, argument: "451 4.3.0 later" if stage == "rcpt" else None)
    node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{world.address}")
    node.start()
    with smtp.Session(node.inside) as session:
        say(session, "alice@a.example", ["<carol@c.example>"], mails.plain(1))
        say(session, "alice@a.example", ["<dora@c.example> NOTIFY=DELAY,FAILURE"], mails.plain(2))
    report, = reports_to(inside, "alice@a.example", 1, node)
    assert b"dora@c.example" in report and b"carol" not in report and b"451 4.3.0 later" in report, report


def case_success_is_reported_where_the_next_server_makes_no_reports(lab):
    """NOTIFY=SUCCESS to a hop without DSN: `relayed`, in clear and through the tunnel (b says so, through the tunnel, with what names the mail)."""
    pair = lab.pair()
    with smtp.Session(pair.a.inside) as session:
        say(session, "alice@a.example", ["<carol@c.example> NOTIFY=SUCCESS ORCPT=rfc822;carol@c.example", "<bob@b.example> NOTIFY=SUCCESS,FAILURE",
                                         "<quiet@b.example>"], mails.plain(1), " ENVID=one")
    reports = reports_to(pair.at_a, "alice@a.example", 2, pair.a)
    clear, = [r for r in reports if b"carol@c.example" in r]
    sealed, = [r for r in reports if b"bob@b.example" in r and b"carol" not in r]
    for report in (clear, sealed):
        assert report.count(b"Action: relayed") == 1 and b"Original-Envelope-Id: one" in report, report
    assert b"quiet@" not in sealed and b"Culvert-Result: tunnel; peer=b.example; signed=yes" in sealed, sealed
    assert re.search(rb"Subject: mail", sealed), sealed
    assert b"Action: relayed" not in pair.wires_seen()


def case_a_report_about_opened_mail_names_it(lab):
    """b's inside server refuses: the sender is told through the tunnel with To, Subject, Date and Message-ID, and on no wire is any of it."""
    pair = lab.pair()
    pair.at_b.reply = lambda stage, argument: "550 5.1.1 no such user" if stage == "rcpt" else None
    raw = mails.plain(1, mark="contentmark")
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], raw)
    report, = reports_to(pair.at_a, "alice@a.example", 1, pair.a)
    for name in (b"To", b"Subject", b"Date", b"Message-ID"):
        field = re.search(rb"^" + name + rb": [^\r]*\r\n", raw, re.M).group()
        assert field in report.split(b"text/rfc822-headers")[1], (field, report)
    assert b"quick brown fox" not in report
    assert b"Subject: mail 1" not in pair.ba.bytes_seen()
