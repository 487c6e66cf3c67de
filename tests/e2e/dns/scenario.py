"""Where mail for a domain without a peer goes: MX by a DNS of the test's own, on port 25 of a network namespace."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import mails, smtp  # noqa: E402
from harness.until import wait_until  # noqa: E402

FILE = Path(__file__).resolve()


def inside_namespace(lab):
    """One node that delivers by MX; sinks at 192.0.2.1 and .2, nobody at 192.0.2.9."""
    from zone import NameServer
    tools = [lab.need(t) for t in ("ldns-keygen", "ldns-signzone", "nsd")]
    for number in (1, 2, 9):
        subprocess.run(["ip", "addr", "add", f"192.0.2.{number}/32", "dev", "lo"], check=True)
    names = lab.keep(NameServer(lab.path("nsd"), *tools))
    first, last = (lab.sink(host=f"192.0.2.{n}", port=25) for n in (1, 2))
    inside = lab.sink()
    node = lab.node("a.example", settings={"dns": {"resolvers": ["127.0.0.1"], "trust_anchor": str(names.anchor)},
                                           "delivery": {"outside": "mx", "inside": f"smtp://{inside.address}"}})
    node.start()
    check_destinations(lab, node, inside, first, last)


def check_destinations(lab, node, inside, first, last):
    domains = ("several", "nomx", "nullmx", "bogus", "servfail", "dangling", "nxdomain")
    for domain in domains:
        smtp.send(node.inside, "alice@a.example", [f"bob@{domain}.example"], mails.plain(domain))

    def waiting():
        return {r.partition("@")[2].partition(".")[0] for item in node.queue() for r in item["recipients"]}
    wait_until(lambda: first.to("bob@several.example") and first.to("bob@nomx.example"), 40,
               lambda: f"several MX: the second when the first refuses; no MX: the address\n{node.queue()}\n{node.log_tail()}")
    wait_until(lambda: len(inside.snapshot()) >= 2, 40, lambda: f"DSNs for a null MX and a domain that is not\n{node.queue()}\n{node.log_tail()}")
    wait_until(lambda: waiting() <= {"bogus", "servfail", "dangling"} and {"bogus", "servfail"} <= waiting(), 40,
               lambda: f"no answer and a bogus answer wait: {node.queue()}\n{node.log_tail()}")
    node.command("queue", "retry", "--all")
    wait_until(lambda: all(i["reason"] for i in node.queue()), 20, "every waiting message has a reason")
    failed = b"".join(d.raw for d in inside.snapshot())
    assert b"nullmx.example" in failed and b"nxdomain.example" in failed and b"bogus.example" not in failed and b"servfail.example" not in failed
    delivered = {r for d in first.snapshot() + last.snapshot() for r in d.recipients}
    assert delivered == {"bob@several.example", "bob@nomx.example"}, delivered
    assert all(d.sender == "" for d in inside.snapshot())
    lab.note(f"delivered {sorted(delivered)}; waiting {sorted(waiting())}; {len(inside.snapshot())} DSNs")


def case_mx_of_a_name_server_of_our_own(lab):
    """Several MX, none, null MX, SERVFAIL, a broken signature, a name that does not exist: each as RFC 5321 and DNSSEC have it."""
    lab.in_namespace(FILE, "inside_namespace")


def talk_to_itself(lab):
    from zone import NameServer
    tools = [lab.need(t) for t in ("ldns-keygen", "ldns-signzone", "nsd")]
    subprocess.run(["ip", "addr", "add", "192.0.2.1/32", "dev", "lo"], check=True)
    names = lab.keep(NameServer(lab.path("nsd"), *tools))
    node = lab.node("a.example", settings={"dns": {"resolvers": ["127.0.0.1"], "trust_anchor": str(names.anchor)}})
    node.set("smtp.outside", listen=["0.0.0.0:2525"], verify_recipients="inside")
    node.set("delivery", inside="smtp://nomx.example:2525")  # 192.0.2.1, which only DNS knows
    node.start()
    with smtp.Session("192.0.2.1:2525") as session:
        session.command("MAIL FROM:<x@c.example>")
        session.command("RCPT TO:<bob@a.example>")
    smtp.send(node.inside, "alice@a.example", ["bob@a.example"], mails.plain(1))
    wait_until(lambda: any("own listener" in item["reason"] for item in node.queue()), 20, lambda: f"a reason: {node.queue()}")
    assert "nomx.example:2525 leads to 192.0.2.1:2525, which is this node's own listener 0.0.0.0:2525" in node.queue()[0]["reason"], node.queue()


def case_a_node_does_not_talk_to_itself(lab):
    """A name of the inside server that DNS leads back to the node: probes are answered, and mail waits and says so."""
    lab.in_namespace(FILE, "talk_to_itself")


def private_zone(lab):
    from zone import NameServer
    tools = [lab.need(t) for t in ("ldns-keygen", "ldns-signzone", "nsd")]
    for number in (1, 2):
        subprocess.run(["ip", "addr", "add", f"192.0.2.{number}/32", "dev", "lo"], check=True)
    names = lab.keep(NameServer(lab.path("nsd"), *tools))
    first, last = (lab.sink(host=f"192.0.2.{n}", port=25) for n in (1, 2))
    node = lab.node("a.example", settings={"dns": {"resolvers": ["127.0.0.1"], "trust_anchor": str(names.anchor)}, "delivery": {"outside": "mx"}})
    node.start()
    for domain in ("corp", "bogus"):
        smtp.send(node.inside, "alice@a.example", [f"bob@{domain}.example"], mails.plain(domain))

    def reason(domain):
        return "".join(i["reason"] or "" for i in node.queue() if any(domain in r for r in i["recipients"]))
    wait_until(lambda: reason("corp.example") and reason("bogus.example"), 40, lambda: f"both wait, with a reason: {node.queue()}")
    for domain in ("corp", "bogus"):
        for word in (f"the zone {domain}.example", "bogus", f'insecure = ["{domain}.example"] in [dns]'):
            assert word in reason(f"{domain}.example"), reason(f"{domain}.example")
    assert not first.snapshot() and not last.snapshot()

    def again(**dns):
        node.stop()
        node.set("dns", **dns)
        node.start()
        node.command("queue", "retry", "--all")
    again(insecure=["corp.example"])
    wait_until(lambda: first.to("bob@corp.example"), 40, lambda: f"the private zone's mail\n{node.queue()}\n{node.log_tail()}")
    assert "bogus" in reason("bogus.example") and not last.snapshot(), "what is not named is validated still"
    again(insecure=[], trust_anchor="", validate="no")
    wait_until(lambda: last.to("bob@bogus.example"), 40, lambda: f"nothing is validated\n{node.queue()}\n{node.log_tail()}")


def case_a_private_zone_that_nobody_signs(lab):
    """Its mail waits and says what to write; `insecure` lets it go and nothing else, `validate = "no"` everything."""
    lab.in_namespace(FILE, "private_zone")


def name_server_alone(lab):
    from zone import NameServer
    tools = [lab.need(t) for t in ("ldns-keygen", "ldns-signzone", "nsd")]
    names = lab.keep(NameServer(lab.path("nsd"), *tools))
    try:
        import dns.flags
        import dns.message
        import dns.query
        import dns.rcode
    except ImportError:
        from harness.lab import Skip
        raise Skip("python3-dnspython is not installed")
    def ask(name, kind):
        return dns.query.udp(dns.message.make_query(name, kind, want_dnssec=True), "127.0.0.1", 3)
    assert "20 up.example." in str(ask("several.example.", "MX")) and "RRSIG" in str(ask("several.example.", "MX"))
    assert ask("servfail.example.", "MX").rcode() == dns.rcode.SERVFAIL
    assert ask("nothing.example.", "MX").rcode() == dns.rcode.NXDOMAIN
    assert "last.example." in str(ask("bogus.example.", "MX"))
    assert names.anchor.read_text().split()[2:4][0] in ("IN", "DS"), names.anchor.read_text()


def case_the_name_server_is_as_described(lab):
    """The zone of this test answers as it should: signed, SERVFAIL, NXDOMAIN, one changed record."""
    lab.in_namespace(FILE, "name_server_alone")
