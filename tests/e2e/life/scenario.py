"""The life of a pair: what administrators live through, by the texts that the program prints."""
import shutil
import signal
import time

from harness import smtp
from harness.shifted_clock import Calendar
from harness.until import wait_until


def letter(sender, number):
    return f"From: {sender}\r\nSubject: {number}\r\nMessage-ID: <{number}.{sender}>\r\n\r\nwords {number}\r\n".encode()


def exchange(pair, number, seconds=30):
    """One mail each way; both arrive marked as the partner's, and none is held."""
    for sender, recipient, node, sink in (("alice@a.example", "bob@b.example", pair.a, pair.at_b), ("bob@b.example", "alice@a.example", pair.b, pair.at_a)):
        smtp.send(node.inside, sender, [recipient], letter(sender, number))
        got, = wait_until(lambda: [m for m in sink.to(recipient) if m.raw.endswith(letter(sender, number))], seconds,
                          lambda: f"mail {number} of {sender}\n{pair.a.log_tail()}\n---\n{pair.b.log_tail()}")
        assert b"signed=yes" in got.header, got.header
    assert not pair.a.quarantine() and not pair.b.quarantine()


def warned(node, *words):
    return any(all(w in line for w in words) for line in node.json("status")["warnings"])


def put_back(node, copy):
    """The node goes on from an older copy of its directory."""
    assert node.stop() == 0
    shutil.rmtree(node.data)
    shutil.copytree(copy, node.data)
    node.start()


def change_card(node, domains):
    """Something on the node's card changes."""
    node.set("node", domains=domains)
    assert node.stop() == 0
    node.start()


def case_a_directory_that_was_copied_back(lab):
    """b goes on from a copy of its data directory. Its status says what to do, one command does it, and nobody at a has to act; a second time a has to."""
    pair = lab.pair()
    copy = lab.path("copy")
    assert pair.b.stop() == 0
    shutil.copytree(pair.b.data, copy)
    pair.b.start()
    change_card(pair.b, ["b.example", "more.example"])
    wait_until(lambda: "more.example" in pair.a.routes(), 20, lambda: pair.a.log_tail())
    change_card(pair.b, ["b.example"])
    wait_until(lambda: "more.example" not in pair.a.routes(), 20, lambda: pair.a.log_tail())
    exchange(pair, 1)

    time.sleep(1.1)  # times have seconds
    put_back(pair.b, copy)
    change_card(pair.b, ["b.example", "other.example"])
    wait_until(lambda: warned(pair.b, "culvert peer renew"), 20, lambda: pair.b.json("status")["warnings"])
    pair.b.command("peer", "renew", "--yes")
    wait_until(lambda: "other.example" in pair.a.routes() and pair.a.routes()["b.example"]["state"] == "active", 30, lambda: f"{pair.a.routes()}\n{pair.a.log_tail()}")
    wait_until(lambda: not warned(pair.b, "renew"), 20, lambda: pair.b.json("status")["warnings"])
    exchange(pair, 2)

    time.sleep(1.1)
    put_back(pair.b, copy)
    change_card(pair.b, ["b.example", "other.example", "third.example"])
    wait_until(lambda: warned(pair.a, "peer resume"), 20, lambda: pair.a.json("status")["warnings"])
    wait_until(lambda: warned(pair.b, "holds mail", "peer renew"), 20, lambda: pair.b.json("status")["warnings"])
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], letter("alice@a.example", 3))
    wait_until(lambda: any("a copy of its key" in e["reason"] for e in pair.a.queue()), 20, lambda: pair.a.json("queue", "list"))
    time.sleep(1.1)
    pair.b.command("peer", "renew", "--yes")
    wait_until(lambda: warned(pair.b, "holds mail"), 20, lambda: pair.b.json("status")["warnings"])
    assert warned(pair.a, "peer resume")
    done = pair.a.command("peer", "resume", "b.example", "--yes", status=1)
    assert "--incarnation" in done.stderr, done.stderr
    other = pair.b.json("status")["incarnation"]  # as b's administrator says on the telephone
    wait_until(lambda: other in pair.a.command("peer", "show", "b.example").stdout, 20, lambda: pair.a.log_tail())
    shown = pair.a.command("peer", "show", "b.example").stdout
    assert "the present one" in shown and "the other one" in shown and "127.0.0.1" in shown, shown
    pair.a.command("peer", "resume", "b.example", "--incarnation", other, "--yes")
    wait_until(lambda: any(m.raw.endswith(letter("alice@a.example", 3)) for m in pair.at_b.to("bob@b.example")), 30, lambda: f"{pair.a.log_tail()}\n---\n{pair.b.log_tail()}")
    exchange(pair, 4)
    assert not warned(pair.a, "resume") and not warned(pair.b, "renew")


