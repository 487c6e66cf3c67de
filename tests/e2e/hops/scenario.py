"""Unverified hop: a configured next hop that has to prove who it is gets nothing until it has; mail for it waits and says why."""
import dataclasses
import re
import signal
import subprocess
from pathlib import Path

from harness import mails, smtp
from harness.certificates import HOST, SERVERS, Certificates
from harness.tls_sink import TlsSink
from harness.until import wait_until

FILE = Path(__file__).resolve()
LIST = Path("/etc/ssl/certs/ca-certificates.crt")
CANARY = b"canary-5f0c1e7a"


class Room:
    """A node, and servers with certificates for `localhost`, each the host of a domain of its own."""

    def __init__(self, lab, **settings):
        self.lab, self.sinks, self.expected = lab, {}, {}
        self.certificates = Certificates(lab.path("certificates"))
        self.node = lab.node("a.example", settings=settings)
        self.node.set("delivery", inside=f"smtp://{lab.sink().address}")

    def files(self, kind):
        """Chain and key of a server of SERVERS, for localhost."""
        server = SERVERS[kind]
        if not self.certificates.key(kind).exists():
            for_localhost = dataclasses.replace(server, names=server.names.replace(HOST, "localhost"), subject=server.subject.replace(HOST, "localhost"))
            self.certificates.make(kind, for_localhost)
        return self.certificates.path(kind), self.certificates.key(kind)

    def sink(self, kind, begin):
        return self.lab.keep(TlsSink(*self.files(kind), begin=begin))

    def host(self, kind, begin, query="", reason=None, host="localhost", scheme=None):
        """Adds a server; `reason`: what the queue says of mail for it, or None if it gets its mail. Returns its domain."""
        sink = self.sink(kind, begin)
        domain = f"d{len(self.sinks)}.example"
        self.sinks[domain], self.expected[domain] = sink, reason
        scheme = scheme or ("smtps" if begin == "smtps" else "smtp")
        self.node.settings["delivery.hosts"][domain] = f"{scheme}://{host}:{sink.port}{query}"
        self.node.write_config()
        return domain

    def send_to_all(self):
        for domain in self.sinks:
            smtp.send(self.node.inside, "alice@a.example", [f"x@{domain}"], b"Subject: to " + domain.encode() + b"\r\n\r\n" + CANARY + b"\r\n")

    def check(self):
        """Sends one mail to each and looks where it went."""
        self.send_to_all()
        waiting = {d for d, reason in self.expected.items() if reason is not None}
        right = set(self.expected) - waiting

        def settled():
            reasons = {item["recipients"][0].partition("@")[2]: item["reason"] for item in self.node.queue() if item["state"] == "deferred"}
            return (reasons,) if waiting <= set(reasons) and all(self.sinks[d].to(f"x@{d}") for d in right) else None

        def missing():
            return (f"deferred or delivered: {[(i['recipients'], i['state'], i['reason']) for i in self.node.queue()]}, "
                    f"not at {[d for d in right if not self.sinks[d].to(f'x@{d}')]}\n{self.node.log_tail()}")
        (reasons,) = wait_until(settled, 60, missing)
        for domain, sink in self.sinks.items():
            url = self.node.settings["delivery.hosts"][domain]
            if domain in right:
                assert CANARY in sink.heard, (url, sink.begin)
                continue
            assert CANARY not in sink.heard and b"MAIL" not in sink.heard, f"{url} ({sink.begin}) heard {bytes(sink.heard)}"
            assert re.search(self.expected[domain], reasons[domain]), f"{url} ({sink.begin}): {reasons[domain]}"
            assert f" [127.0.0.1]:{sink.port}" in reasons[domain], reasons[domain]
        assert not [d for d in reasons if d not in waiting], reasons


def with_own_authorities(room):
    """Lays the test's root over the machine's list, in this mount namespace; the node reads it when it first needs it."""
    assert LIST.exists(), "ca-certificates is not installed"
    subprocess.run(["mount", "--bind", str(room.certificates.path("root")), str(LIST)], check=True)
    room.lab.at_end(lambda: subprocess.run(["umount", str(LIST)], check=False))


def in_mounts(lab, function):
    lab.in_namespace(FILE, function, kinds=("--mount",))


WRONG = {"other-name": "is for mail.b.example", "name-in-subject": "is for no host", "expired": "out of date", "not-yet": "out of date",
         "expired-middle": "out of date", "self-signed": "signed by nobody but itself", "unknown-root": "no authority in",
         "no-middle": "certificates in between", "for-clients": "not valid", "by-a-server": "not verified as localhost"}


