"""Mails to send: awkward ones from a seeded generator, and those that the project collected from elsewhere."""
import base64
import hashlib
import os
import random
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
CRLF = b"\r\n"


def collected():
    """[(name, bytes)] of the collected mails, or None where they are not at hand (they are kept outside the repository).

    CULVERT_SHARED names the folder that holds `mails/`; by default ../shared beside the project."""
    folder = Path(os.environ.get("CULVERT_SHARED", ROOT.parent / "shared")) / "mails"
    if not folder.is_dir():
        return None
    return [(str(p.relative_to(folder)), p.read_bytes()) for p in sorted(folder.rglob("*.msg"))]


def is_strict(raw):
    """Whether all line ends are CR LF and no line is longer than the node accepts."""
    return not BARE.search(raw) and all(len(line) <= 64 * 1024 for line in raw.split(CRLF))


def has_sound_header(raw):
    """Whether every line of the header is a field or continues one, so that all programs read the same fields."""
    lines = re.split(rb"\r\n", b"" if raw.startswith(CRLF) else raw.partition(CRLF * 2)[0])
    whole = [line for line in lines if line[:1] not in (b" ", b"\t")]
    return lines[0][:1] not in (b" ", b"\t") and b"\0" not in raw.partition(CRLF * 2)[0] and all(
        re.match(rb"[!-9;-~\x80-\xff]+[ \t]*:", line) for line in whole if line)


def canary(source):
    """A random word that no other text holds by chance."""
    return "canary" + "".join(source.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(24))


def message_id(number, mark=""):
    """Of `plain`. It stands in logs and traces, so the mark, which may be a canary of the content, is not in it."""
    return f"{number}.{hashlib.sha256(mark.encode()).hexdigest()[:16] if mark else 'plain'}@client.test"


