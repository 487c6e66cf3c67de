"""Pairing: what an invitation allows, what it does not, and who gets a route."""
import http.client
import re
import shutil
import signal
import ssl
import time

from harness import mails, smtp
from harness.node import CommandFailed
from harness.until import wait_until

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def refusal(node, code):
    """Exit status and error of `peer accept`, which must fail."""
    done = node.command("--json", "peer", "accept", code, "--yes", status=None)
    assert done.returncode == 1, f"status {done.returncode}: {done.stdout}{done.stderr}"
    import json
    return json.loads(done.stdout)["error"]


def altered(code):
    """The code with its secret changed and a checksum that fits can only be made by its format; so a typing error: the last letters."""
    return code[:-2] + "".join(ALPHABET[(ALPHABET.index(c) + 1) % 32] for c in code[-2:])


def case_two_commands_make_a_pair(lab):
    """invite, accept; both routes become active; each side lists the other by fingerprint and domain."""
    start = time.monotonic()
    pair = lab.pair()
    lab.note(f"start, pairing and proof of both domains: {time.monotonic() - start:.1f} s")
    for node, peer in ((pair.a, pair.b), (pair.b, pair.a)):
        listed = node.json("peer", "list")
        assert [p["fingerprint"] for p in listed] == [peer.fingerprint] and listed[0]["state"] == "paired", listed
        assert listed[0]["domains"] == peer.domains
        assert node.routes()[peer.domains[0]]["state"] == "active"
    used, = pair.a.json("status")["used_invitations"]
    assert (used["fingerprint"], used["address"], used["peer"]) == (pair.b.fingerprint, "127.0.0.1", "gate.b.example"), used
    assert pair.b.json("status")["used_invitations"] == []
    digits = shown_fingerprint(pair.b.command("status"))
    shown = pair.a.command("status").stdout
    assert digits in shown and "from 127.0.0.1 by gate.b.example" in shown, shown
    assert shown_fingerprint(pair.a.command("peer", "show", "b.example")) == digits


def shown_fingerprint(done):
    """The sixty digits that people see."""
    return re.search(r"^fingerprint +((?:\d{5} ){11}\d{5})$", done.stdout, re.M).group(1)


def case_a_code_shows_its_givers_digits(lab):
    """`peer accept` shows the inviter's fingerprint as its own node shows it."""
    pair = lab.strangers()
    done = pair.b.command("peer", "accept", pair.a.invite("b.example"), "--yes")
    assert shown_fingerprint(pair.a.command("status")) in done.stderr, done.stderr


def case_used_and_expired_codes_are_told_to_who_has_them(lab):
    """Who has the code hears that it is used or expired, an unknown one gets an empty refusal; a typing error is found without asking anybody."""
    pair = lab.strangers()
    other = lab.node("b.example", name="gate.other.example")
    other.start()
    unknown = forgotten_invitation(lab, pair.a)
    used, expired = pair.a.invite("b.example"), pair.a.invite("b.example", valid="1s")
    pair.b.accept(used)
    time.sleep(1.5)
    answers = {name: refusal(other, code) for name, code in (("used", used), ("expired", expired), ("unknown", unknown))}
    assert {e["code"] for e in answers.values()} == {"refused"}, answers
    assert "used by another node" in answers["used"]["text"] and "has expired" in answers["expired"]["text"], answers
    assert answers["unknown"]["text"].endswith("refused the message (HTTP 403)"), answers
    typing = other.command("peer", "accept", altered(used), "--yes", status=None)
    assert typing.returncode in (1, 2) and typing.stderr, typing
    assert [p["fingerprint"] for p in pair.a.json("peer", "list")] == [pair.b.fingerprint]


def forgotten_invitation(lab, node):
    """A well-formed invitation by `node` that it does not know: its data directory is set back to before it was made."""
    before = lab.path("before")
    assert node.stop() == 0
    shutil.copytree(node.data, before)
    node.start()
    code = node.invite("b.example")
    assert node.stop() == 0
    shutil.rmtree(node.data)
    shutil.copytree(before, node.data)
    node.start()
    return code


def case_a_used_code_may_be_repeated_by_its_user(lab):
    """The identity that used a code rightly gets the stored answer again; nothing changes."""
    pair = lab.strangers()
    code = pair.a.invite("b.example")
    first = pair.b.accept(code)
    pair.a.wait_route("b.example")
    again = pair.b.accept(code)
    assert again["fingerprint"] == first["fingerprint"] == pair.a.fingerprint
    assert len(pair.a.json("peer", "list")) == 1
    assert pair.a.routes()["b.example"]["state"] == "active"


def case_a_foreign_domain_gets_no_route(lab):
    """A node that claims somebody else's domain does not get its mail: its proof goes where the domain's mail goes."""
    pair = lab.strangers()
    thief = lab.node("b.example", name="gate.thief.example")
    thief.set("delivery.hosts", **{"a.example": f"smtp://{pair.ba.address}"})
    thief.start()
    thief.accept(pair.a.invite("b.example"))
    time.sleep(3)
    assert pair.a.command("route", "wait", "b.example", "--timeout", "5s", status=None, timeout=60).returncode == 1
    assert pair.a.routes()["b.example"]["state"] in ("claimed", "proving")
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    lab.delivered_whole(pair.at_b, "bob@b.example", mails.plain(1))
    assert b"culvert-peering@b.example" in pair.ab.bytes_seen(), "the challenge did not go where the domain's mail goes"