def case_unverified_hop_by_smtps(lab):
    """smtps:// without a word: each wrong certificate gets nothing, the mail waits and says why; right ones get it."""
    in_mounts(lab, "inside_smtps")


def inside_smtps(lab):
    room = Room(lab)
    with_own_authorities(room)
    for kind, reason in WRONG.items():
        room.host(kind, "smtps", reason=reason)
    room.host("address", "smtps", reason="is for 127.0.0.1")
    room.host("good", "smtps", host="127.0.0.1", reason="is for localhost")
    room.host("good", "smtps")
    room.host("address", "smtps", host="127.0.0.1")
    room.node.start()
    room.check()
    traced = room.node.command("trace", f"x@d{len(room.sinks) - 1}.example").stdout
    assert "verified" in traced, traced


def case_unverified_hop_with_a_wrong_certificate(lab):
    """smtp://?tls=verify: the same behind STARTTLS."""
    in_mounts(lab, "inside_wrong_certificates")


def inside_wrong_certificates(lab):
    room = Room(lab)
    with_own_authorities(room)
    for kind, reason in WRONG.items():
        room.host(kind, "starttls", "?tls=verify", reason)
    room.host("good", "starttls", "?tls=verify")
    room.host("good", "starttls", "?pin=sha256:" + room.certificates.key_pin("good"))
    room.node.start()
    room.check()


def case_unverified_hop_with_a_pin(lab):
    """A pin alone decides: of the server's own certificate or key, whoever signed it; a pin of its issuer is none."""
    room = Room(lab)
    room.files("good"), room.files("self-signed"), room.files("direct")
    pins = room.certificates
    for scheme, begin in (("smtps", "smtps"), ("smtp", "starttls")):
        for pin in (pins.pin("middle"), pins.key_pin("middle"), pins.pin("root"), pins.key_pin("direct")):
            room.host("good", begin, f"?pin=sha256:{pin}", "none of the pins", scheme=scheme)
        room.host("good", begin, f"?pin=sha256:{pins.pin('good')}")
        room.host("self-signed", begin, f"?pin=sha256:{pins.pin('direct')}&pin=sha256:{pins.key_pin('self-signed').upper()}")
    room.node.start()
    room.check()


def case_unverified_hop_without_starttls(lab):
    """tls=verify and somebody in between who keeps TLS away: every way of it is a reason to wait, none to send, none to return mail."""
    in_mounts(lab, "inside_without_starttls")


def inside_without_starttls(lab):
    room = Room(lab)
    with_own_authorities(room)
    tricks = {"stripped": "does not offer STARTTLS", "454 4.7.0 later": "refused STARTTLS: 454", "554 5.7.0 never": "refused STARTTLS: 554",
              "250 2.0.0 done": "refused STARTTLS: 250", "421 4.3.0 busy": "refused STARTTLS: 421", "ehlo 502 5.5.1 what": "refused EHLO: 502",
              "ehlo 554 5.7.1 go away": "refused EHLO: 554", "close": "demands TLS, so nothing was sent", "clear": "TLS"}
    for trick, reason in tricks.items():
        room.host("good", trick, "?tls=verify", reason)
        room.host("good", trick, "?pin=sha256:" + room.certificates.key_pin("good"), reason)
    room.host("good", "starttls", "", "TLS", scheme="smtps")          # no TLS where it has to begin
    room.host("good", "injected", "?tls=verify")                      # what was said in clear is forgotten
    room.node.start()
    room.check()
    assert not lab.nodes[0].quarantine()


def case_unverified_hop_by_consent(lab):
    """verify=off and smtp:// without a word get their mail as before, whoever they are; `check` and `status` say so, but of no loopback."""
    room = Room(lab)
    room.host("self-signed", "smtps", "?verify=off")
    room.host("self-signed", "starttls")
    room.host("self-signed", "stripped")
    room.host("self-signed", "close")
    room.node.start()
    room.check()
    assert "delivery." not in room.node.command("check").stdout
    assert room.node.json("status", status=None)["unverified_hops"] == []
    hosts = room.node.settings["delivery.hosts"]
    hosts.clear()
    hosts.update({"b.example": "smtp://gate.b.example", "c.example": "smtps://c.example", "e.example": "smtps://e.example?verify=off"})
    room.node.set("delivery", outside="smtp://relay.example:587")
    found = {f["key"]: f for f in room.node.json("check")["findings"]}
    assert set(found) == {"delivery.outside", "delivery.hosts.b.example", "delivery.hosts.e.example"}, found
    assert all(f["weight"] == "warning" and f["line"] > 0 for f in found.values()), found
    assert "tls=verify" in found["delivery.outside"]["text"] and "verify=off" in found["delivery.hosts.e.example"]["text"]
    assert {h["key"] for h in room.node.json("status", status=None)["unverified_hops"]} == set(found)
    assert "nobody checks who answers at smtp://relay.example:587" in room.node.command("status", status=None).stdout


