"""SMTPUTF8 (RFC 6531) that a client says whether or not its mail needs it, before a real Postfix that does not know it."""
from harness import mails, smtp
from harness.until import wait_until

PLAIN = mails.plain(1)
HEADER = b"From: =?utf-8?q?J=C3=BCrgen?= <alice@a.example>\r\nSubject: Gr\xc3\xbc\xc3\x9fe\r\nMessage-ID: <u@a.example>\r\n\r\nhello\r\n"


def postfix_before(lab, address):
    return lab.postfix(address, extra="smtputf8_enable = no")


def send(address, sender, recipient, raw):
    """As a client that says SMTPUTF8 because it was offered."""
    with smtp.Session(address) as session:
        assert "SMTPUTF8" in session.extensions
        return session.send(sender, [recipient], raw, " BODY=8BITMIME SMTPUTF8")


def lone_node(lab):
    """Its inside server and the world's, each behind a Postfix without SMTPUTF8."""
    inside, world = lab.sink(), lab.sink()
    node = lab.node("a.example", settings={"smtp.outside": {"verify_recipients": "off"}})
    node.set("delivery", inside=f"smtp://{postfix_before(lab, inside.address).address}", outside=f"smtp://{postfix_before(lab, world.address).address}")
    node.start()
    return node, inside, world


def reports(sink):
    return [d for d in sink.snapshot() if d.sender == ""]


def case_what_is_not_needed_is_not_demanded(lab):
    """Named kind: SMTPUTF8 announced and not needed bounced (5.6.7). In clear and inbound."""
    node, inside, world = lone_node(lab)
    send(node.inside, "alice@a.example", "x@c.example", PLAIN)
    lab.delivered_whole(world, "x@c.example", PLAIN)
    send(node.outside, "x@c.example", "alice@a.example", PLAIN)
    lab.delivered_whole(inside, "alice@a.example", PLAIN)
    latin1 = PLAIN.replace(b"Subject: ", b"Subject: gr\xfc\xdfe ", 1)  # no UTF-8, so that SMTPUTF8 helps it nowhere
    assert latin1 != PLAIN
    send(node.inside, "alice@a.example", "y@c.example", latin1)
    lab.delivered_whole(world, "y@c.example", latin1)
    assert not reports(inside) and not reports(world)


def case_a_header_that_needs_it_is_returned(lab):
    """A field in UTF-8 cannot go there: its sender is told, with the code of RFC 6531."""
    node, inside, world = lone_node(lab)
    send(node.inside, "alice@a.example", "x@c.example", HEADER)
    wait_until(lambda: reports(inside), 20, "a report for alice")
    assert b"5.6.7" in reports(inside)[0].raw and not world.to("x@c.example")


def case_an_address_that_needs_it_is_returned(lab):
    """An address in UTF-8 neither; the other recipient of the same mail gets it."""
    node, inside, world = lone_node(lab)
    with smtp.Session(node.inside) as session:
        session.send("alice@a.example", ["jürgen@c.example", "x@d.example"], PLAIN, " SMTPUTF8")
    lab.delivered_whole(world, "x@d.example", PLAIN)
    wait_until(lambda: reports(inside), 20, "a report for alice")
    assert b"5.6.7" in reports(inside)[0].raw
    assert not world.to("jürgen@c.example")


def case_what_is_sealed_needs_no_utf8_on_the_way(lab):
    """Through a relay without SMTPUTF8 between two nodes: whatever stands in the header arrives byte for byte, with the word where it counts."""
    pair = lab.pair()
    between = postfix_before(lab, pair.b.outside)
    pair.a.stop()
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{between.address}"})
    pair.a.start()
    send(pair.a.inside, "alice@a.example", "bob@b.example", PLAIN)
    lab.delivered_whole(pair.at_b, "bob@b.example", PLAIN)
    send(pair.a.inside, "alice@a.example", "carol@b.example", HEADER)
    lab.delivered_whole(pair.at_b, "carol@b.example", HEADER)
    assert "SMTPUTF8" not in pair.at_b.to("bob@b.example")[0].sender_params
    assert "SMTPUTF8" in pair.at_b.to("carol@b.example")[0].sender_params
    assert not reports(pair.at_a)
