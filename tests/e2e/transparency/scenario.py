"""What comes out of the tunnel is byte for byte what went in, under added trace fields, in both directions and from real programs."""
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from harness import mails, original, smtp
from harness.lab import Skip
from harness.until import wait_until

SESSIONS = 4


def send_all(address, sender, domain, numbered):
    """Sends [(recipient's local part, raw)] over a few connections at once; returns [(local part, Refused)] of those refused."""
    def one_session(part):
        refused = []
        with smtp.Session(address, timeout=120) as session:
            for local, raw in part:
                try:
                    session.send(sender, [f"{local}@{domain}"], raw, smtp.params_for(raw, session))
                except smtp.Refused as error:
                    refused.append((local, error))
        return refused
    with ThreadPoolExecutor(SESSIONS) as pool:
        return [r for part in pool.map(one_session, [numbered[i::SESSIONS] for i in range(SESSIONS)]) for r in part]


def check_all(sink, domain, numbered, peer, seconds=120):
    """Every mail arrived once, whole, and marked as come through the tunnel from `peer`."""
    wait_until(lambda: len(sink.snapshot()) >= len(numbered), seconds,
               lambda: f"{len(numbered)} mails at the sink, {len(sink.snapshot())} are there")
    assert not sink.violations, sink.violations[:3]
    by_recipient = {}
    for delivery in sink.snapshot():
        for recipient in delivery.recipients:
            assert recipient not in by_recipient, f"two mails for {recipient}"
            by_recipient[recipient] = delivery
    for local, raw in numbered:
        recipient = f"{local}@{domain}"
        assert recipient in by_recipient, f"nothing for {recipient}"
        try:
            fields = original.added_fields(by_recipient[recipient].raw, raw)
        except original.NotWhole as error:
            raise AssertionError(f"{recipient}: {error}")
        result = original.field(fields, "Culvert-Result")
        assert len(result) == 1 and result[0].startswith(f"tunnel; peer={peer};"), f"{recipient}: Culvert-Result {result}"


def both_ways(lab, made):
    """Sends [(name, raw)] from a to b and from b to a; nothing of it may be refused."""
    pair = lab.pair()
    numbered = [(f"m{i}", raw) for i, (_, raw) in enumerate(made)]
    names = {f"m{i}": name for i, (name, _) in enumerate(made)}
    for node, sink, sender, domain, peer in ((pair.a, pair.at_b, "alice@a.example", "b.example", "a.example"),
                                             (pair.b, pair.at_a, "bob@b.example", "a.example", "b.example")):
        refused = send_all(node.inside, sender, domain, numbered)
        assert not refused, [(names[local], str(e)) for local, e in refused[:5]]
        check_all(sink, domain, numbered, peer)
    assert not pair.world.snapshot(), "mail left for the world"
    assert not pair.a.quarantine() and not pair.b.quarantine()
    return pair


def case_awkward_mails(lab):
    """500 generated awkward mails, in both directions."""
    both_ways(lab, mails.Awkward(seed=20260101).make(2000 if lab.full else 500))


def case_collected_mails(lab):
    """Every collected mail with strict line ends and a sound header, in both directions; the others get 554."""
    collected = lab.collected_mails()
    if not collected:
        raise Skip("the collected mails are not at hand (CULVERT_SHARED)")
    strict = [(name, raw) for name, raw in collected if mails.is_strict(raw) and mails.has_sound_header(raw)]
    others = [(name, raw) for name, raw in collected if mails.BARE.search(raw) or not mails.has_sound_header(raw)]
    assert strict and others, "both kinds are expected in the collection"
    pair = both_ways(lab, strict)
    for name, raw in others:
        for node in (pair.a, pair.b):
            recipient = "bob@b.example" if node is pair.a else "alice@a.example"
            with smtp.Session(node.inside) as session:
                try:
                    session.send(f"x@{node.domains[0]}", [recipient], raw, smtp.params_for(raw, session))
                except smtp.Refused as error:
                    assert error.reply.startswith("554"), f"{name}: {error}"
                else:
                    raise AssertionError(f"{name} has a bare LF or a line that is no field and was taken")
    lab.note(f"{len(strict)} mails both ways, {len(others)} with a bare LF or a line that is no field refused")


