"""The life of two nodes over years: their clocks are moved on day by day, nobody does anything, and mail goes on sealed."""
import time

from harness import cms, ledger, smtp
from harness.load import Load, arrivals_at, still_queued
from harness.shifted_clock import Calendar
from harness.until import wait_until

SETTLING = 1.2  # a node looks each second at what is due


def pass_day(calendar):
    """The steady clock moves as well, and would end a talk that is under way: so the nodes first do what is due."""
    time.sleep(SETTLING)
    calendar.advance()


def running_pair(lab):
    calendar = Calendar(lab)
    options = {"prefix": calendar.prefix}
    return calendar, lab.pair(a_options=options, b_options=options)


def letter(sender, number):
    return f"From: <{sender}>\r\nSubject: secret {number}\r\nMessage-ID: <{number}.{sender}>\r\n\r\nwords of day {number}\r\n".encode()


def exchange(pair, number, seconds=30):
    """One mail each way; both arrive marked as the partner's, and nothing readable passes between the nodes."""
    sent = []
    for sender, recipient, node, sink in (("alice@a.example", "bob@b.example", pair.a, pair.at_b), ("bob@b.example", "alice@a.example", pair.b, pair.at_a)):
        sent.append((sender, sink, len(sink.snapshot())))
        smtp.send(node.inside, sender, [recipient], letter(sender, number))
    for sender, sink, before in sent:
        wait_until(lambda: len(sink.snapshot()) > before, seconds, lambda: f"mail {number} of {sender}\n{pair.a.log_tail()}\n---\n{pair.b.log_tail()}", pause=0.01)
        got = sink.snapshot()[-1]
        assert b"signed=yes" in got.header and got.raw.endswith(letter(sender, number)), got.raw
    seen = pair.wires_seen()
    assert seen and b"words of day" not in seen and b"secret" not in seen
    pair.ab.forget()
    pair.ba.forget()


def ends(node, name):
    return sorted(c["not_after"] for c in node.json("cert", "list") if c["name"] == name)


def signer_of(lab, pair, number):
    """The serial number of the certificate that signs a mail of a's for b: openssl opens it with b's key, as it passes on the wire."""
    key, part = lab.path("b.pem"), lab.path("signer.pem")
    pair.b.command("cert", "export", "tunnel-encrypt", "--with-key", "--out", str(key))
    before = len(pair.at_b.snapshot())
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], letter("alice@a.example", number))
    wait_until(lambda: len(pair.at_b.snapshot()) > before, 30, lambda: f"mail {number}\n{pair.a.log_tail()}\n---\n{pair.b.log_tail()}")
    sealed = [m for m in pair.ab.messages() if m.recipients == ["bob@b.example"]][-1]
    entity = cms.decrypt(sealed.raw, key, key)
    cms.openssl("cms", "-verify", "-inform", "DER", "-noverify", "-no_check_time", "-binary", "-signer", str(part), stdin=entity.partition(b"\r\n\r\n")[2])
    return cms.openssl("x509", "-in", str(part), "-noout", "-fingerprint", "-sha256").decode().partition("=")[2].strip().replace(":", "").lower()


def newest(node, name):
    return max((c for c in node.json("cert", "list") if c["name"] == name), key=lambda c: c["not_before"])["fingerprint"]


def case_a_renewal_by_hand_is_used_at_once_and_known_first(lab):
    """`cert renew`: a's next mails are signed by its new certificate as soon as b has the card that lists it, and never before."""
    pair = lab.pair()
    first = newest(pair.a, "tunnel-sign")
    assert signer_of(lab, pair, 1) == first
    pair.a.command("cert", "renew")
    second = newest(pair.a, "tunnel-sign")
    assert second != first
    numbers = iter(range(2, 100))
    wait_until(lambda: signer_of(lab, pair, next(numbers)) == second, 20, lambda: f"signed by the new certificate\n{pair.a.log_tail()}", pause=0.2)
    assert not pair.b.quarantine(), pair.b.quarantine()


def case_sixty_two_days_without_anybody(lab):
    """Certificates of 90 days are renewed after 60 by both nodes at once, without a restart; mail each day, and no warning on any."""
    calendar, pair = running_pair(lab)
    first = ends(pair.a, "tunnel-sign")
    exchange(pair, 0)
    for day in range(1, 63):
        pass_day(calendar)
        exchange(pair, day)
    for node in (pair.a, pair.b):
        for name in ("tunnel-sign", "tunnel-encrypt"):
            assert len(ends(node, name)) == 2, node.json("cert", "list")
        assert not node.json("status")["warnings"], node.json("status")["warnings"]
    assert ends(pair.a, "tunnel-sign")[-1] > first[0]


def case_a_node_that_was_off_for_a_hundred_days(lab):
    """Everything of b has ended when it starts again. It renews first, both learn each other's cards anew, and mail goes on by itself: a's for
    b of the last days, and then all."""
    calendar, pair = running_pair(lab)
    exchange(pair, 0)
    assert pair.b.stop() == 0
    for _ in range(10):
        calendar.advance(10)
        time.sleep(SETTLING)
    pair.b.start()
    pair.b.wait_route("a.example")
    exchange(pair, 100, 90)
    assert len(ends(pair.b, "tunnel-sign")) == 2, pair.b.json("cert", "list")


def case_both_were_off_for_a_year_full(lab):
    """Nobody's card, proof or certificate is valid any more, but for the identities."""
    calendar, pair = running_pair(lab)
    exchange(pair, 0)
    for node in (pair.a, pair.b):
        assert node.stop() == 0
    calendar.advance(365)
    for node in (pair.a, pair.b):
        node.start()
    exchange(pair, 365, 90)


def case_rollover_under_load(lab):
    """Both nodes renew their keys every 5 s, 5 times (full: 60) each, while mail flows: none unreadable, none clear, none lost."""
    renewals = 60 if lab.full else 5
    pair = lab.pair()
    load = Load(pair, lab.folder / "ledger", sizes=(500, 5_000), pause=0.1).start()
    for _ in range(renewals):
        begun = time.monotonic()
        pair.a.command("cert", "renew")
        pair.b.command("cert", "renew")
        time.sleep(max(0, 5 - (time.monotonic() - begun)))
    load.stop()
    load.come_to_rest(seconds=120)
    haystacks = [("the wires", pair.wires_seen())]
    clear = [f"mail for {d.recipients} at the world's sink" for d in pair.world.snapshot()]
    findings = ledger.check(load.book.entries, arrivals_at(pair.at_b), haystacks=haystacks, clear_to_mandatory=clear, still_known=still_queued(pair))
    lab.note(f"{len(load.book.entries)} mails over {renewals} renewals on each side: {findings}")
    assert not findings.faults, findings
    assert not pair.a.quarantine() and not pair.b.quarantine()
    assert all(b"signed=yes" in d.header for d in pair.at_b.snapshot())
