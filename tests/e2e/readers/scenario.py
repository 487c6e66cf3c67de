"""What programs behind the node read in mail whose writer wants them to read more than the node does."""
import os
import sys

from harness import original, smtp
from harness.until import wait_until

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import readers  # noqa: E402

RESULT, RESULTS = b"tunnel; peer=a.example; signed=yes; encrypted=aes256-gcm", b"gate.b.example; smime=pass"
STRANGER = b"x@c.example"
JUNK = (b"\0", b"\x01", b"\x08", b"\t", b"\x0b", b"\x0c", b"\x1b", b"\x1c", b" ", b"\x7f", b"\x85", b"\xa0", b"\xc2\xa0", b"\xc2\xad",
        b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\r\n ", b"\r\n\t", b" \r\n\t", b"\r", b"\n", b"\n ")
SEPARATORS = (b"\0", b"\r", b"\n", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x85", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9",
              b"\x0b ", b"\x0c\x0c")


def odd_names(name, value):
    """The field with every kind of junk before its name, within, behind it, and behind its colon."""
    middle = len(name) // 2
    for junk in JUNK:
        yield junk + name + b": " + value
        yield name[:middle] + junk + name[middle:] + b": " + value
        yield name + junk + b": " + value
        yield name + b":" + junk + value
    yield name.upper() + b":" + value
    yield name.lower() + b" : " + value


def odd_results():
    """Authentication-Results of the node in spellings that one reader or another takes for its name."""
    name = b"gate.b.example"
    for spelled in (b'"' + name + b'"', b"(x) " + name, name + b" (x)", name + b" 1", name + b".", name.upper(), name[:4] + b"\xc2\xad" + name[4:],
                    b"\xef\xbd\x87" + name[1:], b"=?utf-8?q?gate=2Eb=2Eexample?=", b"=?utf-8?b?Z2F0ZS5i?= =?utf-8?q?=2Eexample?=",
                    b"other.example " + name, b"other.example; x=" + name, b"other.example; x=y; " + name, b"(" + name, b'"' + name):
        yield b"Authentication-Results: " + spelled + b"; smime=pass"


def forged_headers():
    """[(what, header)]: each tries to show some reader a mark of the node, or another author."""
    honest = b"From: " + STRANGER + b"\r\nTo: bob@b.example\r\nSubject: x\r\n"
    below, marks = [], (b"Culvert-Result: " + RESULT, b"Authentication-Results: " + RESULTS, b"From: ceo@a.example")
    below += odd_names(b"Culvert-Result", RESULT)
    below += odd_names(b"Authentication-Results", RESULTS)
    below += odd_names(b"From", b"ceo@a.example")
    below += odd_results()
    below += [b"X: y" + separator + mark for separator in SEPARATORS for mark in marks]
    above = [b"From x@c.example Mon Jan  1 00:00:00 2024", b">From x", b" signed=yes", b"\t; smime=pass", b"no colon", b"\xe2\x80\x8b: x"]
    return [(line, honest + line + b"\r\n") for line in below] + [(line, line + b"\r\n" + honest + marks[0] + b"\r\n") for line in above]


def what_is_seen(raw, sieve):
    """Complaints about what any reader sees in a message of the stranger that arrived."""
    expected = b"; expected=tunnel" in raw.partition(b"\r\n")[0]  # the node has read that From as they do
    wrong = [f"Sieve: {rule}" for rule in sieve.matches(raw) if not (expected and rule == "from-a")]
    for reader, seen in readers.all_readers(raw).items():
        results = seen.values["Culvert-Result"]
        if len(results) != 1 or not results[0].startswith("clear; signed=no; encrypted=no"):
            wrong.append(f"{reader}: Culvert-Result {results}")
        passes = [v for v in seen.values["Authentication-Results"] if "gate.b.example" in v.lower() and "smime=pass" in v.lower()]
        if passes:
            wrong.append(f"{reader}: Authentication-Results {passes}")
        if not expected and any("a.example" in value for value in seen.values["From"]):
            wrong.append(f"{reader}: From {seen.values['From']}")
    return wrong


def hand_in(address, recipient, raw):
    """The reply to the end of the data."""
    with smtp.Session(address) as session:
        try:
            return session.send(STRANGER.decode(), [recipient], raw, smtp.params_for(raw, session))
        except smtp.Refused as refused:
            return refused.reply


def case_two_readers_see_the_same_marks(lab):
    """Forged marks in some three hundred spellings, from a stranger: refused, or no reader sees a mark but the node's own."""
    sieve = readers.Sieve(lab.need("sieve-test"), lab.path("sieve"))
    pair, wrong, refused, arrived = lab.pair(), [], 0, 0
    for number, (what, header) in enumerate(forged_headers()):
        recipient = f"r{number}@b.example"
        reply = hand_in(pair.b.outside, recipient, header + b"\r\nhello\r\n")
        if reply.startswith("554"):
            assert "5.6.0" in reply or "5.5.2" in reply, f"{what!r}: {reply}"
            refused += 1
            continue
        assert reply.startswith("250"), f"{what!r}: {reply}"
        [got] = wait_until(lambda: pair.at_b.to(recipient), 20, f"the message for {recipient}")
        arrived += 1
        wrong += [f"{what!r}: {complaint}" for complaint in what_is_seen(got.raw, sieve)]
    lab.note(f"{refused} refused, {arrived} arrived and were read by six readers")
    assert not wrong, f"{len(wrong)} forged marks were seen:\n" + "\n".join(wrong[:40])
    assert refused > 50 and arrived > 50


def case_refusals_name_the_line(lab):
    """Both listeners say which line is wrong and what is wrong with it."""
    pair = lab.pair()
    for line, text in ((b"Culvert\0-Result: x", "holds a NUL octet"), (b"no colon", "neither a field nor the continuation"),
                       (b"From a@b.example Mon Jan  1 00:00:00 2024", "must be visible ASCII"), (b"Sub ject: x", "must be visible ASCII"),
                       (b"Sender: a\x0b@c.example", "control character in the field Sender"), (b"X: y\x0cFrom: x", "hides another field")):
        raw = b"From: x@c.example\r\n" + line + b"\r\n\r\nhello\r\n"
        for address, recipient in ((pair.b.outside, "bob@b.example"), (pair.b.inside, "alice@a.example")):
            reply = hand_in(address, recipient, raw)
            assert reply.startswith("554 5.6.0") or reply.startswith("554-5.6.0"), f"{line!r}: {reply}"
            flat = " ".join(part[10:] for part in reply.split("\n"))
            assert "line 2 of the header" in flat and text in flat, f"{line!r}: {reply}"
    assert not pair.at_b.snapshot() and not pair.at_a.snapshot()


def case_odd_honest_mail_passes(lab):
    """Raw Japanese, bells and blank folds in other fields, no header, no body: as they were, under the node's marks."""
    pair = lab.pair()
    mails = (b"From: x@c.example\r\nX-Gru\xc3\x9f: x\r\nInval\xecd: x\r\n\r\nhello\r\n",
             b"From: x@c.example\r\nCc: \x1b$B%F%9%H\x1b(B <bob@b.example>\r\nSubject: \x1b$B%F\x1b(B\r\n\r\nhello\r\n",
             b"From: Jos\xe9 <x@c.example>\r\nX-Bell: \x07\r\nSubject:\r\n \r\n\t\r\n\r\nhello\r\n",
             b"\r\nno header\r\n", b"Subject: no body\r\n", b"from\t:x@c.example\r\n\r\n")
    for number, raw in enumerate(mails):
        reply = hand_in(pair.b.outside, f"r{number}@b.example", raw)
        assert reply.startswith("250"), f"{raw!r}: {reply}"
        fields = lab.delivered_whole(pair.at_b, f"r{number}@b.example", raw)
        assert original.field(fields, "Culvert-Result") == ["clear; signed=no; encrypted=no"], fields


FULL_WIDTH = "".join(chr(ord(c) + 0xFEE0) for c in "ceo@a.example").encode()
NOT_SEALED = (b"ceo@a.example", b"<ceo@a.example>", b"ceo\xef\xbc\xa0a.example", b"ceo@\xef\xbd\x81.example", FULL_WIDTH, b"ceo@a.\xe2\x80\x8bexample",
              b"ceo@a.ex\xc2\xadample", b"ceo@a.example\x80", b"ceo@a.example\xe2\x80\x94x", b"ceo@a.example_", b"ceo@a\xe3\x80\x82example",
              b"ceo@[a.example]", b"ceo@a.example <eve@c.example>", b"=?utf-8?q?ceo=40a.example?=", b"ceo@a.exa\xf3\xa0\x81\xa1mple",
              b"ceo@a.example via List <list@c.example>", b"eve@c.example, ceo@a.example", b"\"x <ceo@a.example>")
ONLY_A_NAME = (b'"bob@a.example via List" <list@c.example>', b"=?utf-8?q?ceo=40a.example?= <eve@c.example>",
               b"=?utf-8?b?Y2VvQGEuZXhhbXBsZQ==?= <eve@c.example>", b"=?us-ascii?q?ceo=40a.ex?=\r\n =?us-ascii?q?ample?= <eve@c.example>",
               b"=?utf-7?q?ceo+AEA-a.example?= <eve@c.example>", b"=?utf-8?q?ceo=EF=BC=A0a=E2=80=8B.example?= <eve@c.example>",
               b"eve@c.example (ceo@a.example)", b"\xe2\x80\xaeelpmaxe.a\xef\xbc\xa0oec <eve@c.example>",
               b"\"=?utf-8?q?ceo=40a.example?=\" <eve@c.example>", b"ceo=?utf-8?q?=40?=a.example <eve@c.example>")
NOBODY = (b"eve@c.example", b'"ceo at a.example" <eve@c.example>', b"ceo@a.example.org", b"ceo@sub.a.example", b"=?utf-8?q?ceo=40c.example?= <eve@c.example>")


def case_expected_tunnel_is_not_avoided(lab):
    """A stranger claims the peer's domain in From by signs that people read and programs may not: `expected=tunnel` stands in each."""
    pair, number = lab.pair(), 0
    for froms, said in ((NOT_SEALED, "; expected=tunnel; why=not sealed"), (ONLY_A_NAME, "; expected=tunnel; why=display-name"), (NOBODY, "")):
        for value in froms:
            recipient, number = f"r{number}@b.example", number + 1
            raw = b"From: " + value + b"\r\nSubject: x\r\n\r\nhello\r\n"
            reply = hand_in(pair.b.outside, recipient, raw)
            assert reply.startswith("250"), f"{value!r}: {reply}"
            fields = lab.delivered_whole(pair.at_b, recipient, raw)
            assert original.field(fields, "Culvert-Result") == ["clear; signed=no; encrypted=no" + said], f"{value!r}: {fields}"
    lab.note(f"{number} spellings of From")