def case_domains_nobody_named_stay_inactive(lab):
    """A card with more domains than were named makes only the named one active."""
    pair = lab.strangers(settings_b={"node": {"domains": ["b.example", "bank.example"]}})
    pair.b.accept(pair.a.invite("b.example"))
    pair.a.wait_route("b.example")
    routes = pair.a.routes()
    assert routes["b.example"]["state"] == "active"
    assert routes.get("bank.example", {"state": "claimed"})["state"] in ("claimed", "proving", "proved"), routes


def case_removed_stays_removed_until_a_new_code(lab):
    """After `peer remove` nothing of the identity counts, its node hears of it, and mail waits on both sides instead of going clear; a new code pairs
    the two again."""
    pair = lab.pair()
    old_code = pair.a.invite("b.example")
    time.sleep(1.1)  # times have seconds
    pair.a.command("peer", "remove", "b.example", "--yes")
    assert pair.a.json("peer", "list")[0]["state"] == "removed"
    wait_until(lambda: pair.b.json("peer", "list")[0]["state"] == "removed", 20, lambda: pair.b.log_tail())
    for node, domain in ((pair.a, "b.example"), (pair.b, "a.example")):
        assert node.routes()[domain]["state"] == "withdrawn"
        assert any(domain in w and "route release" in w for w in node.json("status")["warnings"]), node.json("status")["warnings"]
    assert "ended the pairing" in pair.b.log_text() and "was told that the pairing has ended" in pair.a.log_text()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    smtp.send(pair.b.inside, "bob@b.example", ["alice@a.example"], mails.plain(2))
    time.sleep(1)
    assert len(pair.a.queue()) == 1 == len(pair.b.queue()) and not pair.world.snapshot()
    assert refusal(pair.b, old_code)["code"] == "refused"
    pair.b.command("peer", "accept", pair.a.invite("b.example"), "--yes")
    wait_until(lambda: pair.at_b.to("bob@b.example") and pair.at_a.to("alice@a.example"), 30, lambda: f"{pair.a.log_tail()}\n---\n{pair.b.log_tail()}")
    assert pair.a.json("peer", "list")[0]["state"] == "paired" == pair.b.json("peer", "list")[0]["state"]
    seen = pair.wires_seen()
    assert b"quick brown fox" not in seen


def case_refusals_over_https_are_empty(lab):
    """What is not a right peering message gets 403 with an empty body, always the same; the card is public."""
    pair = lab.strangers()
    host, _, port = pair.a.peering.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    def ask(method, path, body=None):
        connection = http.client.HTTPSConnection(host, int(port), context=context, timeout=20)
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    card = ask("GET", "/peering/1/card")
    assert card[0] == 200 and len(card[1]) > 500
    for body in (b"", b"garbage", card[1], b"\x30\x80" * 1000, b"x" * 900_000):
        assert ask("POST", "/peering/1/message", body) == (403, b""), body[:20]
    assert wait_until(lambda: ask("GET", "/peering/1/card")[0] == 200, 5, "the node still answers")


def case_an_added_domain_is_approved_and_released(lab):
    """b serves one more domain. a is told which command lets b have it; then its mail is sealed; and only a release lets it go in clear."""
    pair = lab.pair()
    pair.b.set("node", domains=["b.example", "new.example"])
    assert pair.b.stop() == 0
    pair.b.start()
    wait_until(lambda: "new.example" in pair.a.routes(), 20, lambda: f"the new card came\n{pair.a.log_tail()}")
    pair.a.set("delivery.hosts", **{"new.example": f"smtp://{pair.ab.address}"})
    pair.a.process.send_signal(signal.SIGHUP)
    assert "culvert route approve new.example" in pair.a.command("route", "show", "new.example").stdout
    assert pair.a.routes()["new.example"]["state"] == "claimed"
    pair.a.command("route", "approve", "new.example")
    pair.a.wait_route("new.example")
    smtp.send(pair.a.inside, "alice@a.example", ["carl@new.example"], mails.plain(1))
    sealed, = wait_until(lambda: pair.at_b.to("carl@new.example"), 20, lambda: pair.b.log_tail())
    assert b"Culvert-Result: tunnel" in sealed.header, sealed.header

    done = pair.a.command("policy", "set", "domain:new.example", "encrypt=never", status=1)
    assert "culvert route release new.example" in done.stderr, done.stderr
    def obeyed(*words):
        pair.a.command(*words)
        time.sleep(1.2)  # a running node acts on it within a second

    obeyed("peer", "pause", "b.example")
    smtp.send(pair.a.inside, "alice@a.example", ["carl@new.example"], mails.plain(2))
    wait_until(lambda: any("paused" in e["reason"] for e in pair.a.queue()), 20, lambda: pair.a.json("queue", "list"))
    assert any("peer resume" in w for w in pair.a.json("status")["warnings"]), pair.a.json("status")["warnings"]
    pair.a.command("peer", "resume", "b.example")
    pair.a.command("queue", "retry", "--all")
    wait_until(lambda: len(pair.at_b.to("carl@new.example")) == 2, 20, lambda: pair.a.log_tail())

    obeyed("route", "release", "new.example", "--yes")
    smtp.send(pair.a.inside, "alice@a.example", ["carl@new.example"], mails.plain(3))
    wait_until(lambda: len(pair.at_b.to("carl@new.example")) == 3, 20, lambda: pair.a.log_tail())
    assert b"Culvert-Result: clear" in pair.at_b.to("carl@new.example")[2].header
    obeyed("route", "approve", "new.example")
    smtp.send(pair.a.inside, "alice@a.example", ["carl@new.example"], mails.plain(4))
    wait_until(lambda: len(pair.at_b.to("carl@new.example")) == 4, 20, lambda: pair.a.log_tail())
    assert b"Culvert-Result: tunnel" in pair.at_b.to("carl@new.example")[3].header