def case_a_disk_that_was_lost(lab):
    """b's disk is gone, with its identity, and nobody has a copy. A new node gets a code; what a had sealed for the dead key waits, and goes on."""
    pair = lab.pair()
    exchange(pair, 1)
    assert pair.b.stop() == 0
    shutil.rmtree(pair.b.data)
    done = pair.b.command("serve", status=1)
    assert "init --new-store" in done.stderr and "copy" in done.stderr, done.stderr
    done = pair.b.command("init", "--domain", "b.example", status=1)
    assert "init --new-store" in done.stderr, done.stderr
    pair.b.command("init", "--new-store")
    pair.b.start()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], letter("alice@a.example", 2))
    wait_until(lambda: any("pair again" in e["reason"] for e in pair.a.queue()), 20, lambda: pair.a.json("queue", "list"))
    assert len(pair.at_b.to("bob@b.example")) == 1, "no ciphertext for people"
    told = pair.a.command("peer", "invite", "b.example", "--replace").stdout
    assert "b.example is in use by gate.b.example" in told, told
    code = next(line for line in told.splitlines() if line.startswith("culvert1-"))
    pair.b.command("peer", "accept", code, "--yes")
    pair.a.command("route", "wait", "b.example")
    pair.b.command("route", "wait", "a.example")
    wait_until(lambda: len(pair.at_b.to("bob@b.example")) == 2, 30, lambda: f"{pair.a.log_tail()}\n---\n{pair.b.log_tail()}")
    exchange(pair, 3)
    states = [(r["peer"], r["state"]) for r in pair.a.json("route", "list") if r["domain"] == "b.example"]
    assert sorted(s for _, s in states) == ["active", "withdrawn"], states
    assert not warned(pair.a, "b.example is withdrawn"), pair.a.json("status")["warnings"]


def introduce(pair, lab):
    """Each learns of the other without a code: a by b's URL, b by a file of a's. Both print the same number."""
    card = lab.path("a.card")
    card.write_text(pair.a.command("peer", "export").stdout)
    first = pair.b.json("peer", "import", str(card), "--domain", "a.example")
    second = pair.a.json("peer", "add", "b.example", "--url", f"https://{pair.b.peering}")
    assert first["number"] == second["number"] and len(first["number"].replace(" ", "")) == 60, (first, second)
    assert first["state"] == "unconfirmed" == pair.b.json("peer", "list")[0]["state"]
    return first["number"]


def case_two_pair_by_a_number_that_they_compare(lab):
    """No code: a file and a URL, then sixty digits that both type. Until both did, nothing is sealed and nothing opened."""
    pair = lab.strangers()
    number = introduce(pair, lab)
    wrong = number.replace(number[0], str((int(number[0]) + 1) % 10))
    done = pair.a.command("peer", "confirm", "b.example", wrong, status=1)
    assert "not the number" in done.stderr, done.stderr
    pair.a.command("peer", "confirm", "b.example", *number.split())
    time.sleep(3)
    assert pair.a.routes()["b.example"]["state"] != "active" and pair.b.json("peer", "list")[0]["state"] == "unconfirmed"
    pair.b.command("peer", "confirm", "a.example", number)
    pair.a.wait_route("b.example")
    pair.b.wait_route("a.example")
    exchange(pair, 1)


def case_without_https_everything_goes_by_mail(lab):
    """Neither reaches the other's peering port, ever: paired by files, proved, renewed and told by mail alone."""
    calendar = Calendar(lab)
    closed = {"peering": {"url": "https://127.0.0.1:9", "listen": ["127.0.0.1:0"], "private_addresses": True}}
    options = {"prefix": calendar.prefix}
    pair = lab.strangers(settings_a=closed, settings_b=closed, a_options=options, b_options=options)
    cards = {}
    for node, domain in ((pair.a, "a.example"), (pair.b, "b.example")):
        cards[domain] = lab.path(f"{domain}.card")
        cards[domain].write_text(node.command("peer", "export").stdout)
    number = pair.a.json("peer", "import", str(cards["b.example"]), "--domain", "b.example")["number"]
    assert pair.b.json("peer", "import", str(cards["a.example"]), "--domain", "a.example")["number"] == number
    pair.a.command("peer", "confirm", "b.example", number)
    pair.b.command("peer", "confirm", "a.example", number)
    pair.a.wait_route("b.example")
    pair.b.wait_route("a.example")
    for _ in range(3):  # an hour without HTTPS, then cards and lists go by mail
        time.sleep(1.2)
        calendar.advance(1 / 24)
    exchange(pair, 1)
    change_card(pair.b, ["b.example", "more.example"])
    for _ in range(2):
        time.sleep(1.2)
        calendar.advance(1 / 24)
    wait_until(lambda: "more.example" in pair.a.routes(), 30, lambda: pair.a.log_tail())
    pair.b.command("cert", "renew")
    for day in range(8):
        time.sleep(1.2)
        calendar.advance(1)
    time.sleep(1.2)
    exchange(pair, 2)
    pair.a.command("peer", "remove", "b.example", "--yes")
    for _ in range(2):
        time.sleep(1.2)
        calendar.advance(1 / 24)
    wait_until(lambda: pair.b.json("peer", "list")[0]["state"] == "removed", 30, lambda: pair.b.log_tail())