def case_large_mail(lab):
    """A mail of 40 MB, whose bytes arrive as they were."""
    pair = lab.pair()
    raw = mails.plain(1, size=40_000_000)
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], raw, timeout=120)
    lab.delivered_whole(pair.at_b, "bob@b.example", raw, seconds=120)


def case_several_recipients(lab):
    """Recipients of one mail each get it once; a Bcc recipient shows in nobody's copy."""
    pair = lab.pair()
    raw = mails.plain(1)
    everyone = [f"r{i}@b.example" for i in range(50)] + ["hidden@b.example"]
    smtp.send(pair.a.inside, "alice@a.example", everyone, raw)
    wait_until(lambda: sum(len(d.recipients) for d in pair.at_b.snapshot()) >= len(everyone), 30, "a copy for every recipient")
    got = [r for d in pair.at_b.snapshot() for r in d.recipients]
    assert sorted(got) == sorted(everyone), got
    for delivery in pair.at_b.snapshot():
        original.added_fields(delivery.raw, raw)
        assert b"hidden" not in delivery.raw


def case_forged_marks_are_removed(lab):
    """Culvert-* fields and Authentication-Results of the node's name that a sender wrote are gone; another's stays."""
    pair = lab.pair()
    forged = (b"Culvert-Result: tunnel; peer=bank.example; signed=yes\r\nAuthentication-Results: gate.b.example;\r\n smime=pass\r\n"
              b"Authentication-Results: other.example; spf=pass\r\n")
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], forged + mails.plain(1))
    wait_until(lambda: pair.at_b.snapshot(), 30, "the mail")
    header = pair.at_b.snapshot()[0].header
    assert b"bank.example" not in header and header.count(b"Culvert-Result:") == 1, header
    assert b"other.example; spf=pass" in header
    assert header.count(b"Authentication-Results: gate.b.example") == 1, header


def directions(pair):
    """(node that sends, sender, sink that gets, recipient), both ways."""
    return ((pair.a, "alice@a.example", pair.at_b, "bob@b.example"), (pair.b, "bob@b.example", pair.at_a, "alice@a.example"))