def serve_domains(pair, domains):
    """b serves other domains, and a knows where their mail goes."""
    pair.b.set("node", domains=domains)
    assert pair.b.stop() == 0
    pair.b.start()
    pair.a.set("delivery.hosts", **{d: f"smtp://{pair.ab.address}" for d in domains})
    pair.a.process.send_signal(signal.SIGHUP)
    wait_until(lambda: domains[-1] in pair.a.routes(), 20, lambda: f"the new card came\n{pair.a.log_tail()}")


def there(node, peer):
    """In which state the peer has this node's domains, as the node was told."""
    return {d["domain"]: d["state"] for d in node.json("peer", "show", peer)["accepts"] or []}


def case_an_added_domain_goes_under_another_until_it_is_accepted(lab):
    """b serves one more domain. Its mail is not stuck: it comes as b.example's, without the mark of its sender; with it once a accepts the domain."""
    pair = lab.pair()
    serve_domains(pair, ["b.example", "more.example"])
    wait_until(lambda: there(pair.b, "a.example").get("more.example") == "claimed", 20, lambda: pair.b.log_tail())
    assert any("route approve more.example" in w and "route reject more.example" in w for w in pair.a.json("status")["warnings"]), pair.a.json("status")
    smtp.send(pair.b.inside, "carl@more.example", ["alice@a.example"], b"From: carl@more.example\r\nSubject: 1\r\n\r\none\r\n")
    first, = wait_until(lambda: pair.at_a.to("alice@a.example"), 20, lambda: pair.b.log_tail())
    assert b"peer=b.example" in first.header and b"signed=relay" in first.header, first.header
    pair.a.command("route", "approve", "more.example")
    pair.a.wait_route("more.example")
    told = time.monotonic()
    wait_until(lambda: there(pair.b, "a.example").get("more.example") == "active", 20, lambda: pair.b.log_tail())
    lab.note(f"b knew {time.monotonic() - told:.1f} s after a")
    smtp.send(pair.b.inside, "carl@more.example", ["alice@a.example"], b"From: carl@more.example\r\nSubject: 2\r\n\r\ntwo\r\n")
    second = wait_until(lambda: pair.at_a.to("alice@a.example")[1:], 20, lambda: pair.b.log_tail())[0]
    assert b"peer=more.example" in second.header and b"signed=yes" in second.header, second.header
    assert not pair.a.quarantine(), pair.a.quarantine()


def case_a_renamed_domain_waits_at_its_own_node_until_it_is_accepted(lab):
    """b has another domain. Its mail waits at b, where its sender's administrator sees why; a accepts the domain, and the mail goes by itself."""
    pair = lab.pair()
    serve_domains(pair, ["renamed.example"])
    wait_until(lambda: there(pair.b, "a.example").get("renamed.example") == "claimed", 20, lambda: pair.b.log_tail())
    pair.ba.forget()
    smtp.send(pair.b.inside, "bob@renamed.example", ["alice@a.example"], b"From: bob@renamed.example\r\nSubject: s\r\n\r\nwords\r\n")
    wait_until(lambda: any("route approve" in e["reason"] for e in pair.b.queue()), 20, lambda: pair.b.json("queue", "list"))
    assert not pair.at_a.to("alice@a.example") and not pair.a.quarantine()
    assert any("route approve renamed.example" in w for w in pair.a.json("status")["warnings"]), pair.a.json("status")
    pair.a.command("route", "approve", "renamed.example")
    got, = wait_until(lambda: pair.at_a.to("alice@a.example"), 30, lambda: f"{pair.a.log_tail()}\n---\n{pair.b.log_tail()}")
    assert b"peer=renamed.example" in got.header and b"signed=yes" in got.header, got.header
    assert not pair.a.quarantine(), pair.a.quarantine()