def case_a_key_that_others_may_have_is_revoked(lab):
    """b revokes its tunnel keys while mail waits, then its identity; at last a node that is gone is revoked by the file that `init` wrote."""
    pair = lab.pair()
    exchange(pair, 1)
    before = {c["name"]: c["fingerprint"] for c in reversed(pair.b.json("cert", "list"))}
    for name in ("tunnel-sign", "tunnel-encrypt"):
        pair.b.command("cert", "revoke", name, "--yes")
    exchange(pair, 2)
    newest = {c["name"]: c["fingerprint"] for c in reversed(pair.b.json("cert", "list"))}
    assert all(newest[name] != before[name] for name in ("tunnel-sign", "tunnel-encrypt")), newest
    file, = pair.a.folder.glob("revocation-*.pem")
    assert pair.b.json("peer", "import", str(file))["identity"] is True
    assert pair.b.json("peer", "list")[0]["state"] == "removed"
    time.sleep(1.2)  # a running node acts on it within a second
    smtp.send(pair.b.inside, "bob@b.example", ["alice@a.example"], letter("bob@b.example", 3))
    wait_until(lambda: any("withdrawn" in e["reason"] for e in pair.b.queue()), 20, lambda: pair.b.json("queue", "list"))
    assert len(pair.at_a.to("alice@a.example")) == 2
    done = pair.b.command("peer", "accept", pair.a.invite("b.example"), "--yes", status=1)
    assert "revoked" in done.stderr, done.stderr


def third_node(lab, pair, domains):
    """c, beside a and b: mail between a and c goes directly."""
    at_c = lab.sink()
    c = lab.node(domains[0], settings={"node": {"domains": domains}})
    c.set("delivery", inside=f"smtp://{at_c.address}", outside=f"smtp://{pair.world.address}")
    c.set("delivery.hosts", **{"a.example": f"smtp://{pair.a.outside}"})
    c.start()
    pair.a.set("delivery.hosts", **{"c.example": f"smtp://{c.outside}"})
    pair.a.process.send_signal(signal.SIGHUP)
    return c, at_c


def restart_with(node, domains):
    node.set("node", domains=domains)
    assert node.stop() == 0
    node.start()


def case_a_domain_moves_and_is_not_stolen(lab):
    """Three organisations. c claims a domain of b's and gets nothing, not even when a asks for a proof; then b gives it up, c takes it over, and what was
    written meanwhile waits for it."""
    pair = lab.strangers(settings_b={"node": {"domains": ["b.example", "shop.example"]}})
    pair.a.set("delivery.hosts", **{"shop.example": f"smtp://{pair.ab.address}"})
    pair.a.process.send_signal(signal.SIGHUP)
    pair.b.command("peer", "accept", pair.a.invite("b.example", "shop.example"), "--yes")
    pair.a.command("route", "wait", "shop.example")
    c, at_c = third_node(lab, pair, ["c.example"])
    c.command("peer", "accept", pair.a.invite("c.example"), "--yes")
    pair.a.wait_route("c.example")

    def states():
        return {r["peer"]: r["state"] for r in pair.a.json("route", "list") if r["domain"] == "shop.example"}

    restart_with(c, ["c.example", "shop.example"])
    wait_until(lambda: "gate.c.example" in states(), 20, lambda: pair.a.log_tail())
    done = pair.a.command("route", "approve", "shop.example", "--peer", "gate.c.example", status=1)
    assert "in use by gate.b.example" in done.stderr, done.stderr
    pair.a.command("route", "prove", "shop.example")
    time.sleep(3)
    assert states()["gate.b.example"] == "active" and states()["gate.c.example"] != "active", states()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@shop.example"], letter("alice@a.example", 1))
    wait_until(lambda: pair.at_b.to("bob@shop.example"), 20, lambda: pair.a.log_tail())
    assert not at_c.to("bob@shop.example")

    restart_with(pair.b, ["b.example"])
    wait_until(lambda: states()["gate.b.example"] == "withdrawn", 20, lambda: pair.a.log_tail())
    smtp.send(pair.a.inside, "alice@a.example", ["bob@shop.example"], letter("alice@a.example", 2))
    wait_until(lambda: any("withdrawn" in e["reason"] or "claimed" in e["reason"] for e in pair.a.queue()), 20, lambda: pair.a.json("queue", "list"))
    pair.a.set("delivery.hosts", **{"shop.example": f"smtp://{c.outside}"})
    pair.a.process.send_signal(signal.SIGHUP)
    pair.a.command("route", "approve", "shop.example", "--peer", "gate.c.example")
    wait_until(lambda: at_c.to("bob@shop.example"), 40, lambda: f"{states()}\n{pair.a.log_tail()}")
    assert at_c.to("bob@shop.example")[0].raw.endswith(letter("alice@a.example", 2)) and len(pair.at_b.to("bob@shop.example")) == 1
    assert states() == {"gate.b.example": "withdrawn", "gate.c.example": "active"} and not pair.world.snapshot()
    exchange(pair, 3)
