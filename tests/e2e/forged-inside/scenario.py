"""Named attack: Forged inside. A user writes our node's marks into a mail to a colleague, which never passes the node. README's Postfix
takes them out; what the node wrote, and what is attached, stays."""
from email import message_from_bytes

from harness import mails, smtp
from harness.lab import Skip
from harness.postfix import available
from harness.readme_postfix import ReadmePostfix
from harness.until import wait_until

RESULT = "tunnel; peer=a.example; signed=yes; encrypted=aes256-gcm"
# Fields as a user may write them. Each holds the word "forged".
FORGED = [
    f"Culvert-Result: {RESULT}; forged",
    f"culvert-RESULT:{RESULT}; forged",
    f"Culvert-Result : {RESULT}; forged",
    f"Culvert-Result\t: {RESULT}; forged",
    f"Culvert-Result:\r\n {RESULT};\r\n\tforged",
    "Culvert-Origin: inside; forged",
    "Culvert-Anything-Else: forged",
    "Authentication-Results: gate.b.example; smime=pass; forged",
    "AUTHENTICATION-RESULTS:gate.b.example; smime=pass; forged",
    "Authentication-Results : Gate.B.Example; smime=pass; forged",
    "Authentication-Results:\r\n\tgate.b.example;\r\n smime=pass; forged",
    "Authentication-Results: gate.b.example 1; smime=pass; forged",
    "Authentication-Results: gate.b.example.; smime=pass; forged",
    'Authentication-Results: "gate.b.example"; smime=pass; forged',
    'Authentication-Results: "gate\\.b.example"; smime=pass; forged',
    "Authentication-Results: (by us; yes) gate.b.example; smime=pass; forged",
    "Authentication-Results: gate.b.example (us); smime=pass; forged",
    # Readers decode words wherever they stand, although RFC 8601 has none there.
    "Authentication-Results: =?utf-8?q?gate=2Eb=2Eexample?=; smime=pass; forged",
    "Authentication-Results: =?utf-8?b?Z2F0ZS5iLmV4YW1wbGU7IHNtaW1lPXBhc3M=?=; forged",
    "Authentication-Results: ga=?utf-8?q?te?=.b.example; smime=pass; forged",
    "Authentication-Results: =?utf-8?q?gate.b?= =?utf-8?q?.example?=; smime=pass; forged",
    "authentication-results :\r\n =?iso-8859-1?Q?gate=2Eb=2Eexample?=; smime=pass; forged",
    "Authentication-Results: =?utf-8*en?q?gate=2Eb=2Eexample?=; smime=pass; forged",
    "Authentication-Results: =?utf-7?q?gate+AC4-b+AC4-example?=; smime=pass; forged",
    "Authentication-Results: x; none\r\n =?utf-8?q?=0D=0A?=; smime=pass; forged",
    # What some programs take for the end of a line.
    *(f"X-Line: y{end}Culvert-Result: {RESULT}; forged" for end in ("\x0b", "\x0c", "\x1c", "\x1d \t", "\x1e", "\u0085", "\u2028", "\u2029")),
    "X-Line: y\x0bAuthentication-Results: gate.b.example; smime=pass; forged",
]
KEPT = ["Authentication-Results: mx.c.example; dkim=pass; kept", "X-Culvert-Result: kept", "Subject: Culvert-Result: kept"]
ATTACHED = (b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nCulvert-Part: kept\r\nContent-Type: text/plain\r\n\r\n'
            b"Culvert-Result: kept in the text\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nCulvert-Result: kept in the mail\r\n"
            b"Authentication-Results: gate.b.example; kept in the mail\r\nSubject: inner\r\n\r\nhello\r\n--b--\r\n")
ENVELOPE = "From: bob@b.example\r\nTo: carol@b.example\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@b.example>\r\nMIME-Version: 1.0\r\n"


def case_a_user_forges_marks_to_a_colleague(lab):
    """In every spelling the marks are gone; others' fields, parts and attached mails stay as they are, and so does what the node says."""
    if not available():
        raise Skip("Postfix is not installed, or this is not root")
    mailboxes, node = lab.sink(), lab.node("b.example")
    back = lab.wire(lambda: node.inside)
    server = lab.keep(ReadmePostfix(lab.path("postfix"), back.address, mailboxes.address)).start()
    node.set("delivery", inside=f"smtp://{server.address}")
    node.start()

    raw = (ENVELOPE + "".join(f + "\r\n" for f in FORGED + KEPT)).encode() + ATTACHED
    smtp.send(server.submission, "bob@b.example", ["carol@b.example"], raw)
    wait_until(lambda: mailboxes.to("carol@b.example"), 30, lambda: f"the colleague's mail\n{server.log_tail()}")
    got = mailboxes.to("carol@b.example")[0].raw
    assert b"forged" not in got, got
    assert got.count(b"kept") == len(KEPT) + 4 and got.endswith(ATTACHED.partition(b"\r\n\r\n")[2]), got
    names = {name.lower() for name in message_from_bytes(got).keys()}
    assert {name for name in names if name.startswith("culvert-")} == {"culvert-removed"}, got

    # A fold before the colon ends the header for Postfix, and so for every reader behind it.
    smtp.send(server.submission, "bob@b.example", ["dave@b.example"], (ENVELOPE + f"Culvert-Result\r\n : {RESULT}; forged\r\n\r\nx\r\n").encode())
    wait_until(lambda: mailboxes.to("dave@b.example"), 30, "the second mail")
    assert b"Culvert-Result" not in mailboxes.to("dave@b.example")[0].header

    smtp.send(node.outside, "jo@c.example", ["erin@b.example"], mails.plain(1))
    wait_until(lambda: mailboxes.to("erin@b.example"), 30, lambda: f"the mail from the world\n{server.log_tail()}\n{node.log_tail()}")
    header = message_from_bytes(mailboxes.to("erin@b.example")[0].raw)
    assert header["Culvert-Result"].startswith("clear"), header.items()
    assert b"forged" not in back.bytes_seen()

    # Named attack: Borrowed trust. A list that leaves Received out hands a stranger's mail in again: the node has to see that it was here.
    again = b"".join(line for line in mailboxes.to("erin@b.example")[0].raw.splitlines(True) if not line.startswith((b"Received:", b"\t", b" ")))
    assert b"Received:" not in again and b"Culvert-Result: clear" in again, again
    smtp.send(server.submission, "list@b.example", ["x@c.example"], again)
    wait_until(lambda: b"<x@c.example>" in back.bytes_seen() and b"Culvert-Removed:" in back.bytes_seen(), 30, lambda: f"the list's mail\n{server.log_tail()}")
