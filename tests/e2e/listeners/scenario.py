"""Who may hand in what: the rules of the inside and the outside listener."""
import signal
import socket
import subprocess
import time
from pathlib import Path

from harness import mails, smtp
from harness.node import program
from harness.until import wait_until


FILE = Path(__file__).resolve()


def single_node(lab, **settings):
    """A node without a peer, with sinks inside and for the world."""
    inside, world = lab.sink(), lab.sink()
    node = lab.node("a.example", settings=settings)
    node.set("delivery", inside=f"smtp://{inside.address}", outside=f"smtp://{world.address}")
    node.start()
    return node, inside, world


def replies(address, *lines):
    """The replies to lines said one after another, the greeting first."""
    with smtp.Session(address, greet=False) as session:
        found = [session.reply()]
        for line in lines:
            session.write(line.encode() + b"\r\n")
            found.append(session.reply())
        return found


def case_strangers_are_refused_inside(lab):
    """Who does not stand in smtp.inside.networks is refused at connect."""
    node, _, _ = single_node(lab, **{"smtp.inside": {"networks": ["192.0.2.0/24"]}})
    try:
        greeting = replies(node.inside)[0]
    except ConnectionError:
        return
    assert greeting.startswith("5"), greeting


def case_senders_of_our_domains_only(lab):
    """senders = "domains": MAIL FROM of another domain is refused, ours and the null sender are not."""
    node, _, _ = single_node(lab, **{"smtp.inside": {"senders": "domains"}})
    found = replies(node.inside, "EHLO x", "MAIL FROM:<x@elsewhere.example>", "MAIL FROM:<alice@a.example>", "RSET", "MAIL FROM:<>")
    assert [r[0] for r in found[1:]] == ["2", "5", "2", "2", "2"], found


def case_a_required_header(lab):
    """require = "header: ...": mail without the secret field is refused; with it the field is removed."""
    node, _, world = single_node(lab, **{"smtp.inside": {"require": "header: X-Our-Secret: open sesame"}})
    raw = mails.plain(1)
    try:
        smtp.send(node.inside, "alice@a.example", ["x@c.example"], raw)
    except smtp.Refused as refused:
        assert refused.reply.startswith("5"), refused
    else:
        raise AssertionError("mail without the secret was taken")
    smtp.send(node.inside, "alice@a.example", ["x@c.example"], b"X-Our-Secret: open sesame\r\n" + raw)
    assert world.wait_for(1, 20) == 1
    assert b"sesame" not in world.snapshot()[0].raw and b"X-Our-Secret" not in world.snapshot()[0].raw


def case_unknown_recipients_are_refused_outside(lab):
    """verify_recipients = "inside": the inside server is asked at RCPT; when it cannot be reached the recipient is accepted."""
    node, inside, _ = single_node(lab, **{"smtp.outside": {"verify_recipients": "inside"}})
    inside.reply = lambda stage, argument: "550 5.1.1 no such user" if stage == "rcpt" and argument.startswith("nobody") else None
    found = replies(node.outside, "EHLO x", "MAIL FROM:<x@c.example>", "RCPT TO:<nobody@a.example>", "RCPT TO:<alice@a.example>")
    assert [r[0] for r in found] == ["2", "2", "2", "5", "2"], found
    assert not inside.snapshot(), "the question was a delivery"
    inside.stop()
    inside.cut()
    found = replies(node.outside, "EHLO x", "MAIL FROM:<x@c.example>", "RCPT TO:<other@a.example>")
    assert found[-1].startswith("2"), found


def case_mail_without_a_peer_goes_clear_both_ways(lab):
    """To the world and from the world, byte for byte, marked clear."""
    node, inside, world = single_node(lab)
    raw = mails.plain(1)
    smtp.send(node.inside, "alice@a.example", ["x@c.example"], raw)
    smtp.send(node.outside, "x@c.example", ["alice@a.example"], raw)
    lab.delivered_whole(world, "x@c.example", raw)
    fields = lab.delivered_whole(inside, "alice@a.example", raw)
    assert any(f.startswith(b"Culvert-Result: clear") for f in fields), fields