def plain(number, sender="alice@a.example", recipient="bob@b.example", size=400, mark=""):
    """A simple mail of about `size` bytes that holds `mark`."""
    head = (f"From: Alice <{sender}>\r\nTo: <{recipient}>\r\nSubject: mail {number}\r\n"
            f"Message-ID: <{message_id(number, mark)}>\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\n\r\n"
            f"{mark}\r\n").encode()
    line = b"the quick brown fox jumps over the lazy dog, and the mail goes under the road\r\n"
    return head + line * max(0, (size - len(head)) // len(line))


class Awkward:
    """Mails that are right by the standards, or nearly, and that careless software changes. The same seed gives the same mails."""

    kinds = ("long_lines", "eight_bit", "dots", "no_final_line_end", "empty", "nested", "signed_by_others", "utf8_header",
             "large_header", "folded", "trailing_blanks", "odd_fields", "no_body", "many_short_lines", "binary_like",
             "repeated_fields", "false_end_marks", "very_long_line", "lists_and_marks", "attachments")

    def __init__(self, seed=1, sender="alice@a.example", recipient="bob@b.example"):
        self.random = random.Random(seed)
        self.sender, self.recipient = sender, recipient

    def make(self, count):
        """[(name, bytes)], all kinds in turn."""
        return [(f"{self.kinds[i % len(self.kinds)]}-{i:04}", self.one(self.kinds[i % len(self.kinds)], i)) for i in range(count)]

    def one(self, kind, number):
        return getattr(self, "_" + kind)(number)

    def _head(self, number, *more):
        fields = [f"From: Alice <{self.sender}>".encode(), f"To: {self.recipient}".encode(), f"Subject: awkward {number}".encode(),
                  f"Message-ID: <{number}.{self.random.getrandbits(64):x}@client.test>".encode(),
                  b"Date: Thu, 01 Jan 2026 12:00:00 +0000"]
        return CRLF.join(fields + list(more)) + CRLF + CRLF

    def _text(self, width):
        return bytes(self.random.choice(b"abcdefghij klmnop.,;:-_=+") for _ in range(width))

    def _lines(self, count, width=70):
        return b"".join(self._text(self.random.randint(0, width)) + CRLF for _ in range(count))

    def _long_lines(self, number):
        return self._head(number) + b"".join(self._text(998) + CRLF for _ in range(self.random.randint(1, 20)))

    def _very_long_line(self, number):
        return self._head(number) + self._text(self.random.choice((999, 1000, 4096, 16384, 65000))) + CRLF + self._lines(2)

    def _eight_bit(self, number):
        body = bytes(self.random.choice([c for c in range(1, 256) if c not in (10, 13)]) for _ in range(600))
        more = (b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=iso-8859-1", b"Content-Transfer-Encoding: 8bit")
        return self._head(number, *more) + b"".join(body[i:i + 60] + CRLF for i in range(0, 600, 60))

    def _dots(self, number):
        lines = [b".", b"..", b"...", b".a", b"a.", b". ", b" .", b"", b".."] * self.random.randint(1, 30)
        self.random.shuffle(lines)
        return self._head(number) + CRLF.join(lines) + CRLF

    def _no_final_line_end(self, number):
        return self._head(number) + self._lines(3) + b"the last line has no end" + b"." * self.random.randint(0, 2)

    def _empty(self, number):
        return (self._head(number), b"", CRLF, CRLF + CRLF, self._head(number) + CRLF * 5)[number // len(self.kinds) % 5]

    def _no_body(self, number):
        return self._head(number)[:-2] if self.random.random() < 0.5 else self._head(number)

    def _nested(self, number):
        inner, depth = self._head(number) + self._lines(3), self.random.randint(2, 8)
        for level in range(depth):
            mark = f"level-{level}-{self.random.getrandbits(32):x}".encode()
            more = (b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="' + mark + b'"')
            kind = b"message/rfc822"
            inner = (self._head(number, *more) + b"preamble" + CRLF + b"--" + mark + CRLF + b"Content-Type: " + kind + CRLF + CRLF
                     + inner + CRLF + b"--" + mark + b"--" + CRLF + b"epilogue" + CRLF)
        return inner

    def _signed_by_others(self, number):
        blob = base64.encodebytes(self.random.randbytes(900)).replace(b"\n", CRLF)
        more = (b"MIME-Version: 1.0", b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=sig')
        if number % 2:
            return (self._head(number, b"MIME-Version: 1.0", b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
                               b"Content-Transfer-Encoding: base64") + blob)
        return (self._head(number, *more) + b"--sig" + CRLF + b"Content-Type: text/plain" + CRLF + CRLF + self._lines(3) + CRLF + b"--sig" + CRLF
                + b"Content-Type: application/pkcs7-signature; name=smime.p7s" + CRLF + b"Content-Transfer-Encoding: base64" + CRLF + CRLF
                + blob + b"--sig--" + CRLF)

    def _utf8_header(self, number):
        return self._head(number, "X-Gruß: Grüße aus Köln – 東京 ✉".encode(), 'Cc: "Jürgen" <jürgen@b.example>'.encode()) + self._lines(3)

    def _large_header(self, number):
        more, size = [], 0
        while size < 60_000:
            more.append(b"X-Filler-%d: " % len(more) + (CRLF + b" ").join(self._text(70) for _ in range(10)))
            size += len(more[-1]) + 2
        return self._head(number, *more) + self._lines(2)

    def _folded(self, number):
        return self._head(number, b"X-Folded: one" + CRLF + b"\ttwo" + CRLF + b"   three" + CRLF + b" ", b"X-Blank:", b"X-Tabs:\t \tx\t ") + self._lines(2)

    def _trailing_blanks(self, number):
        return self._head(number) + b"".join(self._text(10) + b" " * self.random.randint(0, 4) + b"\t" * (number % 3) + CRLF for _ in range(20)) + CRLF * 3

    def _odd_fields(self, number):
        return self._head(number, b"x-lower: 1", b"X-UPPER : space before the colon", b"X-No-Space:1", b"!#$%&'*+-/=?^_`{|}~: odd but legal",
                          b"Resent-From: x@a.example", b"Received: from x by y; Thu, 01 Jan 2026 12:00:00 +0000") + self._lines(2)

    def _many_short_lines(self, number):
        return self._head(number) + b"".join(self.random.choice((b"", b"x", b".", b"-", b"--", b"From me")) + CRLF for _ in range(3000))

    def _binary_like(self, number):
        noise = self.random.randbytes(5000).replace(b"\n", b"\x0b").replace(b"\r", b"\x0c").replace(b"\0", b"\1")
        return self._head(number, b"MIME-Version: 1.0", b"Content-Type: application/octet-stream", b"Content-Transfer-Encoding: 8bit") \
            + CRLF.join(noise[i:i + 900] for i in range(0, 5000, 900)) + CRLF

    def _repeated_fields(self, number):
        return self._head(number, b"Subject: a second subject", b"To: second@b.example", b"MIME-Version: 1.0", b"MIME-Version: 1.0",
                          b"Content-Type: text/plain", b"Content-Type: text/html") + self._lines(2)

    def _false_end_marks(self, number):
        marks = [b"..", b". .", b".\t", b"QUIT", b"RSET", b"MAIL FROM:<x@y.example>", b"=2E", b"-----BEGIN CMS-----", b"--sig--"]
        return self._head(number) + CRLF.join(self.random.choice(marks) for _ in range(40)) + CRLF

    def _lists_and_marks(self, number):
        return self._head(number, b"List-Id: <list.a.example>", b"List-Unsubscribe: <mailto:u@a.example>", b"Precedence: list",
                          b"Auto-Submitted: auto-generated", b"X-Culvert-Like: tunnel; peer=nobody", b"DKIM-Signature: v=1; a=rsa-sha256; b=AAAA") + self._lines(2)

    def _attachments(self, number):
        parts = [b"--part" + CRLF + b"Content-Type: image/png; name=\"a b.png\"" + CRLF + b"Content-Transfer-Encoding: base64" + CRLF + CRLF
                 + base64.encodebytes(self.random.randbytes(self.random.randint(1, 30000))).replace(b"\n", CRLF) for _ in range(3)]
        return self._head(number, b"MIME-Version: 1.0", b"Content-Type: multipart/mixed; boundary=part") + CRLF.join(parts) + CRLF + b"--part--" + CRLF
