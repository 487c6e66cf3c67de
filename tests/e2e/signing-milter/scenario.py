"""Named attack: Trust by place. What the node brings comes from 127.0.0.1, and OpenDKIM signs what comes from there: a stranger's words
would lie in the mailbox, leave by an alias and come back to him in a report, all with a valid signature of our domain."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "relay"))
from harness import smtp  # noqa: E402
from harness.bare_root import RootedServer  # noqa: E402
from harness.lab import Skip  # noqa: E402
from harness.postfix import available, free_port  # noqa: E402
from harness.readme import README  # noqa: E402
from harness.readme_postfix import ReadmePostfix  # noqa: E402
from harness.until import wait_until  # noqa: E402

# As Debian's manual has it. InternalHosts is not set, so it is 127.0.0.1; keys are looked up nowhere.
OPENDKIM = """
Syslog no
Background no
Mode sv
Domain b.example
Selector s
KeyFile /mnt/key.pem
RequireSafeKeys no
TestPublicKeys /mnt/public
Socket inet:{port}@127.0.0.1
"""
OPTION = " smtpd_milters="
# Header lines by which a stranger speaks as somebody of b.example.
STRANGERS = [
    "From: CEO <ceo@b.example>",
    "From: ceo@b.example\r\nSender: eve@evil.example",
    "From: ceo@B.Example",
    "From: eve@evil.example\r\nSender: ceo@b.example",
    "From: =?utf-8?q?ceo?= <ceo@b.example>, eve@evil.example",
]


def opendkim(lab):
    from servers import rooted
    base = rooted(lab, "opendkim", "opendkim")
    folder, port = lab.path("opendkim"), free_port()
    (folder / "etc").mkdir(parents=True)
    subprocess.run(["openssl", "genrsa", "-out", str(folder / "etc/key.pem"), "2048"], check=True, capture_output=True)
    (folder / "etc/opendkim.conf").write_text(OPENDKIM.format(port=port))
    (folder / "etc/public").write_text("")
    return lab.keep(RootedServer(folder, base, {"/mnt": folder / "etc"}, ["/usr/sbin/opendkim", "-f", "-x", "/mnt/opendkim.conf"],
                                 f"127.0.0.1:{port}"))


class Behind:
    """A node of b.example, README's Postfix behind it with OpenDKIM for all its ports, and an alias to a stranger."""

    def __init__(self, lab, text=None):
        # Who is full takes the mail and then does not, so that a report leaves late.
        self.mailboxes = lab.sink(reply=lambda stage, argument: "552 5.2.2 full" if stage == "rcpt" and "full@" in argument else None)
        self.world, self.node, milter = lab.sink(), lab.node("b.example"), opendkim(lab)
        back = lab.wire(lambda: self.node.inside, strip_starttls=True)
        self.server = lab.keep(ReadmePostfix(lab.path("postfix"), back.address, self.mailboxes.address, text=text))
        with open(self.server.folder / "conf/main.cf", "a") as main:
            main.write(f"smtpd_milters = inet:{milter.address}\nmilter_default_action = tempfail\n"
                       "virtual_alias_maps = inline:{ { fwd@b.example = eve@evil.example } }\n")
        self.server.start()
        self.node.set("delivery", inside=f"smtp://{self.server.address}", outside=f"smtp://{self.world.address}")
        self.node.start()

    def arrived(self, sink, recipient, count):
        wait_until(lambda: len(sink.to(recipient)) >= count, 60, lambda: f"{count} mails for {recipient}\n{self.server.log_tail()}\n{self.node.log_tail()}")
        return [d.raw for d in sink.to(recipient)]


def mail(number, author):
    return (f"{author}\r\nTo: bob@b.example\r\nSubject: pay\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <{number}@evil.example>\r\n"
            "\r\nplease pay\r\n").encode()


def attack(place):
    """[what lay in a mailbox, left by the alias, or came back to the stranger]"""
    for number, author in enumerate(STRANGERS):
        for recipient in ("bob", "fwd", "full"):
            smtp.send(place.node.outside, "eve@evil.example", [f"{recipient}@b.example"], mail(number, author))
    # For each author one mail by the alias and one report.
    return (place.arrived(place.mailboxes, "bob@b.example", len(STRANGERS)) +
            place.arrived(place.world, "eve@evil.example", 2 * len(STRANGERS)))


def is_signed(raw):
    return b"dkim-signature:" in raw.lower()


def case_a_strangers_words_get_no_signature_of_ours(lab):
    """In the mailbox, behind an alias and in a report nothing is signed; what our own user hands in is."""
    if not available():
        raise Skip("Postfix is not installed, or this is not root")
    place = Behind(lab)
    got = attack(place)
    assert len(got) == 3 * len(STRANGERS) and not [raw for raw in got if is_signed(raw)], [raw for raw in got if is_signed(raw)]
    smtp.send(place.server.submission, "bob@b.example", ["jo@c.example"], mail(100, "From: Bob <bob@b.example>"))
    assert is_signed(place.arrived(place.world, "jo@c.example", 1)[0]), "the milter signs nothing at all"


def case_the_option_is_what_keeps_them_unsigned(lab):
    """Without README's option OpenDKIM does sign them, so that the case above can fail."""
    if not available():
        raise Skip("Postfix is not installed, or this is not root")
    text = README.read_text()
    assert text.count(OPTION + " \\\n") == 1
    assert [raw for raw in attack(Behind(lab, text.replace(OPTION + " \\\n", " \\\n"))) if is_signed(raw)]