def case_swaks(lab):
    """A mail sent with swaks, both ways; the reference is what a wire beside the node saw."""
    swaks, pair = lab.need("swaks"), lab.pair()
    text = lab.path("mail.eml")
    text.write_bytes(mails.plain(1))
    for node, sender, sink, recipient in directions(pair):
        wire = lab.wire(lambda: node.inside, strip_starttls=True)
        done = subprocess.run([swaks, "--server", wire.address, "--from", sender, "--to", recipient, "--data", f"@{text}"],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        [sent] = wire.messages()
        assert b"quick brown fox" in sent.raw
        fields = lab.delivered_whole(sink, recipient, sent.raw)
        assert original.field(fields, "Culvert-Result")[0].startswith("tunnel;"), fields


def case_smtp_source(lab):
    """200 mails of 10 KB from Postfix's smtp-source over 10 connections, both ways: each as a wire beside the node saw it."""
    source, pair = lab.need("smtp-source"), lab.pair()
    for node, sender, sink, recipient in directions(pair):
        wire = lab.wire(lambda: node.inside, strip_starttls=True)
        done = subprocess.run([source, "-s", "10", "-m", "200", "-l", "10000", "-f", sender, "-t", recipient, wire.address],
                              capture_output=True, text=True, timeout=120, cwd="/")
        assert done.returncode == 0, done.stderr
        assert sink.wait_for(200, 60) == 200
        sent, got = [m.raw for m in wire.messages()], [d.raw for d in sink.snapshot()]
        assert len(sent) == 200 and len(set(sent)) > 1, "the mails are told apart by their Message-ID"
        digests = Counter(original.sha256(original.below_trace(raw)) for raw in got)
        assert digests == Counter(original.sha256(raw) for raw in sent), "other bytes came out than went in"
        assert all(b"Culvert-Result: tunnel;" in raw for raw in got)


def carried(wire):
    """{recipient: mail} of what was accepted."""
    return {m.recipients[0]: m.raw for m in wire.messages() if m.accepted}


def case_postfix_on_both_sides(lab):
    """Postfix hands mail to one node and gets it from the other; the references are what wires beside the nodes saw."""
    pair = lab.pair()
    into_a = lab.wire(lambda: pair.a.inside, strip_starttls=True)
    out_of_b = lab.wire(lambda: inner.address, strip_starttls=True)
    inner_sink = lab.sink()
    inner = lab.postfix(inner_sink.address, hostname="mail.b.example")
    outer = lab.postfix(into_a.address, hostname="mail.a.example")
    pair.b.set("delivery", inside=f"smtp://{out_of_b.address}")
    assert pair.b.stop() == 0
    pair.b.start()
    made = mails.Awkward(seed=77).make(500 if lab.full else 100)
    refused = send_all(outer.address, "alice@a.example", "b.example", [(f"m{i}", raw) for i, (_, raw) in enumerate(made)])
    assert not refused, refused[:3]
    wait_until(lambda: inner_sink.wait_for(len(made), 0) >= len(made), 120,
               lambda: f"{len(made)} mails behind the second Postfix, {len(inner_sink.snapshot())} are there\n{outer.log_tail()}")
    # The answer to a mail may pass a wire later than the mail passes the next server.
    wait_until(lambda: len(carried(into_a)) == len(carried(out_of_b)) == len(made), 30,
               lambda: f"{len(made)} mails seen at both wires, {len(carried(into_a))} and {len(carried(out_of_b))} are")
    handed_in, came_out = carried(into_a), carried(out_of_b)
    assert sorted(handed_in) == sorted(came_out)
    for recipient, raw in handed_in.items():
        original.added_fields(came_out[recipient], raw)


def case_dkim_signature_survives(lab):
    """A DKIM signature made before the tunnel verifies after it (python3-dkim)."""
    try:
        import dkim
    except ImportError:
        raise Skip("python3-dkim is not installed")
    openssl, pair = lab.need("openssl"), lab.pair()
    key = subprocess.run([openssl, "genrsa", "2048"], capture_output=True, check=True).stdout
    public = subprocess.run([openssl, "rsa", "-pubout", "-outform", "DER"], input=key, capture_output=True, check=True).stdout
    import base64
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    answer = {b"s1._domainkey.a.example.": record}
    every = [(f"m{i}", raw) for i, (_, raw) in enumerate(mails.Awkward(seed=5).make(40))
             if b"Subject" in raw and raw.endswith(b"\r\n") and raw.partition(b"\r\n\r\n")[0].isascii()]
    signed = []
    for local, raw in every:
        if b"X-UPPER : " in raw:
            continue  # dkimpy does not read a blank before the colon
        signature = dkim.sign(raw, b"s1", b"a.example", key, canonicalize=(b"simple", b"simple"), include_headers=[b"From", b"To", b"Subject", b"Date"])
        signed.append((local, signature + raw))
    assert not send_all(pair.a.inside, "alice@a.example", "b.example", signed)
    check_all(pair.at_b, "b.example", signed, "a.example")
    for delivery in pair.at_b.snapshot():
        assert dkim.verify(delivery.raw, dnsfunc=lambda name, timeout=5: answer.get(name)), f"{delivery.recipients}: does not verify"
    broken = pair.at_b.snapshot()[0].raw.replace(b"awkward", b"Awkward", 1)
    assert not dkim.verify(broken, dnsfunc=lambda name, timeout=5: answer.get(name)), "the check itself verifies anything"
    lab.note(f"{len(signed)} signed mails")
