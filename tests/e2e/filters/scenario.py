"""Filters behind the node see whom the world's mail comes from: XCLIENT to README's Postfix, with Debian's policyd-spf behind it."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dns"))
from harness import mails, smtp  # noqa: E402
from harness.lab import Skip  # noqa: E402
from harness.postfix import available  # noqa: E402
from harness.readme import README  # noqa: E402
from harness.readme_postfix import ReadmePostfix  # noqa: E402
from harness.until import wait_until  # noqa: E402

FILE = Path(__file__).resolve()
MOUNTS = ("--net", "--mount")
STRANGERS_HOST, OTHER_HOST, PUBLIC, INSIDE, IPV6 = "192.0.2.7", "192.0.2.66", "9.9.9.7", "192.168.7.7", "2001:db8::7"
ZONE = f"""c.example. TXT "v=spf1 ip4:{STRANGERS_HOST} ip4:{PUBLIC} -all"
mail.c.example. A {PUBLIC}
7.9.9.9.in-addr.arpa. PTR mail.c.example.
gate.b.example. TXT "v=spf1 -all"
"""
OPTION = " \\\n        smtpd_authorized_xclient_hosts=127.0.0.1\n"
POLICY = "smtpd_recipient_restrictions=reject_unauth_destination,check_policy_service,unix:private/policyd-spf"


class Place:
    """A node of b.example in the network of the test, README's Postfix behind it, the mailboxes behind that."""

    def __init__(self, lab, text=None):
        from zone import NameServer
        for address in (f"{STRANGERS_HOST}/32", f"{OTHER_HOST}/32", f"{PUBLIC}/32", f"{INSIDE}/32", f"{IPV6}/128", "192.0.2.25/32"):
            subprocess.run(["ip", "addr", "add", address, "dev", "lo"], check=True)
        self.names = lab.keep(NameServer(lab.path("nsd"), *[lab.need(t) for t in ("ldns-keygen", "ldns-signzone", "nsd")], more=ZONE))
        resolv = lab.path("resolv.conf")
        resolv.write_text("nameserver 127.0.0.1\n")
        subprocess.run(["mount", "--bind", str(resolv), "/etc/resolv.conf"], check=True)
        self.mailboxes, self.world = lab.sink(), lab.sink()
        self.node = lab.node("b.example", settings={
            "dns": {"resolvers": ["127.0.0.1"], "trust_anchor": str(self.names.anchor)},
            "smtp.outside": {"listen": ["192.0.2.25:0", "[2001:db8::7]:0"], "verify_recipients": "inside"}})
        self.server = lab.keep(ReadmePostfix(lab.path("postfix"), "127.0.0.1:9", self.mailboxes.address, text=text))
        self.more_for_postfix()
        self.server.start()
        self.node.set("delivery", inside=f"smtp://{self.server.address}", outside=f"smtp://{self.world.address}")
        self.node.start()

    def more_for_postfix(self):
        conf = self.server.folder / "conf"
        with open(conf / "main.cf", "a") as main:
            main.write(f"mynetworks = {INSIDE}/32 127.0.0.0/8\n")
        with open(conf / "master.cf", "a") as master:
            master.write("policyd-spf unix - n n - 0 spawn user=nobody argv=/usr/bin/policyd-spf\n")
        subprocess.run(["postconf", "-c", str(conf), "-P", f"{self.server.address}/inet/{POLICY}"], check=True)

    def send(self, source, sender, number, helo="mail.c.example"):
        address = self.node.addresses("smtp.outside")[1 if ":" in source else 0]
        smtp.send(address, sender, [f"bob{number}@b.example"], mails.plain(number, sender=sender), source=source, helo=helo)

    def arrived(self, number):
        wait_until(lambda: self.mailboxes.to(f"bob{number}@b.example"), 40,
                   lambda: f"mail {number}\n{self.server.log_tail(30)}\n{self.node.log_tail()}\n{self.node.queue()}")
        return self.mailboxes.to(f"bob{number}@b.example")[0].header.decode()

    def reports(self):
        return b"".join(d.raw for d in self.world.snapshot()).decode()


def of_postfix(header):
    """What Postfix, as the last one, wrote about where the mail came from."""
    return header[header.index("Received: from"):].split("\tby ")[0]