def case_extensions_are_announced(lab):
    """EHLO on both listeners; SIZE as the configuration has it; a message beyond it is refused by its announced and by its real size."""
    node, _, _ = single_node(lab, smtp={"max_message_size": "1MB"})
    for address in (node.inside, node.outside):
        with smtp.Session(address) as session:
            words = {e.split()[0] for e in session.extensions}
            assert {"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "STARTTLS"} <= words, words
            size = int(next(e for e in session.extensions if e.startswith("SIZE")).split()[1])
            assert size == (1_000_000 if address == node.inside else int(1.4 * 1_000_000) + 1024 * 1024), size
    with smtp.Session(node.inside) as session:
        assert session.command("MAIL FROM:<alice@a.example> SIZE=2000000", "").startswith("552")
        session.command("MAIL FROM:<alice@a.example>")
        session.command("RCPT TO:<x@c.example>")
        session.command("DATA", "354")
        session.write(smtp.dot_stuffed(mails.plain(1, size=1_500_000)))
        assert session.reply().startswith("552")
        session.command("NOOP")


def case_starttls_forgets_what_came_before(lab):
    """STARTTLS works on both listeners; what was sent in clear after it, and what was said before it, is forgotten."""
    node, inside, world = single_node(lab)
    for address, sink, recipient in ((node.inside, world, "x@c.example"), (node.outside, inside, "alice@a.example")):
        with smtp.Session(address) as session:
            session.command("MAIL FROM:<before@a.example>")
            if session.command("STARTTLS", "").startswith("503"):  # RFC 3207 leaves it open within a transaction
                session.command("RSET")
                session.starttls()
            else:
                session.tls()
            assert "STARTTLS" not in session.extensions
            assert session.command(f"RCPT TO:<{recipient}>", "").startswith("503"), "the transaction before TLS is still there"
            session.send("alice@a.example", [recipient], mails.plain(1))
        wait_until(lambda: sink.to(recipient), 20, f"the mail for {recipient}")
    with smtp.Session(node.inside) as session:
        session.write(b"STARTTLS\r\nMAIL FROM:<x@x.example>\r\nRCPT TO:<alice@a.example>\r\n")
        assert session.reply().startswith("220")
        session.tls(greet=False)
        assert session.command("RCPT TO:<alice@a.example>", "").startswith("503"), "injected commands were taken"


def case_smuggling(lab):
    """The end of data is CR LF . CR LF and nothing else; every other mark is refused and ends the session."""
    node, inside, world = single_node(lab)
    second = b"MAIL FROM:<evil@a.example>\r\nRCPT TO:<alice@a.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n"
    for mark in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\n.\r", b"\r.\r\n", b"\r\r\n.\r\n", b"\r\n.\r\r\n"):
        with smtp.Session(node.outside) as session:
            session.command("MAIL FROM:<x@c.example>")
            session.command("RCPT TO:<alice@a.example>")
            session.command("DATA", "354")
            session.write(b"Subject: first\r\n\r\nbody" + mark + second)
            reply = session.reply()
            assert reply.startswith("554 5.5.2") or reply.startswith("554-5.5.2"), f"{mark}: {reply}"
            try:
                raise AssertionError(f"{mark}: a command behind it was answered {session.reply()}")
            except ConnectionError:
                pass  # nothing that stood behind it ran
    smtp.send(node.outside, "x@c.example", ["alice@a.example"], mails.plain(1))
    inside.wait_for(1, 20)
    assert len(inside.snapshot()) == 1 and b"smuggled" not in inside.snapshot()[0].raw


def case_loops_end(lab):
    """A message with more than 50 Received fields is refused with 554 5.4.6."""
    node, _, _ = single_node(lab)
    raw = b"Received: from a by b; Thu, 01 Jan 2026 12:00:00 +0000\r\n" * 51 + mails.plain(1)
    try:
        smtp.send(node.outside, "x@c.example", ["alice@a.example"], raw)
    except smtp.Refused as refused:
        assert refused.reply.startswith("554") and "5.4.6" in refused.reply, refused
    else:
        raise AssertionError("it was taken")


def greetings(address, count, source=""):
    """The first lines of so many connections from `source`, and their sockets, which stay open."""
    host, _, port = address.rpartition(":")
    held = [socket.create_connection((host, int(port)), 10, source_address=(source, 0)) for _ in range(count)]
    return [s.recv(200).decode() for s in held], held


def case_strangers_leave_places_for_inside(lab):
    """Idle connections outside take eight places in ten; one is left for the organisation's own server, one for peers' hosts."""
    node, _, world = single_node(lab, smtp={"max_connections": 20})
    found, held = greetings(node.outside, 30)
    # Several threads greet, so that the order is chance.
    assert sorted(g[:3] for g in found) == ["220"] * 16 + ["421"] * 14, found
    assert all(g.startswith("421 4.3.2") for g in found if not g.startswith("220")), found
    raw = mails.plain(1)
    smtp.send(node.inside, "alice@a.example", ["x@c.example"], raw)
    lab.delivered_whole(world, "x@c.example", raw)
    for s in held:
        s.close()
    wait_until(lambda: greetings(node.outside, 1)[0][0].startswith("220"), 10, "places that were given back")


def shares_of_addresses(lab):
    for number in (1, 2, 3):
        subprocess.run(["ip", "addr", "add", f"192.0.2.{number}/32", "dev", "lo"], check=True)
    outside = {"listen": ["192.0.2.1:0"]}
    node, _, _ = single_node(lab, smtp={"max_connections": 200}, **{"smtp.outside": outside})
    found, greedy = greetings(node.outside, 60, "192.0.2.2")
    assert [g[:9] for g in found if not g.startswith("220")] == ["421 4.7.0"] * 10, found
    other, kept = greetings(node.outside, 50, "192.0.2.3")
    assert all(g.startswith("220") for g in other), other
    for s in greedy + kept:
        s.close()
    edge = single_node(lab, smtp={"max_connections": 200}, **{"smtp.outside": {**outside, "networks": ["192.0.2.2/32"]}})[0]
    found, held = greetings(edge.outside, 100, "192.0.2.2")
    assert all(g.startswith("220") for g in found), "an edge brings everybody's mail"


def case_one_address_takes_its_share(lab):
    """A host outside gets so many connections and no more, another one still gets its own; an edge in `networks` is not counted."""
    lab.in_namespace(FILE, "shares_of_addresses")


def silent_strangers(lab):
    subprocess.run(["ip", "addr", "add", "192.0.2.1/32", "dev", "lo"], check=True)
    hosts = [f"10.{n}.0.1" for n in range(20)]
    for host in [*hosts, "10.200.0.1"]:
        subprocess.run(["ip", "addr", "add", f"{host}/32", "dev", "lo"], check=True)
    node, inside, _ = single_node(lab, smtp={"max_connections": 100}, **{"smtp.outside": {"listen": ["192.0.2.1:0"]}})
    held = [greetings(node.outside, 5, host) for host in hosts]
    assert any(g.startswith("421 4.3.2") for found, _ in held for g in found), "all places are taken"
    raw = mails.plain(1)
    start = time.monotonic()
    wait_until(lambda: taken(node.outside, raw), 20, "a place for a stranger's mail")
    lab.note(f"mail while 20 networks hold all places in silence: {time.monotonic() - start:.1f} s")
    lab.delivered_whole(inside, "alice@a.example", raw)
    for _, sockets in held:
        for s in sockets:
            s.close()


def taken(address, raw):
    try:
        smtp.send(address, "x@c.example", ["alice@a.example"], raw, source="10.200.0.1")
    except (smtp.Refused, ConnectionError):
        return False
    return True


def case_silent_strangers_give_way(lab):
    """20 networks hold all places outside and say nothing; mail from another one gets in all the same."""
    lab.in_namespace(FILE, "silent_strangers")


def case_a_changed_configuration(lab):
    """SIGHUP: size and log level change for connections to come; the name stays whole, and the log says that it needs a restart."""
    node, inside, _ = single_node(lab, smtp={"max_message_size": "1MB"})
    held = smtp.Session(node.outside)
    node.set("smtp", max_message_size="2MB")
    node.set("node", name="other.a.example")
    node.set("log", level="debug")
    node.process.send_signal(signal.SIGHUP)

    def announced():
        with smtp.Session(node.inside) as session:
            return session.greeting, next(e for e in session.extensions if e.startswith("SIZE"))
    wait_until(lambda: announced()[1] == "SIZE 2000000", 10, lambda: f"the new size is announced: {announced()}\n{node.log_tail()}")
    assert "gate.a.example" in announced()[0] and "node.name: has another value" in node.log_text()
    assert "smtp.max_message_size: has" not in node.log_text()
    raw = mails.plain(1)
    held.send("x@c.example", ["alice@a.example"], raw)  # who was connected goes on
    fields = lab.delivered_whole(inside, "alice@a.example", raw)
    assert inside.snapshot()[0].helo == "gate.a.example" and b"other.a.example" not in b"".join(fields), fields
    wait_until(lambda: " debug " in node.log_text(), 10, "lines of the new level")


def without_ipv6(lab):
    for name in ("all", "lo"):
        Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1")
    both = {"listen": ["127.0.0.1:0", "[::1]:0"]}
    node, _, _ = single_node(lab, **{"smtp.inside": both, "smtp.outside": both, "peering": both})
    for name in ("smtp.inside", "smtp.outside", "peering"):
        assert [a.rpartition(":")[0] for a in node.addresses(name)] == ["127.0.0.1"], node.addresses(name)
    assert node.log_text().count("this machine has no IPv6; it is left out") == 3, node.log_tail()
    lone = lab.node("b.example", settings={"smtp.outside": {"listen": ["[::1]:0"]}})
    done = subprocess.run([program(), "--config", str(lone.config), "serve"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and "this machine has no IPv6" in done.stderr, done.stderr


def with_ipv6(lab):
    both = {"listen": ["127.0.0.1:0", "[::1]:0"]}
    node, inside, _ = single_node(lab, **{"smtp.outside": both})
    for number, address in enumerate(node.addresses("smtp.outside")):
        smtp.send(address, "x@c.example", [f"u{number}@a.example"], mails.plain(number))
        wait_until(lambda: inside.to(f"u{number}@a.example"), 20, f"mail by {address}")
    assert len(node.addresses("smtp.outside")) == 2


def case_a_family_that_the_machine_lacks_is_left_out(lab):
    """Listeners of both families start on a machine with one; a listener of none does not."""
    lab.in_namespace(FILE, "without_ipv6")
    lab.in_namespace(FILE, "with_ipv6")
