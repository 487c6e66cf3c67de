"""Filling: what strangers and peers can put into the quarantine, and whom it never touches. Node b takes messages of at most
64 KiB, so that its shares are small: a stranger's holds some 2 MB, those of a peer 4 and 11 MB."""
import base64
import random
import time

from harness import mails, smtp
from harness.disk import database, flipped
from harness.until import wait_until

SMALL = {"smtp": {"max_message_size": "64KiB"}}
JUNK = 1_000_000  # octets of one sealed mail that nobody can open
STRANGER, OTHER = "127.1.1.1", "127.1.2.1"
RANDOM = random.Random(8)


def small_pair(lab, **options):
    pair = lab.pair(settings_b={**SMALL, **options})
    pair.sealed = captured(pair, 1, "first@b.example")
    return pair


def captured(pair, number, recipient, **options):
    """A mail that passed from a to b, as anybody between them sees it, and was delivered."""
    smtp.send(pair.a.inside, "alice@a.example", [recipient], mails.plain(number, recipient=recipient, **options))
    wait_until(lambda: pair.at_b.to(recipient), 30, lambda: f"mail {number} for {recipient}\n{pair.b.log_tail()}")
    return pair.ab.messages()[-1].raw


def junk(pair, size=JUNK):
    """Sealed for b by what everybody can read of it, and not to be opened: other content behind the same recipient."""
    head, _, body = pair.sealed.partition(b"\r\n\r\n")
    front = body[:78 * 16]  # the recipient stands there
    more = base64.b64encode(RANDOM.randbytes((size - len(front)) * 3 // 4 // 57 * 57))
    lines = [more[i:i + 76] for i in range(0, len(more), 76)]
    return head + b"\r\n\r\n" + front + b"\r\n".join(lines) + b"\r\n"


def offer(pair, raw, source, sender="mallory@evil.example"):
    """The code that node b gives to it."""
    try:
        return smtp.send(pair.b.outside, sender, ["bob@b.example"], raw, source=source)[:9]
    except smtp.Refused as refused:
        return refused.reply[:9]


def settled(pair):
    """Waits until what was taken was opened or held."""
    wait_until(lambda: not [e for e in pair.b.queue() if e["path"] == "open"], 30, lambda: f"nothing waits to be opened: {pair.b.queue()}")


def fill(pair, source, sender="mallory@evil.example", most=40, size=JUNK):
    """Until no more is taken; how many were."""
    for taken in range(most):
        if not offer(pair, junk(pair, size), source, sender).startswith("250"):
            return taken
        settled(pair)
    raise AssertionError(f"{most} mails of {size} octets from {source} were all taken: {pair.b.data}")


def peers_mail_flows(pair, number):
    raw = mails.plain(number)
    start = time.monotonic()
    smtp.send(pair.a.inside, "alice@a.example", [f"m{number}@b.example"], raw)
    wait_until(lambda: pair.at_b.to(f"m{number}@b.example"), 20, lambda: f"the peer's mail\n{pair.a.queue()}\n{pair.b.log_tail()}")
    return time.monotonic() - start


def clear_mail_flows(pair, number, source):
    smtp.send(pair.b.outside, "jo@d.example", [f"c{number}@b.example"], mails.plain(number, size=60_000), source=source)
    wait_until(lambda: pair.at_b.to(f"c{number}@b.example"), 20, "mail in clear")


def held_bytes(pair):
    return sum(pair.b.json("quarantine", "show", item["id"])["size_bytes"] for item in pair.b.quarantine())


def case_filling_by_a_stranger_of_one_network(lab):
    """He fills the share of his network, whatever address, sender and size he uses, and nobody notices."""
    pair = small_pair(lab)
    taken = fill(pair, STRANGER, most=6)
    assert 1 <= taken <= 3, taken
    for source in (STRANGER, "127.1.1.254"):
        for sender in ("mallory@evil.example", "", "alice@a.example", "other@d.example"):
            assert offer(pair, junk(pair), source, sender) == "452 4.3.1", (source, sender)
    assert offer(pair, junk(pair), OTHER) == "250 2.0.0"
    clear_mail_flows(pair, 2, STRANGER)
    lab.note(f"{taken} mails of {JUNK} octets taken; then the peer's mail took {peers_mail_flows(pair, 3):.2f} s")
    full = pair.b.json("status")["quarantine"]["full"]
    assert [f["source"] for f in full] == ["127.1.1.0/24"], full
    assert pair.b.log_text().count("quarantine:") <= 2, "an administrator is told at most hourly"


def case_filling_by_strangers_of_many_networks(lab):
    """Forty networks fill what strangers have together; the peer's mail is opened, and kept if it cannot be. `drop --all` makes room."""
    pair = small_pair(lab)
    taken = sum(fill(pair, f"127.2.{n}.1", most=6) for n in range(40))
    assert taken <= 11, taken
    assert offer(pair, junk(pair), "127.3.1.1") == "452 4.3.1"
    clear_mail_flows(pair, 2, "127.3.1.1")
    before = len(pair.b.quarantine())
    peers_mail_flows(pair, 3)
    assert offer(pair, junk(pair, 20_000), "127.0.0.1") == "250 2.0.0", "altered on the way from the peer"
    wait_until(lambda: len(pair.b.quarantine()) == before + 1, 20, "it is held")
    assert "all strangers together" in [f["source"] for f in pair.b.json("status")["quarantine"]["full"]]
    assert held_bytes(pair) < 12_000_000
    assert pair.b.json("quarantine", "drop", "--all", "--reason", "no-such-reason") == {"dropped": 0}
    assert pair.b.json("quarantine", "drop", "--all") == {"dropped": before + 1}
    assert offer(pair, junk(pair), "127.3.1.1") == "250 2.0.0"


def case_filling_by_a_peer(lab):
    """What comes from the peer's hosts, and nobody can open, takes that peer's room and nobody else's."""
    pair = small_pair(lab)
    taken = fill(pair, "127.0.0.1")
    assert 8 <= taken <= 16, taken
    assert offer(pair, junk(pair, 20_000), STRANGER) == "250 2.0.0"
    clear_mail_flows(pair, 2, "127.0.0.1")
    lab.note(f"{taken} mails of {JUNK} octets taken, {held_bytes(pair)} octets held")
    pair.b.command("quarantine", "drop", "--all")
    peers_mail_flows(pair, 3)


def looping(number):
    """It has passed b too often: a cannot know, and b does not hand it on."""
    return b"Received: from x by gate.b.example (Culvert outside) with ESMTP id x; Thu, 01 Jan 2026 12:00:00 +0000\r\n" * 6 + \
        mails.plain(number, sender="greedy@a.example", size=55_000)


def case_filling_by_one_user_of_a_peer(lab):
    """Signed by the peer, and cannot be handed on: up to the peer's share it is held, then it goes back to its sender through the tunnel."""
    pair, sent = small_pair(lab), 180
    with smtp.Session(pair.a.inside) as session:
        for number in range(sent):
            session.send("greedy@a.example", [f"x{number}@b.example"], looping(number))
    wait_until(lambda: not pair.a.queue() and not pair.b.queue(), 90, lambda: f"all is settled: {pair.a.queue()[:2]} {pair.b.queue()[:2]}\n{pair.b.log_tail()}")
    reports = wait_until(lambda: pair.at_a.to("greedy@a.example"), 20, "reports for the sender")
    held = pair.b.json("quarantine", "list", "--limit", "1000")["items"]
    assert held_bytes_of(pair, held) < 12_000_000 and len(held) > 50, len(held)
    assert len(held) + len(reports) == sent, "nothing vanishes, nothing comes twice"
    assert all(b"Status: 5.2.2" in r.raw for r in reports)
    assert not [m for m in pair.ba.messages() if b"5.2.2" in m.raw], "the reports went through the tunnel"
    lab.note(f"of {sent} mails {len(held)} are held, {len(reports)} went back; then a good one took {peers_mail_flows(pair, 999):.2f} s")


def held_bytes_of(pair, items):
    return sum(pair.b.json("quarantine", "show", item["id"])["size_bytes"] for item in items[:3]) // 3 * len(items)


def case_filling_by_a_captured_mail(lab):
    """The same sealed mail again and again, from anywhere, also after a restart and after its item was dropped, is held once."""
    pair = small_pair(lab)
    smtp.send(pair.a.inside, "alice@a.example", ["loop@b.example"], looping(2))
    wait_until(lambda: len(pair.b.quarantine()) == 1, 30, "it is held")
    sealed = pair.ab.messages()[-1].raw
    for source in ("127.0.0.1", STRANGER, OTHER):
        for raw in (sealed, b"X-Other: y\r\n" + sealed):
            assert offer(pair, raw, source) == "250 2.0.0"
    settled(pair)
    assert len(pair.b.quarantine()) == 1, pair.b.quarantine()
    assert pair.b.stop() == 0
    pair.b.start()
    assert offer(pair, sealed, STRANGER) == "250 2.0.0"
    pair.b.command("quarantine", "drop", "--all")
    assert offer(pair, sealed, OTHER) == "250 2.0.0"
    settled(pair)
    assert not pair.b.quarantine()
    unknown = junk(pair, 20_000)
    for _ in range(4):
        assert offer(pair, unknown, STRANGER) == "250 2.0.0"
    settled(pair)
    assert len(pair.b.quarantine()) == 1


def case_filling_behind_an_edge(lab):
    """Every client is the edge: the domain of the outer sender counts, and a peer's domain has that peer's room."""
    pair = small_pair(lab, **{"smtp.outside": {"networks": ["127.0.0.0/8"]}})
    taken = fill(pair, STRANGER, "mallory@evil.example", most=6)
    assert 1 <= taken <= 3, taken
    assert offer(pair, junk(pair), OTHER, "other@EVIL.example") == "452 4.3.1"
    assert offer(pair, junk(pair), OTHER, "jo@d.example") == "250 2.0.0"
    assert 1 <= fill(pair, STRANGER, "", most=6) <= 3
    clear_mail_flows(pair, 2, STRANGER)
    peers_mail_flows(pair, 3)


def case_decryption_oracle_at_the_brim(lab):
    """With a full share the answer is the same for what opens, what does not, and what is for somebody else; at the same stage, in the same time."""
    pair = small_pair(lab)
    other = lab.pair()
    foreign = captured(other, 5, "x@b.example")
    fill(pair, STRANGER)
    while offer(pair, junk(pair, 30_000), STRANGER).startswith("250"):
        settled(pair)
    head, _, body = pair.sealed.partition(b"\r\n\r\n")
    swapped = bytes([body[-100] ^ 1]) if body[-100] not in b"\r\n" else b"A"
    probes = {"came before": pair.sealed, "junk": junk(pair, len(pair.sealed)), "altered": head + b"\r\n\r\n" + body[:-100] + swapped + body[-99:],
              "for another node": foreign, "cut": head + b"\r\n\r\n" + body[:78 * 20], "no CMS": head + b"\r\n\r\nAAAA\r\n"}
    longest = max(map(len, probes.values()))
    answers, times = {}, {}
    for name, raw in probes.items():
        padded = b"X-Pad: " + b"x" * (longest - len(raw)) + b"\r\n" + (b"X-More: " + b"x" * 900 + b"\r\n") * 100 + raw
        start = time.monotonic()
        answers[name] = offer(pair, padded, STRANGER)
        times[name] = time.monotonic() - start
    assert set(answers.values()) == {"452 4.3.1"}, answers
    lab.note(f"{len(probes)} probes, answered in {min(times.values()) * 1000:.1f} to {max(times.values()) * 1000:.1f} ms")


def case_commands(lab):
    """Lists in pages and by reason, releases, and drops by name, by reason and all."""
    pair = small_pair(lab)
    for number in range(5):
        assert offer(pair, junk(pair, 20_000), "127.0.0.1") == "250 2.0.0"
    smtp.send(pair.a.inside, "alice@a.example", ["loop@b.example"], looping(2))
    items = wait_until(lambda: len(pair.b.quarantine()) == 6 and pair.b.quarantine(), 30, "all are held")
    seen, page = [], {"next": None}
    while not seen or page["next"]:
        page = pair.b.json("quarantine", "list", "--limit", "4", *(["--from", page["next"]] if page["next"] else []))
        seen += page["items"]
    assert seen == items
    loops = pair.b.json("quarantine", "list", "--reason", "mail-loop")["items"]
    assert len(loops) == 1 and loops[0]["expires"] > loops[0]["since"], loops
    assert pair.b.json("quarantine", "release", "--all", "--reason", "mail-loop") == {"released": 1}
    wait_until(lambda: len(pair.b.quarantine()) == 6, 20, "it cannot be handed on still, and came back")
    pair.b.command("quarantine", "drop", status=2)
    ids = [item["id"] for item in items if item["reason"] != "mail-loop"]  # ids of one second are in no order
    pair.b.command("quarantine", "drop", "--all", ids[0], status=2)
    pair.b.command("quarantine", "drop", ids[0], "0" * 32, status=1)
    assert len(pair.b.quarantine()) == 6, "all that are named, or none"
    assert pair.b.json("quarantine", "drop", ids[0], ids[1]) == {"dropped": 2}
    assert pair.b.json("quarantine", "drop", "--all", "--reason", "mail-loop") == {"dropped": 1}
    assert pair.b.json("quarantine", "drop", "--all") == {"dropped": 3}


def case_an_item_altered_on_disk_can_be_dropped(lab):
    """Its record does not open any more: the others are there, and the command that `check` names removes it."""
    pair = small_pair(lab)
    for _ in range(3):
        assert offer(pair, junk(pair, 20_000), STRANGER) == "250 2.0.0"
    settled(pair)
    assert pair.b.stop() == 0
    with database(pair.b.data) as disk:
        records = disk.records("quarantine")
        key = sorted(records)[1]
        disk.put("quarantine", key, flipped(records[key]))
    pair.b.start()
    left = [item["id"] for item in pair.b.quarantine()]
    assert len(left) == 2 and key.hex() not in left, left
    pair.b.command("quarantine", "drop", left[0], "0" * 32, status=1)
    assert pair.b.json("quarantine", "drop", key.hex()) == {"dropped": 1}
    assert not any("set aside" in f["text"] for f in pair.b.json("check")["findings"])
    assert pair.b.json("quarantine", "drop", "--all") == {"dropped": 2}