def everybody_is_seen(lab):
    place = Place(lab)
    place.send(STRANGERS_HOST, "x@c.example", 1)
    header = place.arrived(1)
    assert f"[{STRANGERS_HOST}]" in of_postfix(header) and "from mail.c.example" in of_postfix(header), header
    assert "Received-SPF: Pass" in header and f"client-ip={STRANGERS_HOST}" in header and "helo=mail.c.example" in header, header
    # Somebody else in the same sender's name: refused for good, and so said in a report. No mail of his goes as the one's before.
    for number in (2, 3):
        place.send(OTHER_HOST, "x@c.example", number, helo="gate.b.example" if number == 3 else "mail.c.example")
    wait_until(lambda: place.reports().count("Final-Recipient") >= 2, 40, lambda: f"two reports\n{place.server.log_tail(30)}\n{place.node.log_tail()}")
    assert OTHER_HOST in place.reports() and not place.mailboxes.to("bob2@b.example") and not place.mailboxes.to("bob3@b.example")
    place.send(PUBLIC, "x@c.example", 4)
    assert f"mail.c.example [{PUBLIC}]" in of_postfix(place.arrived(4)), place.arrived(4)
    # What this node and inside send themselves comes from this node, after whomever.
    smtp.send(place.node.inside, "jo@b.example", ["bob5@b.example"], mails.plain(5, sender="jo@b.example"))
    assert "[127.0.0.1]" in of_postfix(place.arrived(5)) and "mail.c.example" not in of_postfix(place.arrived(5)), place.arrived(5)
    # A server without IPv6 does not know such an address. Its mail arrives all the same, and a line in the log says why it is not shown.
    place.send(IPV6, "x@d.example", 6)
    assert "[127.0.0.1]" in of_postfix(place.arrived(6)), place.arrived(6)
    assert "inet_protocols" in place.node.log_path.read_text()


def inside_addresses(lab):
    place = Place(lab)
    place.send(INSIDE, "ceo@b.example", 1, helo=f"[{INSIDE}]")
    assert "[127.0.0.1]" in of_postfix(place.arrived(1)), place.arrived(1)
    with smtp.Session(place.node.addresses("smtp.outside")[0], source=OTHER_HOST) as session:
        assert not any("XCLIENT" in e or "XFORWARD" in e for e in session.extensions), session.extensions
        for line in (f"XCLIENT ADDR={INSIDE}", f"XFORWARD ADDR={INSIDE}"):
            assert session.command(line, "").startswith("5")
    place.send(OTHER_HOST, "ceo@evil.example", 2, helo=f"[{INSIDE}]")
    assert f"[{OTHER_HOST}]" in of_postfix(place.arrived(2)), place.arrived(2)


def nobody_is_seen(lab):
    text = README.read_text()
    assert text.count(OPTION) == 1
    place = Place(lab, text.replace(OPTION, "\n"))
    place.send(OTHER_HOST, "x@c.example", 1)
    assert "SPF check N/A for local connections - client-ip=127.0.0.1" in place.arrived(1), place.arrived(1)


def need_all(lab):
    if not available():
        raise Skip("Postfix is not installed, or this is not root")
    lab.need("policyd-spf")


def case_spf_sees_the_stranger(lab):
    """policyd-spf passes and refuses by the stranger's address, one after the other; own mail stays the node's."""
    need_all(lab)
    lab.in_namespace(FILE, "everybody_is_seen", MOUNTS)


def case_an_inside_address_gains_nothing(lab):
    """A stranger who stands at, or names, an address of `mynetworks` is shown as himself or as the node."""
    need_all(lab)
    lab.in_namespace(FILE, "inside_addresses", MOUNTS)


def case_without_the_option_nobody_is_seen(lab):
    """Without README's option the stranger's forgery passes as local, so that the cases above can fail."""
    need_all(lab)
    lab.in_namespace(FILE, "nobody_is_seen", MOUNTS)


def listen_for_clients(sink):
    """Has the sink offer XCLIENT to everybody, always; returns [(number of the connection, what it was told)]."""
    told, command = [], sink._command

    def answer(session, verb, text):
        if verb != "XCLI":
            return command(session, verb, text)
        told.append((session["number"], dict(word.split("=", 1) for word in text.split(" ")[1:])))
        return "220 sink.test"
    sink.extensions += ("XCLIENT NAME ADDR PORT PROTO HELO LOGIN",)
    sink._command = answer
    return told


def case_tunnel_mail_shows_who_brought_it(lab):
    """Mail of a peer comes from the host that brought it, and unsealed mail from its own client, each once; what is told is never a login."""
    pair = lab.pair()
    told = listen_for_clients(pair.at_b)
    raw = mails.plain(1)
    smtp.send(pair.a.inside, "alice@a.example", ["bob@b.example"], raw)
    lab.delivered_whole(pair.at_b, "bob@b.example", raw)
    with smtp.Session(pair.b.outside, source="127.0.0.9", helo="mail.c.example") as session:
        for number in (2, 3):
            session.send("x@c.example", [f"u{number}@b.example"], mails.plain(number, sender="x@c.example"))
            wait_until(lambda: pair.at_b.to(f"u{number}@b.example"), 30, lambda: f"mail {number}\n{pair.b.log_tail()}")
    shown = [(client["ADDR"], client["PROTO"], client["HELO"]) for _, client in told]
    assert shown[0] == ("127.0.0.1", "ESMTP", "gate.a.example"), told
    assert set(shown[1:]) == {("127.0.0.9", "ESMTP", "mail.c.example")}, told
    assert not [client for _, client in told if "LOGIN" in client or client["NAME"] != "[UNAVAILABLE]" or not client["PORT"].isdigit()], told
    assert len({number for number, client in told if client["ADDR"] == "127.0.0.9"}) == len(told) - 1, "told twice on one connection"