def case_unverified_hop_of_a_peer(lab):
    """Mail for an active route is sealed: no warning about its host, and a demand holds for it all the same."""
    pair = lab.pair(strip_starttls=False)
    pair.a.settings["delivery.hosts"].update({"b.example": "smtp://gate.b.example", "c.example": "smtp://c.example"})
    pair.a.write_config()
    keys = {f["key"] for f in pair.a.json("check")["findings"]}
    assert keys == {"delivery.hosts.c.example"}, keys
    assert {h["key"] for h in pair.a.json("status", status=None)["unverified_hops"]} == keys
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{pair.ab.address}?pin=sha256:{'0' * 64}"})
    pair.a.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "read the configuration anew" in pair.a.log_text(), 20, "the reload")
    pair.ab.forget()
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], mails.plain(1))
    wait_until(lambda: [i for i in pair.a.queue() if "none of the pins" in i["reason"]], 30, "a reason in the queue")
    assert not pair.ab.messages() and not pair.at_b.snapshot()


def case_unverified_hop_on_a_kept_connection(lab):
    """A connection that was made under other demands, or to another host, is not used again after a reload."""
    room = Room(lab)
    old, new = room.sink("self-signed", "starttls"), room.sink("self-signed", "starttls")

    def reload(times, outside):
        room.node.set("delivery", outside=outside)
        room.node.process.send_signal(signal.SIGHUP)
        wait_until(lambda: room.node.log_text().count("read the configuration anew") == times, 20, "the reload")

    def send(subject):
        smtp.send(room.node.inside, "alice@a.example", ["x@c.example"], b"Subject: " + subject + b"\r\n\r\nx\r\n")
    room.node.set("delivery", outside=f"smtp://localhost:{old.port}")
    room.node.start()
    send(b"first")
    assert old.wait_for(1) == 1
    reload(1, f"smtp://localhost:{new.port}")
    send(b"second")
    assert new.wait_for(1) == 1, "it went to the host that the configuration does not name any more"
    reload(2, f"smtp://localhost:{new.port}?pin=sha256:{'0' * 64}")
    send(b"third")
    wait_until(lambda: [i for i in room.node.queue() if "none of the pins" in i["reason"]], 30, "a reason in the queue")
    assert len(new.snapshot()) == 1 and b"third" not in new.heard + old.heard
    reload(3, f"smtp://localhost:{new.port}?pin=sha256:{room.certificates.key_pin('self-signed')}")
    assert new.wait_for(2) == 2, "the mail that waited"


def case_unverified_hop_asked_for_recipients(lab):
    """Who is not verified is not asked at RCPT time either, and its no refuses nobody."""
    room = Room(lab, **{"smtp.outside": {"verify_recipients": "inside"}})
    liar = room.sink("self-signed", "starttls")
    liar.reply = lambda stage, argument: "550 5.1.1 no such user" if stage == "rcpt" else None
    loud = room.sink("self-signed", "554 5.7.1 no")
    strict = {"liar": f"smtp://localhost:{liar.port}?tls=verify", "stripped": f"smtp://localhost:{loud.port}?tls=verify",
              "pin": f"smtp://localhost:{liar.port}?pin=sha256:{'0' * 64}", "smtps": f"smtps://localhost:{liar.port}"}
    for number, url in enumerate(strict.values()):
        room.node.set("delivery", inside=url)
        room.node.start() if number == 0 else room.node.process.send_signal(signal.SIGHUP)
        wait_until(lambda: room.node.log_text().count("read the configuration anew") == number, 20, "the reload")
        with smtp.Session(room.node.outside) as session:
            session.command("MAIL FROM:<x@c.example>")
            session.command(f"RCPT TO:<user{number}@a.example>")
    assert b"RCPT" not in liar.heard and b"RCPT" not in loud.heard, bytes(liar.heard)
