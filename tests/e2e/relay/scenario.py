"""Named attack: Relay. A stranger, a peer's user and one inside write to our domain in every spelling that a server behind the node
might take for a way to somewhere else (spellings.py). Nothing reaches that place, and nothing comes back to the node's inside listener.

Each case runs a real server twice: once with all the trust that an administrator easily leaves to the node's address, where the node's
own rule must be enough; and once as README has it, spoken to without the node, where the server's configuration must be enough."""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import mails, smtp  # noqa: E402
from harness.lab import Skip  # noqa: E402
from harness.postfix import available  # noqa: E402
from harness.readme_postfix import ReadmePostfix  # noqa: E402
from harness.until import wait_until  # noqa: E402
from harness.wire import Wire  # noqa: E402

WORLD, TARGET = "world.example", b"victim"
BEFORE_THE_RULE = "186bb02"
# Exists only if a server ran or wrote what an address asked for.
TRACE = Path("/tmp/culvert-relay-victim")


class Behind:
    """A node of b.example and what stands around it: `mailboxes` keeps what the server behind it delivers, `world` what leaves the
    node for anybody else, `back` is the wire from the server to the node's inside listener."""

    def __init__(self, lab, server):
        from spellings import spellings
        self.spellings = spellings("b.example", WORLD)
        # One recipient does not exist, so that its mail is reported.
        self.mailboxes = lab.sink(reply=lambda stage, argument: "550 5.1.1 unknown" if stage == "rcpt" and "nobody@" in argument else None)
        self.world = lab.sink()
        self.node = lab.node("b.example")
        self.back = lab.wire(lambda: self.node.inside, strip_starttls=True)
        self.server = server(self.back.address, self.mailboxes.address)
        self.node.set("delivery", inside=f"smtp://{self.server.address}", outside=f"smtp://{self.world.address}")
        self.node.start()

    def nothing_left(self):
        """An honest mail from the world and one from inside arrive, and nothing else is anywhere."""
        smtp.send(self.node.outside, "jo@c.example", ["bob@b.example"], mails.plain(1, mark="marker"))
        smtp.send(self.node.inside, "bob@b.example", [f"marker@{WORLD}"], mails.plain(2, mark="marker"))
        wait_until(lambda: self.mailboxes.to("bob@b.example"), 30, "the honest mail from the world")
        wait_until(lambda: self.world.to(f"marker@{WORLD}"), 30, "the honest mail to the world")
        wait_until(lambda: not self.node.queue(), 30, lambda: f"the node's queue is empty: {self.node.queue()}")
        for _ in range(3):  # what the server still has in hand would be sent in the meantime
            smtp.send(self.node.outside, "jo@c.example", ["bob@b.example"], mails.plain(3))
        wait_until(lambda: len(self.mailboxes.to("bob@b.example")) >= 4, 30, "the last honest mails")
        # A report to the attacker himself about a mailbox that does not exist is no relaying.
        relayed = [d.recipients for d in self.world.snapshot() if d.recipients not in ([f"marker@{WORLD}"], ["evil@c.example"])]
        assert not relayed, f"relayed: {relayed}"
        assert TARGET not in self.back.bytes_seen().lower(), f"came back: {self.back.messages()}"
        assert not TRACE.exists(), "a server did what an address asked for"


def say(address, sender, recipient, utf8):
    """One message, spelled as given; the first reply that is no yes, or the last."""
    mark = " SMTPUTF8" if utf8 else ""
    with smtp.Session(address) as session:
        if utf8 and "SMTPUTF8" not in session.extensions:
            return "550 5.6.7 not known here"
        for line in (f"MAIL FROM:<{sender}>{mark}", f"RCPT TO:<{recipient}>"):
            reply = session.command(line, "")
            if not reply.startswith("2"):
                return reply
        session.command("DATA", "354")
        session.write(smtp.dot_stuffed(mails.plain(7, sender="x@c.example", mark="victim")))
        return session.reply()


def attack_the_node(lab, place):
    """As stranger, by recipient and by reverse-path; and from inside to our domain."""
    taken = []
    for path, utf8 in place.spellings:
        for name, address, sender, recipient in (("outside", place.node.outside, "evil@c.example", path),
                                                 ("reverse-path", place.node.outside, path, "nobody@b.example"),
                                                 ("inside", place.node.inside, "bob@b.example", path)):
            if name == "inside" and "@b.example" not in path[-len("@b.example."):].lower():
                continue  # our own user may write to the world
            reply = say(address, sender, recipient, utf8)
            assert reply[:1] in "25", f"{name} {path}: {reply}"
            taken += [path] if reply.startswith("2") else []
    lab.note(f"{len(place.spellings)} spellings three ways; taken as plain mailboxes: {sorted(set(taken))}")


def attack_the_server(lab, place):
    """What its configuration does by itself, when the node hands on everything."""
    replies = [say(place.server.address, "evil@c.example", path, utf8) for path, utf8 in place.spellings]
    lab.note(f"spoken to without the node it took {sum(r.startswith('2') for r in replies)} of {len(replies)}")


def behind(lab, trusting, alone):
    """`trusting`, `alone`: make the server from (node, mailboxes)."""
    TRACE.unlink(missing_ok=True)
    place = Behind(lab, trusting)
    attack_the_node(lab, place)
    place.nothing_left()
    place = Behind(lab, alone)
    attack_the_server(lab, place)
    place.nothing_left()


class TrustingPostfix(ReadmePostfix):
    """README's, with the line for the node's port as it stood there once: every right of `mynetworks`."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        master = self.folder / "conf/master.cf"
        lines = master.read_text().splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith(self.address))
        master.write_text("\n".join(line for i, line in enumerate(lines) if i <= at or not line.startswith("    -o")) + "\n")


def postfix(lab, virtual):
    if not available():
        raise Skip("Postfix is not installed, or this is not root")

    def made(kind):
        return lambda node, mailboxes: lab.keep(kind(lab.path("postfix"), node, mailboxes, virtual=virtual)).start()
    behind(lab, made(TrustingPostfix), made(ReadmePostfix))


def case_behind_postfix_with_one_domain(lab):
    """Postfix, the domain in mydestination."""
    postfix(lab, virtual=False)


def case_behind_postfix_with_virtual_domains(lab):
    """Postfix, the domain in virtual_mailbox_domains."""
    postfix(lab, virtual=True)


class Edge(Wire):
    """Hands everything to bob outside, as a hostile peer would, so that only the sealed envelope says where it shall go."""

    async def _forward(self, reader, writer, record, change):
        await super()._forward(reader, writer, record, change or self._to_bob)

    @staticmethod
    def _to_bob(chunk):
        return re.sub(rb"RCPT TO:<[^\r\n]*>", b"RCPT TO:<bob@b.example>", chunk)


def hostile_peer(lab, server):
    """Node b with that server behind it, and its peer a, whose node lets its users write to any address: the program of before the rule."""
    found = subprocess.run([Path(__file__).parents[1] / "versions/old-program", BEFORE_THE_RULE], capture_output=True, text=True)
    if found.returncode:
        raise Skip(f"the program of {BEFORE_THE_RULE}, which plays the hostile peer, is not there (tests/e2e/versions/old-program makes it)")
    pair = lab.pair(a_options={"program": found.stdout.strip()})
    edge = lab.keep(Edge(lambda: pair.b.outside, strip_starttls=True))
    assert pair.a.stop() == 0 and pair.b.stop() == 0
    pair.a.set("delivery.hosts", **{"b.example": f"smtp://{edge.address}"})
    pair.b.set("delivery", inside=f"smtp://{server(pair).address}")
    pair.a.start()
    pair.b.start()
    return pair


def case_by_a_user_of_a_peer(lab):
    """What a peer seals for such an address, or as such a sender, is held and never handed on, with Postfix behind the node."""
    if not available():
        raise Skip("Postfix is not installed, or this is not root")
    from spellings import spellings
    back = lab.wire(lambda: pair.b.inside)
    pair = hostile_peer(lab, lambda pair: lab.keep(TrustingPostfix(lab.path("postfix"), back.address, pair.at_b.address)).start())
    tries = [("alice@a.example", path, utf8) for path, utf8 in spellings("b.example", WORLD)]
    tries += [(sender, "bob@b.example", False) for sender in ("victim%world.example@a.example", "world.example!victim@b.example",
                                                              '"victim@world.example"@b.example', "victim%world.example@localhost")]
    # What it cannot write as an address of b it sends elsewhere, in clear.
    sealed = [path for sender, path, utf8 in tries if say(pair.a.inside, sender, path, utf8).startswith("2") and "localhost" not in path]
    smtp.send(pair.a.inside, "alice@a.example", ["carol@b.example"], mails.plain(1))
    wait_until(lambda: pair.at_b.to("carol@b.example"), 30, "the honest mail")
    wait_until(lambda: not pair.a.queue() and not pair.b.queue(), 60, lambda: f"the queues are empty\n{pair.a.queue()}\n{pair.b.queue()}")
    # An envelope with quotes that an address does not need is refused before anybody looks at the address.
    held = [item for item in pair.b.quarantine() if item["reason"] in ("bad-address", "bad-envelope")]
    plain = [d for d in pair.at_b.snapshot() if d.recipients != ["carol@b.example"]]
    lab.note(f"{len(sealed)} sealed, {len(held)} held, {len(plain)} delivered as plain mailboxes")
    assert len(held) + len(plain) == len(sealed) and len(held) > 50, (sealed, held)
    assert not [d for d in plain if any(c in d.recipients[0] + d.sender for c in "%!")], plain
    assert TARGET not in back.bytes_seen().lower(), back.messages()


def rooted(lab, server):
    behind(lab, *(lambda node, mailboxes, t=trusting: server(lab, node, mailboxes, t) for trusting in (True, False)))


def case_behind_exim(lab):
    """Exim, with the percent hack on."""
    from servers import exim
    rooted(lab, exim)


def case_behind_opensmtpd(lab):
    """OpenSMTPD."""
    from servers import opensmtpd
    rooted(lab, opensmtpd)
